#include "gateway/fhir/search/include.hpp"

#include <algorithm>

#include "gateway/fhir/search/references.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::string_view iterate = ":iterate";

/// Takes what stands before the next colon.
std::string_view take_part(std::string_view& text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto part = text.substr(0, colon);
  text.remove_prefix(std::min(colon + 1, text.size()));
  return part;
}

std::string names_of(std::string_view type, bool reverse) {
  std::string names;
  for (const Parameter* reference : references_of(type))
    if (!reverse || is_found_backwards(*reference))
      names.append(names.empty() ? "these are: " : ", ").append(reference->name);
  return names.empty() ? "there is none" : names;
}

}  // namespace

bool is_include(std::string_view name) {
  if (name.ends_with(iterate)) name.remove_suffix(iterate.size());
  return name == "_include" || name == "_revinclude";
}

base::Result<Include> read_include(std::string_view type, std::string_view name,
                                   std::string_view value) {
  Include include;
  include.iterate = name.ends_with(iterate);
  include.reverse = name.starts_with("_revinclude");
  if (value == "*") {
    if (!include.reverse && !include.iterate) include.type = type;
    return include;
  }
  const auto source = take_part(value);
  const auto reference = take_part(value);
  const auto target = take_part(value);
  if (!is_searchable(source))
    return bad_value(name, "names no type that is searched", "give Type:parameter");
  include.type = source;
  if (reference.empty() || !value.empty())
    return bad_value(name, "is no Type:parameter", "give Type:parameter or Type:parameter:Target");
  if (reference != "*") {
    include.reference = find_reference(source, reference);
    if (include.reference == nullptr)
      return bad_value(name, "names no reference of that type", names_of(source, include.reverse));
    if (include.reverse && !is_found_backwards(*include.reference))
      return bad_value(name, "names a reference that is not followed backwards",
                       names_of(source, true));
  }
  if (!target.empty() && !is_served(target))
    return bad_value(name, "names no type kept here", "give Type:parameter:Target");
  include.target = target;
  return include;
}

}  // namespace gateway::fhir::search
