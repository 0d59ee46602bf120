#include "gateway/fhir/search/excerpts.hpp"

#include <algorithm>
#include <cctype>

#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::size_t most_names = 100;

base::Result<Excerpt> summary_of(std::string_view value) {
  using Form = Excerpt::Form;
  if (value == "true") return Excerpt{Form::summary, {}};
  if (value == "text") return Excerpt{Form::text, {}};
  if (value == "data") return Excerpt{Form::data, {}};
  if (value == "false") return Excerpt{};
  return bad_value("_summary", "is none of its words",
                   "give true, text, data, false, or count of a search");
}

bool is_element(std::string_view name) {
  if (name.ends_with("[x]")) name.remove_suffix(3);
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalpha(c) != 0; });
}

base::Result<Excerpt> elements_of(std::string_view name, std::string_view value) {
  Excerpt excerpt;
  excerpt.form = name == "_elements" ? Excerpt::Form::elements : Excerpt::Form::all_but;
  for (const auto element : split_escaped(value, ',')) {
    if (!is_element(element))
      return bad_value(name, "names what can be no element", "give names such as code,value");
    excerpt.names.emplace_back(element);
  }
  if (excerpt.names.size() > most_names)
    return bad_value(name, "names too many elements", "give at most 100");
  return excerpt;
}

}  // namespace

bool is_excerpt(std::string_view name) {
  return name == "_summary" || name == "_elements" || name == "_elements:exclude";
}

base::Result<void> read_excerpt(Excerpt& excerpt, std::string_view name, std::string_view value) {
  auto read = name == "_summary" ? summary_of(value) : elements_of(name, value);
  if (!read) return read.error();
  if (excerpt.form != Excerpt::Form::whole && read->form != Excerpt::Form::whole)
    return base::Error{base::ErrorKind::malformed,
                       "duplicate-control _summary and _elements say how much is wanted",
                       "http." + std::string(name), "give one of them, once"};
  if (read->form != Excerpt::Form::whole) excerpt = *std::move(read);
  return {};
}

base::Result<Excerpt> excerpt_of(std::string_view query) {
  Excerpt excerpt;
  auto read = each_control(query, [&](const std::string& name, const std::string& value) {
    return is_excerpt(name) ? read_excerpt(excerpt, name, value) : base::Result<void>();
  });
  if (!read) return read.error();
  return excerpt;
}

}  // namespace gateway::fhir::search
