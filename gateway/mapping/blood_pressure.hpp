#pragma once
#include <string_view>

/// LOINC's codes of a blood pressure (S16): the panel and its two halves.
namespace gateway::mapping::blood_pressure {

inline constexpr std::string_view panel = "85354-9", systolic = "8480-6", diastolic = "8462-4";

constexpr bool is_half(std::string_view code) {
  return code == systolic || code == diastolic;
}

}  // namespace gateway::mapping::blood_pressure
