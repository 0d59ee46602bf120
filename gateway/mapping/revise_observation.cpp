#include <algorithm>
#include <array>
#include <utility>

#include "gateway/base/words.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_pressure.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/revise_taken_back.hpp"
#include "gateway/mapping/revise_value.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using OutcomeKind = ResourceOutcome::Kind;

constexpr std::array withdrawn_elements{
    std::string_view("value"), std::string_view("component"), std::string_view("dataAbsentReason"),
    std::string_view("interpretation"), std::string_view("referenceRange")};
/// What T3 does not recalculate from the newest row: an empty field leaves it (V2FHIR.md §1.5).
constexpr std::array lasting_elements{std::string_view("effective"), std::string_view("performer"),
                                      std::string_view("method"),    std::string_view("device"),
                                      std::string_view("bodySite"),  std::string_view("encounter"),
                                      std::string_view("basedOn")};

void set_status(Json& observation, std::string_view status) {
  observation.set("status", Json::string(std::string(status)));
}

bool has_value(const Json& observation) {
  if (has_element(observation, "value")) return true;
  const auto& components = observation["component"].items();
  return std::any_of(components.begin(), components.end(),
                     [](const Json& component) { return has_element(component, "value"); });
}

/// The standing component of the same code, if it has a value.
const Json* valued_component(const Json& standing, const Json& code) {
  for (const Json& component : standing["component"].items())
    if (component["code"] == code && has_element(component, "value")) return &component;
  return nullptr;
}
/// What stands of the part, where somebody has said it: an empty row changes nothing (T12).
const Json* spoken_part(const Json& standing, std::string_view code) {
  const Json* part = part_of(standing, code);
  return part != nullptr && !is_open_part(*part) ? part : nullptr;
}

/// An issue of an update: told, and a tag.
void add_issue(Json& newest, ResourceOutcome& outcome, std::string_view code) {
  tag_issue(newest, code);
  if (std::find(outcome.issues.begin(), outcome.issues.end(), code) == outcome.issues.end())
    outcome.issues.emplace_back(code);
}

/// T12: components without a value keep the one that stands. Not those that were taken back (T4,
/// T5, T10) or are pending.
void keep_part_values(Json& newest, const Json& standing, const ResultFacts& facts) {
  using SaidOfPart = ResultFacts::Part::Said;
  if (!newest.find("component")) return;
  for (Json& part : newest.find("component")->items()) {
    const std::string_view code = first_code(part["code"]);
    const bool is_taken_back =
        std::any_of(facts.open_parts.begin(), facts.open_parts.end(), [&](const auto& open) {
          return open.code == code &&
                 (open.said == SaidOfPart::null || open.said == SaidOfPart::withdrawn);
        });
    if (is_taken_back || says_something(part) ||
        first_code(part["dataAbsentReason"]) == "not-performed")
      continue;
    if (const Json* kept = valued_component(standing, part["code"])) part = *kept;
  }
}

bool is_taken_back_part(const ResultFacts::Part& part) {
  return part.said == ResultFacts::Part::Said::withdrawn && !blood_pressure::is_half(part.code);
}

/// S14: a component whose row is taken back goes, and stays away. What the conversion writes of it
/// is the definition of the code, which stands (S15).
void remove_withdrawn_parts(Json& observation, const Json& converted, const ResultFacts& facts,
                            std::optional<std::int64_t> said_at) {
  for (const auto& part : facts.open_parts) {
    if (!is_taken_back_part(part)) continue;
    if (part_of(converted, part.code) == nullptr) take_part(observation, part.code);
    note_taken_back(observation, part.code, said_at);
  }
}

std::optional<std::int64_t> begin_of(const std::optional<SourceTime>& time) {
  return time ? std::optional(time->begin) : std::nullopt;
}

/// When what stands was said, and what is laid over it (T7).
struct Times {
  std::optional<std::int64_t> standing;
  std::optional<SourceTime> newest;
};

/// A part of what stands that stays: it keeps its own time.
Json kept_part(const Json& part, const Times& times) {
  Json kept = part;
  if (!is_open_part(part) && !time_of_part(part)) date_part(kept, times.standing);
  return kept;
}

/// When the part that an empty row speaks of lost its value: what was said before is no original of
/// it (T5, T10, T12).
std::optional<std::int64_t> gone_at(const Json& standing, std::string_view code,
                                    const Times& times) {
  const Json* stands = part_of(standing, code);
  if (stands == nullptr) return taken_back_at(standing, code);
  if (is_open_part(*stands)) return std::nullopt;
  const auto own = time_of_part(*stands);
  return own ? own : times.standing;
}

