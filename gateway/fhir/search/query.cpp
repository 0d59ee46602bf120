#include "gateway/fhir/search/query.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/search/criterion.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/excerpts.hpp"
#include "gateway/fhir/search/include.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::size_t most_parameters = 100;
constexpr std::size_t most_sort_keys = 8;

class Parser {
 public:
  Parser(std::string_view type, bool lenient, std::string_view base_url)
      : lenient_(lenient), reader_(base_url) {
    query_.type = type;
  }

  base::Result<void> read(std::string_view pair) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name) return bad_value("?", "a name is not percent-encoded UTF-8");
    if (*name == "_") return {};
    if (++parameters_ > most_parameters) return too_many("parameters", most_parameters);
    if (!value) return bad_value(printable(*name), "is not percent-encoded UTF-8");
    if (name->starts_with('_') && is_control(*name)) return control(*name, *value);
    if (is_include(*name)) return include(*name, *value);
    return criterion(*name, *value);
  }

  /// What was included would have no text of its own to show (FHIR R4, search, _summary).
  base::Result<void> sound() const {
    if (query_.excerpt.form == Excerpt::Form::text && !query_.includes.empty())
      return bad_value("_summary", "of texts goes with no _include", "ask for true or data");
    return {};
  }

  Query take() {
    if (query_.count == 0) query_.count_only = true;
    if (query_.count_only) query_.total = Total::accurate;
    return std::move(query_);
  }

 private:
  static bool is_control(std::string_view name) {
    for (const char* known :
         {"_sort", "_count", "_total", "_explain", "_format", "_pretty", "_cursor"})
      if (name == known) return true;
    return is_excerpt(name);
  }

  base::Result<void> control(const std::string& name, const std::string& value) {
    if (!seen_.insert(name).second)
      return base::Error{base::ErrorKind::malformed,
                         "duplicate-control " + name + " is there twice", "http." + name,
                         "say it once"};
    if (name == "_format" || name == "_pretty") return {};  // the door reads these
    if (name == "_cursor") {
      query_.cursor = value;
      return {};
    }
    if (name == "_sort") return sort(value);
    if (name == "_count") return count(value);
    if (name == "_explain") return explain(value);
    return name == "_total" ? total(value) : excerpt(name, value);
  }

  base::Result<void> include(const std::string& name, const std::string& value) {
    auto include = read_include(query_.type, name, value);
    if (!include) return include.error();
    query_.includes.push_back(*std::move(include));
    echo(name, value);
    return {};
  }

  base::Result<void> count(const std::string& value) {
    const bool digits =
        !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return bad_value("_count", "is no whole number", "give 0 to 1000");
    std::size_t rows = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), rows);
    query_.count = read.ec != std::errc() ? most_rows : std::min(rows, most_rows);
    echo("_count", std::to_string(query_.count));
    return {};
  }

  base::Result<void> total(const std::string& value) {
    if (value == "none") {
      query_.total = Total::none;
    } else if (value == "estimate") {
      query_.total = Total::estimate;
    } else if (value == "accurate") {
      query_.total = Total::accurate;
    } else {
      return bad_value("_total", "is none of its words", "give none, estimate or accurate");
    }
    echo("_total", value);
    return {};
  }

  base::Result<void> explain(const std::string& value) {
    if (value != "true" && value != "false")
      return bad_value("_explain", "is neither true nor false", "give true or false");
    query_.explain = value == "true";
    echo("_explain", value);
    return {};
  }

  base::Result<void> excerpt(const std::string& name, const std::string& value) {
    if (name == "_summary" && value == "count") {
      query_.count_only = true;
    } else if (auto read = read_excerpt(query_.excerpt, name, value); !read) {
      return read;
    }
    echo(name, value);
    return {};
  }

  base::Result<void> sort(const std::string& value) {
    for (std::string_view name : split_escaped(value, ',')) {
      SortKey key;
      key.descending = name.starts_with('-');
      if (key.descending) name.remove_prefix(1);
      if (name.empty()) return bad_value("_sort", "has an empty key");
      key.parameter = asked_parameter(query_.type, name);
      if (key.parameter == nullptr) return unknown_parameter(query_.type, name, "_sort");
      const bool again = std::ranges::any_of(
          query_.sort, [&](const SortKey& earlier) { return earlier.parameter == key.parameter; });
      if (again) return bad_value("_sort", "names a parameter twice");
      query_.sort.push_back(key);
    }
    if (query_.sort.size() > most_sort_keys)
      return bad_value("_sort", "has too many keys", "give at most 8");
    echo("_sort", value);
    return {};
  }

  base::Result<void> criterion(const std::string& name, const std::string& value) {
    auto criteria = reader_.read(query_.type, name, value);
    if (!criteria) {
      if (!lenient_ || error_code(criteria.error()) != unknown_parameter_code)
        return criteria.error();
      query_.ignored.push_back(printable(name));
      return {};
    }
    for (Criterion& one : *criteria) query_.criteria.push_back(std::move(one));
    echo(name, value);
    return {};
  }

  void echo(std::string_view name, std::string_view value) {
    if (!query_.self.empty()) query_.self += '&';
    query_.self += form_encoded(name) + '=' + form_encoded(value);
  }

  static constexpr std::size_t most_rows = 1000;

  Query query_;
  bool lenient_;
  CriterionReader reader_;
  std::size_t parameters_ = 0;
  std::set<std::string> seen_;
};

}  // namespace

base::Result<Query> parse(std::string_view type, std::string_view query, bool lenient,
                          std::string_view base_url) {
  if (!has_search(type))
    return base::Error{base::ErrorKind::unsupported, "method-not-offered this type has no search",
                       "", "read it by its id"};
  Parser parser(type, lenient, base_url);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    if (const auto read = parser.read(pair); !read) return read.error();
  }
  if (const auto sound = parser.sound(); !sound) return sound.error();
  return parser.take();
}

}  // namespace gateway::fhir::search
