#include "gateway/mapping/revise_pressure.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"
#include "gateway/mapping/status.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using SaidOfPart = ResultFacts::Part::Said;

const std::string& said_as_url() {
  static const std::string url = fhir::canonical::extension("said-as");
  return url;
}

bool is_half(const Json& part) {
  return blood_pressure::is_half(first_code(part["code"]));
}

void unmark_part(Json& part) {
  Json* extensions = part.find("extension");
  if (extensions == nullptr) return;
  std::erase_if(extensions->items(),
                [](const Json& one) { return one["url"].text() == said_as_url(); });
  if (extensions->items().empty()) part.erase("extension");
}

}  // namespace

bool is_pressure(const Json& observation) {
  const auto& parts = observation["component"].items();
  return std::any_of(parts.begin(), parts.end(), is_half);
}

bool speaks(const Json& pressure) {
  const auto& parts = pressure["component"].items();
  return std::any_of(parts.begin(), parts.end(),
                     [](const Json& part) { return is_half(part) && says_something(part); });
}

bool says_something(const Json& part) {
  if (has_element(part, "value")) return true;
  const std::string_view why = first_code(part["dataAbsentReason"]);
  return !why.empty() && why != "unknown" && why != "not-performed";
}

std::string_view status_of_part(const Json& part, std::string_view whole) {
  for (const Json& extension : part["extension"].items())
    if (extension["url"].text() == said_as_url()) return extension["valueCode"].text();
  return whole;
}

void mark_part(Json& part, std::string_view status) {
  unmark_part(part);
  if (!part.find("extension")) part.set("extension", Json::array());
  part.find("extension")
      ->items()
      .push_back(Json::object({{"url", Json::string(said_as_url())},
                               {"valueCode", Json::string(std::string(status))}}));
}

void mark_halves(Json& pressure) {
  if (!pressure.find("component")) return;
  for (Json& part : pressure.find("component")->items())
    if (is_half(part))
      mark_part(part, std::string(status_of_part(part, pressure["status"].text())));
}

void settle_halves(Json& pressure) {
  std::array<const Json*, 2> speaking{};
  std::size_t count = 0;
  for (const auto code : {blood_pressure::systolic, blood_pressure::diastolic})
    if (const Json* half = part_of(std::as_const(pressure), code); half && says_something(*half))
      speaking[count++] = half;
  std::string status = pressure["status"].text();
  if (count > 0) status = status_of_part(*speaking[0], status);
  if (count > 1) status = status_of_pressure(status, status_of_part(*speaking[1], status));
  pressure.set("status", Json::string(status));
  if (!pressure.find("component")) return;
  for (Json& part : pressure.find("component")->items())
    if (is_half(part) && (!says_something(part) || status_of_part(part, status) == status))
      unmark_part(part);
}

bool regresses(const Json& half, std::string_view status, const Json& standing) {
  const std::string& panel = standing["status"].text();
  const Json* stands = part_of(standing, first_code(half["code"]));
  if (stands == nullptr) return !is_settled(panel) && goes_back(status, panel);
  if (is_open_part(*stands)) return false;
  return goes_back(status,
                   says_something(*stands) ? status_of_part(*stands, panel) : "entered-in-error");
}

bool regresses(const Json& newest, const ResultFacts& facts, const Json& standing) {
  bool any = false;
  for (const ResultFacts::OwnRow& row : facts.rows) {
    const Json* half = part_of(newest, row.code);
    if (half == nullptr || !is_half(*half)) continue;
    if (!regresses(*half, status_of_part(*half, facts.status), standing)) return false;
    any = true;
  }
  return any;
}

void empty_half(Json& half, std::optional<std::int64_t> at) {
  Json empty = Json::object(
      {{"code", half["code"]},
       {"dataAbsentReason", concept_of(fhir::canonical::data_absent_reason, "unknown")}});
  date_part(empty, at);
  half = std::move(empty);
}

bool takes_back_one(const ResultFacts& facts) {
  const auto says = [&](SaidOfPart said) {
    return std::any_of(facts.open_parts.begin(), facts.open_parts.end(), [&](const auto& part) {
      return part.said == said && blood_pressure::is_half(part.code);
    });
  };
  return says(SaidOfPart::withdrawn) && says(SaidOfPart::nothing);
}

void withdraw_if_empty(Json& pressure) {
  if (speaks(pressure)) return;
  Json halves = pressure["component"];
  withdraw(pressure, false);
  pressure.set("component", std::move(halves));
}

Json taken_back(const Json& pressure, std::string_view code, std::optional<std::int64_t> at) {
  const Json* stands = part_of(pressure, code);
  Json half = Json::object(
      {{"code", stands != nullptr ? (*stands)["code"] : concept_of(fhir::canonical::loinc, code)}});
  empty_half(half, at);
  return half;
}

void take_back_halves(Json& pressure, const ResultFacts& facts, std::optional<std::int64_t> at) {
  for (const auto& open : facts.open_parts)
    if (open.said == SaidOfPart::withdrawn && blood_pressure::is_half(open.code))
      put_part(pressure, taken_back(pressure, open.code, at));
  withdraw_if_empty(pressure);
}

}  // namespace gateway::mapping
