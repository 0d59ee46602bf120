#include "gateway/fhir/timeline.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <tuple>

#include "gateway/fhir/timeline_result.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::fhir {
namespace {

using Kind = TimelineResult::Kind;
using Results = std::vector<TimelineResult>;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

/// Where a result stands within its group.
auto position(const TimelineResult& result) {
  return std::tuple(result.gestation_days.value_or(never), result.day.value_or(never),
                    result.offset ? result.anchor : "~", result.offset.value_or(never),
                    result.time.value_or(never));
}

std::optional<std::int64_t> week(const TimelineResult& result) {
  if (!result.gestation_days) return std::nullopt;
  return *result.gestation_days / 7;  // 51 d is 7w2d, as the tag `gestation` writes it
}

bool same_collection(const TimelineResult& a, const TimelineResult& b) {
  if (!a.collected.empty() || !b.collected.empty()) return a.collected == b.collected;
  return !a.order.empty() && a.order == b.order;
}

bool same_pregnancy(const TimelineResult& a, const TimelineResult& b) {
  if (!a.collected_day || !b.collected_day) return same_collection(a, b);
  return std::abs(*a.collected_day - *b.collected_day) < 7;
}

/// Day 10, and day 12 two days later: both count from one day (C8).
bool same_first_day(const TimelineResult& a, const TimelineResult& b) {
  return a.day && b.day && a.collected_day && b.collected_day &&
         *a.collected_day - *a.day == *b.collected_day - *b.day;
}

/// Does `b` belong to the group that `a` began?
bool belong_together(const TimelineResult& a, const TimelineResult& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::unknown) return true;
  if (a.kind == Kind::gestation) return week(a) == week(b) && same_pregnancy(a, b);
  if (!a.lmp_date.empty() || !b.lmp_date.empty()) return a.lmp_date == b.lmp_date;
  if (!a.anchor_date.empty() || !b.anchor_date.empty())
    return a.anchor == b.anchor && a.anchor_date == b.anchor_date;
  return same_collection(a, b) || same_first_day(a, b);
}

std::vector<Results> grouped(Results results) {
  std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.kind == Kind::unknown, a.time.value_or(never)) <
           std::tuple(b.kind == Kind::unknown, b.time.value_or(never));
  });
  std::vector<Results> groups;
  for (TimelineResult& result : results) {
    // From the last: results of one collection come together.
    const auto found = std::find_if(groups.rbegin(), groups.rend(), [&](const Results& group) {
      return belong_together(group.front(), result);
    });
    if (found == groups.rend())
      groups.push_back({std::move(result)});
    else
      found->push_back(std::move(result));
  }
  return groups;
}

void write_part(JsonWriter& out, std::string_view name, std::string_view member,
                std::string_view text) {
  if (!text.empty()) out.begin_object().member("name", name).member(member, text).end_object();
}

/// What makes it one group: `first` began it.
void write_key(JsonWriter& out, const TimelineResult& first) {
  if (first.kind == Kind::gestation) {
    if (const auto said = week(first))
      out.begin_object().member("name", "week").key("valueInteger").integer(*said).end_object();
    return;
  }
  if (first.kind == Kind::unknown) return;
  if (!first.lmp_date.empty()) return write_part(out, "lmpDate", "valueDate", first.lmp_date);
  if (!first.anchor_date.empty()) {
    write_part(out, "anchor", "valueCode", first.anchor);
    return write_part(out, "anchorDate", "valueDate", first.anchor_date);
  }
  if (!first.collected.empty()) return write_part(out, "collected", "valueDate", first.collected);
  write_part(out, "order", "valueString", first.order);
}

std::string_view word(Kind kind) {
  return kind == Kind::cycle ? "cycle" : kind == Kind::gestation ? "gestation" : "unknown";
}

void write_group(JsonWriter& out, Results group) {
  out.begin_object().member("name", "group").key("part").begin_array();
  write_part(out, "kind", "valueCode", word(group.front().kind));
  write_key(out, group.front());
  std::stable_sort(group.begin(), group.end(),
                   [](const auto& a, const auto& b) { return position(a) < position(b); });
  for (const TimelineResult& result : group)
    out.begin_object().member("name", "result").key("part").raw(result.parts).end_object();
  out.end_array().end_object();
}

}  // namespace

std::string cycle_timeline(const ResourceKey& patient, base::Instant as_of,
                           const std::vector<Version>& results) {
  Results shown;
  for (const Version& version : results)
    if (auto result = timeline_result(version)) shown.push_back(*std::move(result));
  JsonWriter out;
  out.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  out.begin_object().member("name", "patient").key("valueReference").begin_object();
  out.member("reference", patient.reference()).end_object().end_object();
  write_part(out, "asOf", "valueInstant", base::to_text(as_of));
  for (Results& group : grouped(std::move(shown))) write_group(out, std::move(group));
  return out.end_array().end_object().take();
}

}  // namespace gateway::fhir
