#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// One Observation of a timeline: where its stored cycle context puts it, and what is shown of it.
struct TimelineResult {
  enum class Kind { cycle, gestation, unknown };
  Kind kind = Kind::unknown;

  // What the context says, as it says it; empty: it does not. Nothing is derived.
  std::string lmp_date, anchor, anchor_date;
  std::optional<std::int64_t> day, offset;
  std::optional<std::int64_t> gestation_days;  // of whole weeks: their first day
  std::string collected;                       // local date of collection, as written
  std::string order;                           // order number, else the request it answers

  std::optional<std::int64_t> collected_day;  // `collected`, as days since 1970
  std::optional<std::int64_t> time;           // to put results in order: begin, microseconds
  std::string parts;                          // `part` of its `result`, a JSON array
};

/// Pure. nullopt: an answer to a question of context (category `survey`, R9), which is no result,
/// or something that is no Observation.
std::optional<TimelineResult> timeline_result(const Version& version);

}  // namespace gateway::fhir
