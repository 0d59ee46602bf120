#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/fhir/json_view.hpp"

namespace gateway::store::tables {

class Packs;

/// What SQL asks of bodies, where the index holds too little. Belongs to one connection that reads,
/// and must outlive it.
struct Bodies {
  Packs* packs = nullptr;  // of the snapshot that reads; null: nobody does
  // The body looked at last, by its place, and the locators of what it lists.
  std::int64_t arrival = 0, slot = -1;
  std::set<std::string, std::less<>> listed;
};

/// The locators of the results that a DiagnosticReport lists; none of any other type.
std::set<std::string, std::less<>> listed_in(std::string_view type, const fhir::JsonView& body);

/// Each identifier of a resource that has a type: system and code of the type, value.
void for_each_typed(const fhir::JsonView& body,
                    const std::function<void(std::string_view system, std::string_view code,
                                             std::string_view value)>& see);

}  // namespace gateway::store::tables
