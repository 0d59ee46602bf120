#include "gateway/http/rest/definitions.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/excerpts.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/fhir/search/values.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::string_view known = "_id, url, version, name, status, _count, _summary, _elements";

struct Search {
  std::vector<std::pair<std::string, std::string>> criteria;
  std::string self;
  std::size_t count = 1000, from = 0;
  bool count_only = false;
};

base::Result<Search> read_search(const std::string& query) {
  Search search;
  const auto take = [&search](const std::string& name,
                              const std::string& value) -> base::Result<void> {
    if (name == "_cursor") {
      const auto* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, search.from);
      if (read.ec == std::errc() && read.ptr == end) return {};
      return base::Error{base::ErrorKind::malformed, "cursor-forged this is no cursor of ours",
                         "http._cursor", "begin with the first page"};
    }
    search.self += (search.self.empty() ? "" : "&") + fhir::search::form_encoded(name) + '=' +
                   fhir::search::form_encoded(value);
    if (name == "_count") {
      const auto rows = fhir::search::page_size(value);
      if (!rows) return rows.error();
      search.count = *rows;
      return {};
    }
    search.count_only = search.count_only || (name == "_summary" && value == "count");
    if (name == "_summary" || name.starts_with("_elements")) return {};  // excerpt_of reads them
    for (const auto& [parameter, type] : definition_parameters()) {
      if (parameter != name) continue;
      search.criteria.emplace_back(name, value);
      return {};
    }
    return fhir::search::unknown_control(name, "definitions", known);
  };
  if (auto read = fhir::search::each_control(query, take); !read) return read.error();
  return search;
}

/// Any of the values between commas.
bool any_of(std::string_view values, const std::function<bool(std::string_view)>& fits) {
  while (!values.empty()) {
    const auto end = std::min(values.find(','), values.size());
    if (fits(values.substr(0, end))) return true;
    values.remove_prefix(std::min(end + 1, values.size()));
  }
  return false;
}

bool meets(const fhir::Artefacts::Artefact& one, const std::string& name,
           const std::string& values) {
  if (name == "_id") return any_of(values, [&](auto value) { return value == one.key.id; });
  const std::string& said = one.content[name].text();
  if (name == "name")
    return any_of(values, [folded = fhir::search::folded(said)](auto value) {
      return folded.starts_with(fhir::search::folded(value));
    });
  return any_of(values, [&said](auto value) {
    return value == said || (value.starts_with('|') && value.substr(1) == said);
  });
}

std::string shown(const fhir::Artefacts::Artefact& one, const fhir::Excerpt& excerpt) {
  return fhir::without_empty_meta(fhir::excerpt(one.body, excerpt));
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> definition_parameters() {
  return {{"_id", "token"},
          {"url", "uri"},
          {"version", "token"},
          {"name", "string"},
          {"status", "token"}};
}

Response read_definition(const Request& request, const fhir::ResourceKey& key,
                         const fhir::Artefacts& artefacts) {
  const auto excerpt = fhir::search::excerpt_of(request.query);
  if (!excerpt) return refused(excerpt.error());
  const auto* found = artefacts.find(key);
  if (found == nullptr)
    return refused({base::ErrorKind::not_found, "unknown-id there is no such " + key.type, "", ""});
  Response response{200, "application/fhir+json", {{"ETag", found->etag}}, "", "fhir/read"};
  const auto tags = request.header("if-none-match");
  if (tags == "*" || (!tags.empty() && tags.find(found->etag) != tags.npos))
    response.status = 304;
  else
    response.body = shown(*found, *excerpt);
  return response;
}

Response search_definitions(const Request& request, const std::string& type,
                            const fhir::Artefacts& artefacts, const std::string& base_url) {
  std::string query = request.query;
  if (request.method == "POST" && !request.body.empty())
    query += (query.empty() ? "" : "&") + request.body;
  auto search = read_search(query);
  if (!search) return refused(search.error());
  fhir::Excerpt excerpt;
  if (!search->count_only) {
    const auto asked = fhir::search::excerpt_of(query);
    if (!asked) return refused(asked.error());
    excerpt = *asked;
  }
  auto found = artefacts.of(type);
  std::erase_if(found, [&](const auto* one) {
    return !std::ranges::all_of(search->criteria,
                                [one](const auto& c) { return meets(*one, c.first, c.second); });
  });
  fhir::SearchSet set;
  const std::string url = base_url + '/' + type;
  const std::string first = search->self.empty() ? url : url + '?' + search->self;
  set.links = {{"self", first}, {"first", first}};
  if (search->count_only) set.total = static_cast<std::int64_t>(found.size());
  std::vector<std::string> bodies;
  bodies.reserve(found.size());  // entries point into them
  const std::size_t end = std::min(found.size(), search->from + search->count);
  for (std::size_t i = search->from; i < end && !search->count_only; ++i) {
    bodies.push_back(shown(*found[i], excerpt));
    set.entries.push_back({base_url + '/' + found[i]->key.reference(), bodies.back(), "match"});
  }
  if (end < found.size() && !search->count_only)
    set.links.emplace_back(
        "next", first + (search->self.empty() ? "?" : "&") + "_cursor=" + std::to_string(end));
  return {200, "application/fhir+json", {}, fhir::searchset(set), "fhir/search"};
}

}  // namespace gateway::http::rest
