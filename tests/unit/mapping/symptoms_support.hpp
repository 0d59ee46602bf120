#pragma once
#include <set>
#include <string>

#include "tests/support/conversions.hpp"

/// What the symptom tests look at in a bundle.
namespace symptoms {

using gateway::fhir::Json;

/// The one resource of its type; throws where there is none or another.
inline const Json& only(const tests::Converted& made, std::string_view type) {
  const auto found = made.of_type(type);
  if (found.size() != 1)
    throw std::out_of_range(std::string(type) + ": " + std::to_string(found.size()));
  return *found.front();
}

inline std::string reference_of(const Json& resource) {
  return resource["resourceType"].text() + "/" + resource["id"].text();
}

/// The first extension whose URL ends so.
inline const Json& extension(const Json& of, std::string_view end) {
  static const Json none;
  for (const Json& one : of["extension"].items())
    if (one["url"].text().ends_with(end)) return one;
  return none;
}

/// The `value` of each element.
inline std::set<std::string> values_of(const Json& list) {
  std::set<std::string> values;
  for (const Json& item : list.items()) values.insert(item["value"].text());
  return values;
}

/// Addresses of the leaves that went nowhere.
inline std::string unmapped(const tests::Converted& made) {
  std::string text;
  for (std::size_t k = 0; k < made.message.leaves().size(); ++k)
    if (made.conversion.account.leaves[k].fate == gateway::mapping::Fate::unmapped)
      text += made.message.address(made.message.leaves()[k]) + " ";
  return text;
}

}  // namespace symptoms
