#include "gateway/fhir/search/several.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/everything.hpp"
#include "gateway/fhir/search/values.hpp"

namespace gateway::fhir::search {
namespace {

constexpr auto common_controls = std::to_array<std::string_view>(
    {"_count", "_summary", "_elements", "_cursor", "_format", "_pretty", "_"});
constexpr std::string_view known_in_common =
    "_type, _id, _lastUpdated, _tag, _profile, _security, _source, _count, _summary, _elements";

bool is_of_all_types(std::string_view name) {
  name = name.substr(0, name.find(':'));
  if (std::ranges::find(common_controls, name) != common_controls.end()) return true;
  return std::ranges::any_of(
      parameters(), [name](const auto& one) { return one.type == "*" && one.name == name; });
}

/// What is asked, parted in `_type` and the rest.
struct Parted {
  std::optional<std::string> types;
  std::string rest;
};

base::Result<Parted> parted(std::string_view query) {
  Parted out;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    if (!name) return bad_value("?", "a name is not percent-encoded UTF-8");
    if (*name != "_type") {
      if (!is_of_all_types(*name))
        return unknown_control(*name, "a search of all types", known_in_common);
      (out.rest += out.rest.empty() ? "" : "&") += pair;
      continue;
    }
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) return bad_value("_type", "is not percent-encoded UTF-8");
    if (out.types)
      return base::Error{base::ErrorKind::malformed, "duplicate-control _type is there twice",
                         "http._type", "name the types between commas"};
    out.types = *value;
  }
  return out;
}

/// The types of `all` that are asked for, in the order of `all`.
base::Result<std::vector<std::string_view>> chosen(const std::vector<std::string_view>& all,
                                                   const std::optional<std::string>& types) {
  if (!types) return all;
  const auto named = split_escaped(*types, ',');
  std::string names;
  for (const auto type : all) (names += names.empty() ? "" : ", ") += type;
  for (const auto type : named)
    if (std::ranges::find(all, type) == all.end())
      return bad_value("_type", "names no type that is searched here", "these are: " + names);
  std::vector<std::string_view> out;
  for (const auto type : all)
    if (std::ranges::find(named, type) != named.end()) out.push_back(type);
  return out;
}

std::vector<std::string_view> searchable_types() {
  std::vector<std::string_view> out;
  for (const auto type : served_types())
    if (is_searchable(type)) out.push_back(type);
  return out;
}

}  // namespace

base::Result<SeveralQuery> parse_several(std::string_view query, std::string_view patient,
                                         std::string_view base_url) {
  const auto asked = parted(query);
  if (!asked) return asked.error();
  const auto types =
      chosen(patient.empty() ? searchable_types() : compartment_types(), asked->types);
  if (!types) return types.error();
  SeveralQuery out;
  for (const auto type : *types) {
    std::string text;
    if (!patient.empty())
      text.append(type == "Patient" ? "_id=" : "patient=").append(patient).append("&");
    auto one = parse(type, text + asked->rest, false, base_url);
    if (!one) return one.error();
    out.queries.push_back(*std::move(one));
  }
  auto shared = parse(types->front(), asked->rest, false, base_url);
  if (!shared) return shared.error();
  out.count = shared->count;
  out.count_only = shared->count_only;
  out.excerpt = std::move(shared->excerpt);
  out.cursor = std::move(shared->cursor);
  if (asked->types) out.self = "_type=" + form_encoded(*asked->types);
  if (!shared->self.empty()) (out.self += out.self.empty() ? "" : "&") += shared->self;
  return out;
}

}  // namespace gateway::fhir::search
