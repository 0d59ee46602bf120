#include <algorithm>
#include <array>

#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using Kind = ResourceOutcome::Kind;

constexpr std::array withdrawn_elements{
    std::string_view("value"), std::string_view("component"), std::string_view("dataAbsentReason"),
    std::string_view("interpretation"), std::string_view("referenceRange")};
/// What T3 does not recalculate from the newest row: an empty field leaves it (V2FHIR.md §1.5).
constexpr std::array lasting_elements{std::string_view("effective"), std::string_view("performer"),
                                      std::string_view("method"),    std::string_view("device"),
                                      std::string_view("bodySite"),  std::string_view("encounter"),
                                      std::string_view("basedOn")};
constexpr std::array said_with_value{std::string_view("interpretation"),
                                     std::string_view("referenceRange"), std::string_view("note")};

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void set_status(Json& observation, std::string_view status) {
  observation.set("status", Json::string(std::string(status)));
}

bool has_value(const Json& observation) {
  if (has_element(observation, "value")) return true;
  const auto& components = observation["component"].items();
  return std::any_of(components.begin(), components.end(),
                     [](const Json& component) { return has_element(component, "value"); });
}

/// T5: code, identity and sample type stay; no value may come alive again.
void withdraw(Json& observation, bool is_context) {
  erase_elements(observation, withdrawn_elements);
  set_status(observation, "entered-in-error");
  if (!is_context && read_context(observation)) replace_context(observation, CycleContext{});
}

/// The standing component of the same code, if it has a value.
const Json* valued_component(const Json& standing, const Json& code) {
  for (const Json& component : standing["component"].items())
    if (component["code"] == code && has_element(component, "value")) return &component;
  return nullptr;
}

/// T6, T12: value[x] and component as they stand.
void keep_value(Json& newest, const Json& standing) {
  constexpr std::array value{std::string_view("value")};
  constexpr std::array absent{std::string_view("dataAbsentReason")};
  constexpr std::array component{std::string_view("component")};
  if (has_element(standing, "value")) {
    erase_elements(newest, value);
    erase_elements(newest, absent);
    keep_named(newest, standing, value);
  }
  if (!newest.find("component")) {
    keep_named(newest, standing, component);
  } else {
    for (Json& part : newest.find("component")->items()) {
      if (has_element(part, "value")) continue;
      if (const Json* kept = valued_component(standing, part["code"])) part = *kept;
    }
  }
  if (has_value(newest)) erase_elements(newest, absent);
}

std::optional<base::PartialTime> collected(const Json& observation) {
  const Json& period = observation["effectivePeriod"]["start"];
  const Json& moment = observation["effectiveDateTime"];
  return base::parse_fhir_time(moment.is_string() ? moment.text() : period.text());
}

/// T3: field by field, the newest message that speaks of a field decides it.
void merge_context(Json& newest, const Json& standing, const CycleContext& said) {
  const auto before = read_context(standing);
  if (!before) return;
  CycleContext both = merged(*before, said, collected(newest));
  both.says_not_pregnant = said.says_not_pregnant;  // no part of the extension
  if (both != said) replace_context(newest, both);
}

ResourceOutcome refused(std::string_view issue, std::string status) {
  return {Kind::refused, "", false, std::move(status), {std::string(issue)}};
}

ResourceOutcome first_arrival(const ConvertedResource& newest, const ResultFacts& facts) {
  if (facts.sent_status == "U") return {Kind::dropped, "", false, "", {"update-target-unknown"}};
  ResourceOutcome outcome{Kind::written, newest.body, false, facts.status, {}};
  if (facts.status != "entered-in-error") return outcome;
  if (auto body = fhir::parse_json(newest.body)) {
    const Json converted = *body;
    withdraw(*body, facts.is_context);
    if (*body != converted) outcome.body = body->write();
  }
  return outcome;
}

/// Lays the newest row over the standing one; issues that arise are tags as well.
void lay_over(Json& newest, const Json& standing, const ResultFacts& facts,
              ResourceOutcome& outcome) {
  if (facts.status == "entered-in-error") {
    withdraw(newest, facts.is_context);
    return;
  }
  const bool asks_to_keep = facts.value_empty && !facts.value_null &&
                            !is_any_of(facts.status, {"cancelled", "registered"}) &&
                            !is_any_of(facts.sent_status, {"X", "W", "D", "I"});
  if (facts.sent_status == "U") {
    keep_value(newest, standing);
    keep_named(newest, standing, said_with_value);
    set_status(newest, "final");
  } else if (asks_to_keep && has_value(standing)) {
    keep_value(newest, standing);
    outcome.issues.emplace_back("value-empty-on-update");
    tag_issue(newest, outcome.issues.back());
  }
  keep_named(newest, standing, lasting_elements);
  if (!facts.is_context) merge_context(newest, standing, facts.context);
}

}  // namespace

ResourceOutcome revise_observation(const ConvertedResource& newest, const Standing* standing,
                                   bool older) {
  const ResultFacts facts = newest.result.value_or(ResultFacts{});
  const bool stands = standing && !standing->deleted;
  if (stands && standing->same) return {Kind::unchanged, "", false, facts.status, {}};
  const auto before = stands ? fhir::parse_json(standing->body) : base::Result<Json>(Json());
  const std::string status = before ? (*before)["status"].text() : "";
  if (older) return refused("update-out-of-order", status);
  if (!stands) return first_arrival(newest, facts);
  auto body = fhir::parse_json(newest.body);
  if (!before || !body) return {Kind::written, newest.body, false, facts.status, {}};

  if (facts.sent_status == "U" && is_any_of(status, {"entered-in-error", "cancelled"}))
    return refused("update-target-unknown", status);
  if (is_any_of(facts.status, {"preliminary", "registered"}) &&
      is_any_of(status, {"final", "corrected", "amended", "cancelled", "entered-in-error"}))
    return refused("status-regression", status);

  ResourceOutcome outcome;
  const Json converted = *body;
  lay_over(*body, *before, facts, outcome);
  outcome.status = (*body)["status"].text();
  if (same_content(*body, *before))
    outcome.kind = Kind::unchanged;
  else
    outcome.body = *body == converted ? newest.body : body->write();
  return outcome;
}

}  // namespace gateway::mapping