/// What was taken back alone is nothing that a late row may fill (T5, T10).
void date_taken_back(Json& observation, const ResultFacts& facts, const Times& times) {
  using SaidOfPart = ResultFacts::Part::Said;
  if (!times.newest) return;
  for (const auto& open : facts.open_parts) {
    if (open.said != SaidOfPart::withdrawn && open.said != SaidOfPart::null) continue;
    Json* part = part_of(observation, open.code);
    if (part != nullptr && !has_element(*part, "value")) date_part(*part, times.newest->begin);
  }
}

/// S14, S16: a component whose row was not sent again stays (T2), one that was sent without a value
/// keeps it (T12). Any other is one of several answers, which stay or go together as the value.
void keep_parts(Json& newest, const Json& standing, const ResultFacts& facts, bool keeps_value,
                const Times& times, const Catalogue* catalogue, ResourceOutcome& outcome) {
  using SaidOfPart = ResultFacts::Part::Said;
  std::set<std::string_view> withdrawn;
  for (const auto& open : facts.open_parts) {
    if (open.said == SaidOfPart::withdrawn) withdrawn.insert(open.code);
    Json* at = part_of(newest, open.code);
    if (at == nullptr || open.said == SaidOfPart::withdrawn) continue;
    // T5: of a panel that was taken back as a whole, the half that is not said again stays away.
    if (open.said == SaidOfPart::nothing && !is_active(standing) && !standing.has("component"))
      date_part(*at, times.standing);
    const Json* kept = open.said == SaidOfPart::nothing ? part_of(standing, open.code)
                       : open.said == SaidOfPart::empty ? spoken_part(standing, open.code)
                                                        : nullptr;
    if (!kept) {
      if (open.said == SaidOfPart::empty) date_part(*at, gone_at(standing, open.code, times));
      continue;
    }
    *at = kept_part(*kept, times);
    if (open.said == SaidOfPart::empty && has_element(*kept, "value"))
      add_issue(newest, outcome, "value-empty-on-update");
  }
  std::vector<Json> parts = newest["component"].items();
  for (Json& part : parts) {
    const std::string_view code = first_code(part["code"]);
    const Json* stands = part_of(standing, code);
    const auto stood = stands != nullptr ? time_of_part(*stands) : std::nullopt;
    if (stood && times.newest && times.newest->end <= *stood) {
      part = *stands;  // a row of it alone is newer than this message
    } else if (stands != nullptr && blood_pressure::is_half(code) && !withdrawn.contains(code) &&
               first_code(part["dataAbsentReason"]) != "not-performed" &&
               regresses(part, status_of_part(part, facts.status), standing)) {
      part = kept_part(*stands, times);  // T8
      add_issue(newest, outcome, "status-regression");
    }
  }
  const bool keeps_answers = std::any_of(parts.begin(), parts.end(), [catalogue](const Json& part) {
    return !is_code_of_part(part["code"], catalogue);
  });
  if (facts.status != "cancelled") {
    for (const Json& part : standing["component"].items()) {
      if (part["code"]["coding"].items().empty()) continue;
      const std::string_view code = first_code(part["code"]);
      if (!is_code_of_part(part["code"], catalogue)) {
        if (keeps_value && !keeps_answers) parts.push_back(part);
        continue;
      }
      if (part_of(std::as_const(newest), code) == nullptr && !withdrawn.contains(code))
        parts.push_back(kept_part(part, times));
    }
  }
  if (!parts.empty()) newest.set("component", Json::array(std::move(parts)));
}

ResourceOutcome refused(std::string_view issue, std::string status) {
  return {OutcomeKind::refused, "", false, std::move(status), {std::string(issue)}};
}

/// T7, T8: what stands keeps its value and its time; a yes of a declaration is seen beside it.
ResourceOutcome refused_beside(const ConvertedResource& newest, const Json& standing, bool older,
                               const StandingSaid& order) {
  ResourceOutcome outcome =
      refused(older ? "update-out-of-order" : "status-regression", standing["status"].text());
  const ResultFacts& facts = *newest.result;
  if (!facts.declares || base::is_one_of(facts.status, {"entered-in-error", "cancelled"}))
    return outcome;
  const auto said = fhir::parse_json(newest.body);
  Json body = standing;
  if (!said || !tell_declaration(body, *said, older, order.catalogue)) return outcome;
  outcome.kind = OutcomeKind::written;
  outcome.keeps_source_time = true;
  outcome.body = body.write();
  return outcome;
}

ResourceOutcome filled_late(Json body, const ResultFacts& late, const StandingSaid& order) {
  ResourceOutcome outcome;
  if (has_element(body, "value")) outcome.issues.emplace_back("value-empty-on-update");
  if (!late.is_context) settle_profiles(body);
  MergedBefore last;
  if (late.said) follow_order(body, heard(late.said, order.unheard), -1, order, last, outcome);
  outcome.keeps_source_time = outcome.fills = true;
  outcome.status = body["status"].text();
  outcome.body = body.write();
  return outcome;
}

