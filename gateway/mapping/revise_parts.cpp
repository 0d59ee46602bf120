// A component row that an update sends without its main result (S14): the row belongs to the main
// result that stands, whose identity it shares (T1), and changes it there.
#include <algorithm>
#include <utility>

#include "gateway/base/time.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_pressure.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/revise_taken_back.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

const std::string& said_at_url() {
  static const std::string url = fhir::canonical::extension("said-at");
  return url;
}

using SaidOfPart = ResultFacts::Part::Said;

/// What the message leaves open of a part; absent: it says it.
std::optional<SaidOfPart> left_open(const ResultFacts& facts, std::string_view code) {
  for (const ResultFacts::Part& part : facts.open_parts)
    if (part.code == code) return part.said;
  return std::nullopt;
}

/// The part as a late message says it, its value or why it has none (`""`, X); null where it says
/// nothing of it (T12).
Json late_part(const Json& late, const ResultFacts& facts, std::string_view code) {
  const auto open = left_open(facts, code);
  const Json* said = part_of(late, code);
  if (said == nullptr) return {};
  const bool is_none = !has_element(*said, "value") && !says_something(*said) &&
                       first_code((*said)["dataAbsentReason"]) == "unknown";
  if (open == SaidOfPart::nothing || open == SaidOfPart::empty || (is_none && !open)) return {};
  return *said;
}

}  // namespace

bool is_active(const Json& observation) {
  return observation.is_object() && observation["status"].text() != "entered-in-error";
}

std::string_view sub_id_of(const Json& observation) {
  static const std::string url = fhir::canonical::extension("v2-subid");
  for (const Json& extension : observation["extension"].items()) {
    if (extension["url"].text() != url) continue;
    for (const Json& part : extension["extension"].items())
      if (part["url"].text() == "original-sub-identifier") return part["valueString"].text();
  }
  return {};
}

Json concept_of(std::string_view system, std::string_view code, std::string_view display) {
  Json coding = Json::object(
      {{"system", Json::string(std::string(system))}, {"code", Json::string(std::string(code))}});
  if (!display.empty()) coding.set("display", Json::string(std::string(display)));
  return Json::object({{"coding", Json::array({std::move(coding)})}});
}

std::string_view first_code(const Json& said) {
  const auto& codings = said["coding"].items();
  return codings.empty() ? std::string_view() : std::string_view(codings.front()["code"].text());
}

bool is_code_of_part(const Json& code, const Catalogue* catalogue) {
  const auto& codings = code["coding"].items();
  if (codings.empty()) return false;
  const std::string& first = codings.front()["code"].text();
  if (blood_pressure::is_half(first)) return true;
  const TargetCode* target =
      catalogue != nullptr ? catalogue->target(codings.front()["system"].text(), first) : nullptr;
  return target != nullptr && target->component;
}

std::optional<std::int64_t> time_of_part(const Json& part) {
  for (const Json& extension : part["extension"].items()) {
    if (extension["url"].text() != said_at_url()) continue;
    if (const auto time = base::parse_fhir_time(extension["valueInstant"].text()))
      return time->instant_begin();
  }
  return std::nullopt;
}

void date_part(Json& part, std::optional<std::int64_t> at) {
  if (!at) return;
  if (Json* extensions = part.find("extension"))
    std::erase_if(extensions->items(),
                  [](const Json& one) { return one["url"].text() == said_at_url(); });
  else
    part.set("extension", Json::array());
  part.find("extension")
      ->items()
      .push_back(Json::object({{"url", Json::string(said_at_url())},
                               {"valueInstant", Json::string(base::to_text(base::Instant{*at}))}}));
}

bool is_open_part(const Json& part) {
  return !has_element(part, "value") && !time_of_part(part) &&
         first_code(part["dataAbsentReason"]) == "unknown";
}

Json* part_of(Json& observation, std::string_view code) {
  if (!observation.find("component")) return nullptr;
  for (Json& part : observation.find("component")->items())
    if (first_code(part["code"]) == code) return &part;
  return nullptr;
}

const Json* part_of(const Json& observation, std::string_view code) {
  for (const Json& part : observation["component"].items())
    if (first_code(part["code"]) == code) return &part;
  return nullptr;
}

Json component_of(const Json& part) {
  Json component = Json::object({{"code", part["code"]}});
  for (const auto& [name, value] : part.members()) {
    const auto element = element_of(name);
    if (element == "value" || name == "dataAbsentReason" || name == "interpretation" ||
        name == "referenceRange")
      component.set(name, value);
  }
  return component;
}

void add_remarks(Json& main, const Json& part) {
  std::vector<Json> notes = main["note"].items();
  for (const Json& note : part["note"].items())
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  if (!notes.empty()) main.set("note", Json::array(std::move(notes)));
  if (has_issue(part, "code-unmapped")) tag_issue(main, "code-unmapped");
  tag_issues_of_value(main, part);
}

void put_part(Json& observation, Json component) {
  if (Json* there = part_of(observation, first_code(component["code"]))) {
    *there = std::move(component);
    return;
  }
  if (!observation.find("component")) observation.set("component", Json::array());
  observation.find("component")->items().push_back(std::move(component));
}

