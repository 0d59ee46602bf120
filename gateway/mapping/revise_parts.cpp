// A component row that an update sends without its main result (S14): the row belongs to the main
// result that stands, whose identity it shares (T1), and changes it there.
#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_resource.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

std::string_view sub_id_of(const Json& observation) {
  static const std::string url = fhir::canonical::extension("v2-subid");
  for (const Json& extension : observation["extension"].items()) {
    if (extension["url"].text() != url) continue;
    for (const Json& part : extension["extension"].items())
      if (part["url"].text() == "original-sub-identifier") return part["valueString"].text();
  }
  return {};
}

bool is_main(const Json& observation) {
  const bool is_part = is_code_of_part(first_code(observation["code"]));
  return observation.is_object() && !is_part && observation["status"].text() != "entered-in-error";
}

/// The part as a component: its code, and what it says.
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

void add_notes(Json& main, const Json& part) {
  std::vector<Json> notes = main["note"].items();
  for (const Json& note : part["note"].items())
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  if (!notes.empty()) main.set("note", Json::array(std::move(notes)));
}

bool is_settled(std::string_view status) {
  return status == "final" || status == "corrected" || status == "amended";
}

}  // namespace

std::string_view first_code(const Json& concept_of) {
  const auto& codings = concept_of["coding"].items();
  return codings.empty() ? std::string_view() : std::string_view(codings.front()["code"].text());
}

bool is_code_of_part(std::string_view code) {
  constexpr std::array codes{std::string_view("et-ratio"),
                             std::string_view("in-vitro-additive"),
                             std::string_view("endometrial-compartment"),
                             std::string_view("fields-counted"),
                             std::string_view("8480-6"),
                             std::string_view("8462-4")};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::vector<std::size_t> mains_of(const Json& part, const std::vector<Json>& results) {
  const std::string_view sub_id = sub_id_of(part);
  std::vector<std::size_t> mains;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (is_main(results[i]) && (sub_id.empty() || sub_id_of(results[i]) == sub_id))
      mains.push_back(i);
  // Without a group a part has only the one result it could belong to.
  if (sub_id.empty() && mains.size() > 1) mains.clear();
  return mains;
}

std::string lay_part(Json& main, const Json& part, const ResultFacts& facts) {
  const std::string before = main["status"].text();
  const bool is_early = facts.status == "preliminary" || facts.status == "registered";
  if (is_early && (is_settled(before) || before == "cancelled")) return "status-regression";
  std::vector<Json> parts = main["component"].items();
  const auto at = std::find_if(parts.begin(), parts.end(), [&](const Json& one) {
    return first_code(one["code"]) == first_code(part["code"]);
  });
  const bool keeps = facts.value_empty && facts.status != "cancelled" && !is_early;
  std::string issue;
  if (facts.status == "entered-in-error") {
    if (at != parts.end()) parts.erase(at);
  } else if (at == parts.end()) {
    parts.push_back(component_of(part));
  } else if (keeps && has_element(*at, "value")) {
    issue = "value-empty-on-update";
    tag_issue(main, issue);
  } else {
    *at = component_of(part);
  }
  if (parts.empty())
    main.erase("component");
  else
    main.set("component", Json::array(std::move(parts)));
  add_notes(main, part);
  for (const std::string_view code : {"code-unmapped", "nm-invalid", "nm-ambiguous-comma"})
    if (has_issue(part, code)) tag_issue(main, code);
  const bool is_changed = facts.status == "corrected" || facts.status == "amended" ||
                          facts.status == "entered-in-error";
  if (is_changed && is_settled(before))
    main.set("status", Json::string(facts.status == "amended" ? "amended" : "corrected"));
  settle_profiles(main);
  return issue;
}

}  // namespace gateway::mapping