/// A row before the first OBR that corrects or takes back what was never said under the order that
/// follows it now: it was another that followed it then, and what stands under that one stays.
bool misses_its_target(const ResultFacts& facts, const StandingSaid& order) {
  return facts.is_loose && order.is_known &&
         (facts.value_null ||
          base::is_one_of(facts.status, {"entered-in-error", "cancelled", "corrected", "amended"}));
}

/// T10: a value that `""` took back is none that nobody spoke of.
void name_null(Json& observation) {
  Json* absent = observation.find("dataAbsentReason");
  if (absent != nullptr && first_code(*absent) == "unknown" && !absent->has("text"))
    absent->set("text", Json::string(std::string(taken_back_by_null)));
}

/// A component row that stands alone leaves its trace: its result may come late (S14, T5).
void withdraw_row(Json& observation, const ResultFacts& facts,
                  const std::optional<SourceTime>& at) {
  withdraw(observation, facts.is_context);
  if (facts.is_lone_part)
    note_taken_back(observation, first_code(observation["code"]), begin_of(at));
}

ResourceOutcome first_arrival(const ConvertedResource& newest, const ResultFacts& facts,
                              const StandingSaid& order) {
  if (facts.sent_status == "U")
    return {OutcomeKind::dropped, "", false, "", {"update-target-unknown"}};
  ResourceOutcome outcome{OutcomeKind::written, newest.body, false, facts.status, {}};
  const bool withdrawn = facts.status == "entered-in-error";
  const bool misses = misses_its_target(facts, order);
  Json none;
  if (!withdrawn && !misses && !facts.value_null && facts.open_parts.empty() && order.empty()) {
    if (!facts.is_context) merge_context(none, none, facts, order, outcome);
    return outcome;
  }
  if (auto body = fhir::parse_json(newest.body)) {
    const Json converted = *body;
    if (withdrawn && takes_back_one(facts))
      take_back_halves(*body, facts, begin_of(newest.source_time));
    else if (withdrawn)
      withdraw_row(*body, facts, newest.source_time);
    if (facts.value_null) name_null(*body);
    if (misses) add_issue(*body, outcome, "update-target-unknown");
    remove_withdrawn_parts(*body, converted, facts, begin_of(newest.source_time));
    date_taken_back(*body, facts, {std::nullopt, newest.source_time});
    if (*body != converted) settle_profiles(*body);
    if (!facts.is_context && !withdrawn) merge_context(*body, Json(), facts, order, outcome);
    if (*body != converted) outcome.body = body->write();
  }
  return outcome;
}

/// U: all of the earlier result stays, value, flag, range and what was found in them; only its
/// status moves on.
void finalize(Json& newest, const Json& standing, const ResultFacts& facts) {
  Json kept = standing;
  set_status(kept, "final");
  for (const ResultFacts::OwnRow& row : facts.rows)
    if (Json* half = part_of(kept, row.code); half && blood_pressure::is_half(row.code))
      mark_part(*half, "final");
  for (const auto* member : {"_status", "issued"})
    if (newest.find(member)) kept.set(member, newest[member]);
  newest = std::move(kept);
}

/// Lays the newest row over the standing one; issues that arise are tags as well. The halves of a
/// pressure bear their status meanwhile.
void lay_row_over(Json& newest, const Json& standing, const ResultFacts& facts, const Times& times,
                  const StandingSaid& order, ResourceOutcome& outcome) {
  const bool asks_to_keep = facts.value_empty && !facts.value_null &&
                            !base::is_one_of(facts.status, {"cancelled", "registered"}) &&
                            !base::is_one_of(facts.sent_status, {"X", "W", "D", "I"});
  const Json converted = facts.open_parts.empty() ? Json() : newest;
  if (facts.sent_status == "U") {
    finalize(newest, standing, facts);
    if (!is_pressure(newest)) date_part(newest, value_said_at(standing, times.standing));
  } else {
    const bool keeps_value = asks_to_keep && has_value(standing);
    if (keeps_value) {
      keep_value(newest, standing);
      keep_part_values(newest, standing, facts);
      keep_with_value(newest, standing);
      if (speaks_of_other_unit(facts, standing))
        keep_measurement(newest, standing, take_lone_unit(newest));
      add_issue(newest, outcome, "value-empty-on-update");
    }
    if (asks_to_keep) date_part(newest, value_said_at(standing, times.standing));
    if (!facts.is_context)
      keep_parts(newest, standing, facts, keeps_value, times, order.catalogue, outcome);
    remove_withdrawn_parts(newest, converted, facts, begin_of(times.newest));
    if (!facts.is_lone_part) keep_taken_back(newest, standing);
    date_taken_back(newest, facts, times);
    if (!facts.is_context) settle_profiles(newest);
  }
  const bool is_answer =
      !base::is_one_of(facts.status, {"cancelled", "registered"}) && !facts.value_null;
  if (facts.declares && is_answer && facts.sent_status != "U")
    keep_declaration(newest, standing, order.catalogue);
  keep_named(newest, standing, lasting_elements);
  if (facts.value_null) name_null(newest);
}