void take_part(Json& observation, std::string_view code) {
  Json* parts = observation.find("component");
  if (parts == nullptr) return;
  std::erase_if(parts->items(), [&](const Json& one) { return first_code(one["code"]) == code; });
  if (parts->items().empty()) observation.erase("component");
}

bool lay_late_parts(Json& main, const Json& late, const ResultFacts& facts,
                    const SourceTime& late_at, std::optional<std::int64_t> main_at,
                    const std::function<bool(const ResultFacts::OwnRow&)>& may_take) {
  const bool is_of_halves = is_pressure(main);
  const bool is_regression = goes_back(facts.status, main["status"].text());
  const auto is_later = [&](const Json& part) {
    const auto own = time_of_part(part);
    if (!own && !main_at) return true;
    return late_at.end > (own ? own.value() : main_at.value());
  };
  bool all = !has_element(late, "value"), takes_back = false;
  mark_halves(main);
  for (const ResultFacts::OwnRow& row : facts.rows) {
    const bool is_withdrawn = left_open(facts, row.code) == SaidOfPart::withdrawn;
    Json said = late_part(late, facts, row.code);
    const Json* stands = part_of(std::as_const(main), row.code);
    const bool stood = stands != nullptr && !is_open_part(*stands);
    const auto gone_at = taken_back_at(main, row.code);
    const bool is_heard =
        (is_withdrawn || said.is_object()) && !(gone_at && late_at.end <= *gone_at);
    if (!is_heard || (stood && !is_later(*stands)) ||
        (!is_of_halves && stood && is_regression) ||  // T8
        (is_of_halves && regresses(said, status_of_part(said, facts.status), main)) ||
        !may_take(row)) {
      all = false;
      continue;
    }
    takes_back = takes_back || is_withdrawn;
    if (is_withdrawn && !is_of_halves) {  // S14: a component goes
      take_part(main, row.code);
      note_taken_back(main, row.code, late_at.begin);
      continue;
    }
    if (is_withdrawn)
      said = taken_back(main, row.code, std::nullopt);
    else if (is_of_halves)
      mark_part(said, std::string(status_of_part(said, facts.status)));
    date_part(said, late_at.begin);
    put_part(main, std::move(said));
    forget_taken_back(main, row.code);
  }
  if (all) add_remarks(main, late);
  if (is_of_halves) settle_halves(main);
  if (is_of_halves && takes_back && is_active(main)) withdraw_if_empty(main);
  settle_profiles(main);
  return all;
}

bool is_main(const Json& observation, const Catalogue* catalogue) {
  return is_active(observation) && may_be_main(observation, catalogue);
}

bool may_be_main(const Json& observation, const Catalogue* catalogue) {
  if (!observation.is_object() || is_survey(observation) ||
      is_code_of_part(observation["code"], catalogue))
    return false;
  if (catalogue == nullptr) return true;
  for (const Json& coding : observation["code"]["coding"].items())
    if (const TargetCode* target =
            catalogue->target(coding["system"].text(), coding["code"].text()))
      return target->takes_components();
  // As rows are read: a text without unit, range and flag is a line of a narrative.
  return !observation.has("valueString") || observation.has("referenceRange") ||
         observation.has("interpretation");
}

std::vector<std::size_t> mains_of(const Json& part, const std::vector<Json>& results,
                                  const Catalogue* catalogue) {
  const std::string_view sub_id = sub_id_of(part);
  std::vector<std::size_t> mains;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (is_main(results[i], catalogue) && (sub_id.empty() || sub_id_of(results[i]) == sub_id))
      mains.push_back(i);
  // Without a group a part has only the one result it could belong to.
  if (sub_id.empty() && mains.size() > 1) mains.clear();
  return mains;
}

std::string lay_part(Json& main, const Json& part, const ResultFacts& facts) {
  const std::string before = main["status"].text();
  const bool early = is_early(facts.status);
  const std::string_view code = first_code(part["code"]);
  const Json* stands = part_of(std::as_const(main), code);
  // T8: an early word replaces none of a result that is final; it may be the first.
  if (goes_back(facts.status, before) && stands != nullptr && !is_open_part(*stands))
    return "status-regression";
  const bool keeps = facts.value_empty && facts.status != "cancelled" && !early;
  std::string issue;
  if (facts.status == "entered-in-error") {
    take_part(main, code);
  } else if (keeps && stands != nullptr && has_element(*stands, "value")) {
    issue = "value-empty-on-update";
    tag_issue(main, issue);
  } else {
    put_part(main, component_of(part));
    forget_taken_back(main, code);
  }
  add_remarks(main, part);
  const bool is_changed = facts.status == "corrected" || facts.status == "amended" ||
                          facts.status == "entered-in-error";
  if (is_changed && is_settled(before))
    main.set("status", Json::string(facts.status == "amended" ? "amended" : "corrected"));
  settle_profiles(main);
  return issue;
}

}  // namespace gateway::mapping
