#pragma once
#include <string>
#include <string_view>

#include "gateway/mapping/cycle_text.hpp"

#include "tests/support/mappings.hpp"

/// What the tests of cycle text ask of a text.
namespace gateway::mapping {

inline const CycleLanguage& language() {
  return tests::shipped_catalogue()->cycle_language();
}

inline CycleText read(std::string_view text, std::string_view order = "") {
  return read_cycle_text(language(), text, order, base::parse_fhir_time("2025-03-22"));
}

/// Everything a text yields, for decoys: "" is nothing, and nothing spoken of.
inline std::string all_in(std::string_view text) {
  const CycleText found = read(text);
  std::string all;
  if (found.day.spoken()) all += "day ";
  if (found.anchor.spoken()) all += "anchor ";
  if (found.lmp.spoken() || found.lmp_imprecise) all += "lmp ";
  if (found.type.spoken()) all += "type ";
  if (found.phase.spoken()) all += "phase ";
  if (found.postmenopausal) all += "postmenopausal ";
  for (const auto& qualifier : found.qualifiers) all += qualifier + " ";
  return all;
}

}  // namespace gateway::mapping