/// T5: of a pressure one half alone is taken back. The other stands as it stood (T2), and its cycle
/// context follows what the message says of the order.
void take_back_half(Json& newest, const Json& standing, const ResultFacts& facts,
                    const Times& times, const StandingSaid& order, ResourceOutcome& outcome) {
  newest = standing;
  mark_halves(newest);
  if (Json* parts = newest.find("component"))
    for (Json& part : parts->items()) part = kept_part(part, times);
  take_back_halves(newest, facts, begin_of(times.newest));
  settle_profiles(newest);
  if (!is_active(newest)) return;
  settle_halves(newest);
  MergedBefore last;
  if (facts.said) follow_order(newest, heard(facts.said, order.unheard), 1, order, last, outcome);
}

void lay_over(Json& newest, const Json& standing, const ResultFacts& facts, const Times& times,
              const StandingSaid& order, ResourceOutcome& outcome) {
  if (facts.status == "entered-in-error") {
    const bool is_gone = !is_active(standing) && !standing.has("component");
    if (takes_back_one(facts) && !is_gone)
      take_back_half(newest, standing, facts, times, order, outcome);
    else
      withdraw_row(newest, facts, times.newest);
    return;
  }
  if (is_pressure(newest)) {
    Json before = standing;
    mark_halves(before);
    mark_halves(newest);
    lay_row_over(newest, before, facts, times, order, outcome);
    settle_halves(newest);
  } else {
    lay_row_over(newest, standing, facts, times, order, outcome);
  }
  if (!facts.is_context) merge_context(newest, standing, facts, order, outcome);
}

}  // namespace

void withdraw(Json& observation, bool is_context) {
  erase_elements(observation, withdrawn_elements);
  set_status(observation, "entered-in-error");
  if (!is_context && read_context(observation)) replace_context(observation, CycleContext{});
}

ResourceOutcome revise_observation(const ConvertedResource& newest, const Standing* standing,
                                   bool older, const StandingSaid& order) {
  static const ResultFacts none;
  const ResultFacts& facts = newest.result ? *newest.result : none;
  const bool stands = standing && !standing->deleted;
  const bool same = stands && standing->same;
  // `""` is written as an empty row is, and says more (T10).
  if (same && !facts.value_null && (older || facts.is_context || order.empty()))
    return {OutcomeKind::unchanged, "", false, facts.status, {}};
  const fhir::Body& body_before = same ? newest.body : stands ? standing->body : fhir::Body();
  const auto before = stands ? fhir::parse_json(body_before) : base::Result<Json>(Json());
  const std::string status = before ? (*before)["status"].text() : "";
  // Where rows of it are late as well, the places of all are settled together.
  if (Json body = before ? *before : Json(); older && body.is_object() && newest.result &&
                                             facts.rows.empty() && fill_open_value(body, newest))
    return filled_late(std::move(body), facts, order);
  if (older)
    return before && newest.result ? refused_beside(newest, *before, true, order)
                                   : refused("update-out-of-order", status);
  if (!stands) return first_arrival(newest, facts, order);
  auto body = fhir::parse_json(newest.body);
  if (!before || !body) return {OutcomeKind::written, newest.body, false, facts.status, {}};

  if (facts.sent_status == "U" && base::is_one_of(status, {"entered-in-error", "cancelled"}))
    return refused("update-target-unknown", status);
  const bool is_regression =
      is_pressure(*body) ? regresses(*body, facts, *before) : goes_back(facts.status, status);
  if (is_regression)
    return newest.result ? refused_beside(newest, *before, false, order)
                         : refused("status-regression", status);

  ResourceOutcome outcome;
  const Json converted = *body;
  lay_over(*body, *before, facts, {standing->source_time, newest.source_time}, order, outcome);
  outcome.status = (*body)["status"].text();
  if (same_content(*body, *before))
    outcome.kind = OutcomeKind::unchanged;
  else
    outcome.body = *body == converted ? newest.body : body->write();
  return outcome;
}

}  // namespace gateway::mapping
