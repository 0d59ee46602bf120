#include "gateway/mapping/revise_value.hpp"

#include <array>
#include <string>
#include <utility>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/status.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

/// Nobody has said anything of its value.
bool is_open(const Json& standing) {
  const Json& absent = standing["dataAbsentReason"];
  const std::string_view why = first_code(absent);
  return !has_element(standing, "value") && (why == "unknown" || why == "temp-unknown") &&
         absent["coding"].items().size() == 1 && !absent.has("text");
}

bool may_say(const Json& standing, const std::optional<SourceTime>& late) {
  if (const auto own = time_of_part(standing)) return late && late->end > *own;
  return is_open(standing);
}

/// A preliminary value stands under what is preliminary; a final one that comes late is T7's.
bool suits(std::string_view standing, std::string_view late) {
  return is_settled(standing) || (is_early(standing) && !is_settled(late));
}

/// T5: what was taken back took its components along.
void take_older_parts(Json& standing, const SourceTime& late) {
  std::vector<std::string> older;
  for (const Json& part : standing["component"].items())
    if (const auto at = time_of_part(part); at && *at < late.end)
      older.emplace_back(first_code(part["code"]));
  for (const std::string& code : older) take_part(standing, code);
}

void take_value(Json& standing, const ConvertedResource& late) {
  constexpr std::array value{std::string_view("value"), std::string_view("dataAbsentReason")};
  erase_elements(standing, value);
  standing.set("dataAbsentReason", concept_of(fhir::canonical::data_absent_reason, "unknown"));
  if (!late.result->value_null) take_older_parts(standing, *late.source_time);
}

void put_value(Json& standing, const Json& said) {
  const Json& quantity = said["valueQuantity"];
  const std::string unit = take_lone_unit(standing);
  keep_value(standing, said);
  keep_with_value(standing, said);
  if (!unit.empty() && quantity.is_object() && unit != quantity["unit"].text() &&
      unit != quantity["code"].text())
    keep_measurement(standing, said, unit);
  tag_issue(standing, "value-empty-on-update");
}

}  // namespace

void keep_value(Json& newest, const Json& standing) {
  constexpr std::array value{std::string_view("value")};
  constexpr std::array absent{std::string_view("dataAbsentReason")};
  constexpr std::array component{std::string_view("component")};
  if (has_element(standing, "value")) {
    erase_elements(newest, value);
    erase_elements(newest, absent);
    keep_named(newest, standing, value);
  }
  if (!newest.find("component")) keep_named(newest, standing, component);
  if (!standing.has("dataAbsentReason")) erase_elements(newest, absent);
}

bool speaks_of_other_unit(const ResultFacts& facts, const Json& standing) {
  const Json& range = standing["valueRange"];
  const Json& quantity = standing.has("valueQuantity") ? standing["valueQuantity"]
                         : range.has("low")            ? range["low"]
                                                       : range["high"];
  const std::string& code = quantity["code"].text();
  const std::string& unit = code.empty() ? quantity["unit"].text() : code;
  return !unit.empty() && !facts.unit.empty() && unit != facts.unit;
}

std::string take_lone_unit(Json& observation) {
  const std::string url = fhir::canonical::extension("unit");
  std::string unit;
  if (Json* extensions = observation.find("extension"))
    std::erase_if(extensions->items(), [&](const Json& one) {
      if (one["url"].text() != url) return false;
      unit = one["valueString"].text();
      return true;
    });
  return unit;
}

void keep_measurement(Json& newest, const Json& standing, const std::string& unit) {
  constexpr std::array own{std::string_view("interpretation"), std::string_view("referenceRange")};
  std::string said = "sent without a value:";
  if (!unit.empty()) said += " unit " + unit;
  for (const Json& range : newest["referenceRange"].items())
    said += (said.ends_with(':') ? " range " : ", range ") + range["text"].text();
  for (const Json& flag : newest["interpretation"].items()) {
    const std::string_view code = first_code(flag);
    said += (said.ends_with(':') ? " flag " : ", flag ");
    said += code.empty() ? std::string_view(flag["text"].text()) : code;
  }
  erase_elements(newest, own);
  keep_named(newest, standing, own);
  std::vector<Json> notes = newest["note"].items();
  notes.push_back(Json::object({{"text", Json::string(said)}}));
  newest.set("note", Json::array(std::move(notes)));
}

void keep_with_value(Json& newest, const Json& standing) {
  tag_issues_of_value(newest, standing);
  for (const Json& tag : standing["meta"]["tag"].items())
    if (tag["system"].text() == fhir::canonical::code_system("safety"))
      add_tag(newest, "safety", tag["code"].text());
  if (!has_issue(standing, "unit-property-mismatch")) return;
  newest.set("code", standing["code"]);
  if (newest.find("meta") && standing["meta"].has("profile"))
    newest.find("meta")->set("profile", standing["meta"]["profile"]);
  const std::string url = fhir::canonical::extension("original-code");
  for (const Json& extension : standing["extension"].items())
    if (extension["url"].text() == url && newest.find("extension"))
      newest.find("extension")->items().push_back(extension);
}

std::optional<std::int64_t> value_said_at(const Json& standing, std::optional<std::int64_t> at) {
  if (const auto own = time_of_part(standing)) return own;
  return is_open(standing) && is_active(standing) ? std::nullopt : at;
}

bool fill_open_value(Json& standing, const ConvertedResource& late) {
  const ResultFacts& facts = *late.result;
  if (!may_say(standing, late.source_time) || !suits(standing["status"].text(), facts.status))
    return false;
  const bool is_gone =
      facts.value_null || facts.status == "entered-in-error" || facts.status == "cancelled";
  const auto said = fhir::parse_json(late.body);
  if (!said || (!is_gone && !has_element(*said, "value"))) return false;
  if (is_gone && !late.source_time) return false;
  if (is_gone)
    take_value(standing, late);
  else
    put_value(standing, *said);
  if (late.source_time) date_part(standing, late.source_time->begin);
  return true;
}

}  // namespace gateway::mapping
