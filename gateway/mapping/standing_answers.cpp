#include "gateway/mapping/standing_answers.hpp"

#include <algorithm>

#include "gateway/mapping/numbers.hpp"
#include "gateway/mapping/revise_elements.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;

constexpr std::string_view between = "; ";  // the values of one row (F8)

std::string kind_of(const Json& observation, const Catalogue& catalogue) {
  for (const Json& coding : observation["code"]["coding"].items()) {
    const TargetCode* target = catalogue.target(coding["system"].text(), coding["code"].text());
    if (target != nullptr && !target->context_kind.empty()) return target->context_kind;
  }
  return {};
}

bool is_taken_back(const Json& observation) {
  const std::string& status = observation["status"].text();
  return status == "entered-in-error" || status == "cancelled" || status == "registered";
}

void add_coded(const Json& concept_said, ContextStatement said,
               std::vector<ContextStatement>& all) {
  said.text = concept_said["text"].text();
  for (const Json& coding : concept_said["coding"].items()) {
    if (said.code.empty()) said.code = coding["code"].text();
    for (const char* part : {"code", "display"})
      if (coding[part].is_string()) said.others.push_back(coding[part].text());
  }
  if (said.text.empty() && said.others.size() > 1) said.text = said.others[1];
  if (said.text.empty()) said.text = said.code;
  all.push_back(std::move(said));
}

void add_text(const std::string& text, bool several, const ContextStatement& said,
              std::vector<ContextStatement>& all) {
  const bool doubt = several && text.starts_with(between);  // `~21`: as context_rows reads it
  for (std::size_t begin = doubt ? between.size() : 0; begin <= text.size();) {
    const std::size_t found = several ? text.find(between, begin) : std::string::npos;
    const std::size_t end = std::min(found, text.size());
    all.push_back(said);
    all.back().text = (doubt ? "~" : "") + text.substr(begin, end - begin);
    begin = end == text.size() ? text.size() + 1 : end + between.size();
  }
}

void add_values(const Json& of, bool several, const ContextStatement& said,
                std::vector<ContextStatement>& all) {
  if (of.has("valueCodeableConcept")) add_coded(of["valueCodeableConcept"], said, all);
  if (of.has("valueString")) add_text(of["valueString"].text(), several, said, all);
  for (const char* plain : {"valueInteger", "valueDateTime"})
    if (of.has(plain)) add_text(of[plain].text(), false, said, all);
  if (of.has("valueQuantity")) {
    all.push_back(said);
    all.back().text = of["valueQuantity"]["value"].text();
    const std::string& code = of["valueQuantity"]["code"].text();
    all.back().unit = code.empty() ? of["valueQuantity"]["unit"].text() : code;
  }
}

}  // namespace

std::vector<StandingAnswer> standing_answers(const Json& observation, const Catalogue& catalogue) {
  if (!is_survey(observation)) return {};
  ContextStatement said;
  said.kind = kind_of(observation, catalogue);
  if (said.kind.empty()) return {};
  const std::string& specimen = observation["specimen"]["reference"].text();
  // A row of an order is based on its request; one before the first OBR is the patient's.
  said.source = !specimen.empty()            ? Source::specimen_obx
                : observation.has("basedOn") ? Source::aoe_obx
                                             : Source::patient_obx;
  said.evidence = "Observation/" + observation["id"].text();
  said.age = 1;
  std::vector<ContextStatement> all;
  const bool several = has_issue(observation, "value-repeated");
  const auto& nothing = catalogue.default_profile().no_result_words;  // N9: "QNS" is no answer
  if (!is_taken_back(observation)) {
    add_values(observation, several, said, all);
    for (const Json& part : observation["component"].items()) add_values(part, several, said, all);
    std::erase_if(all, [&](const auto& one) { return is_no_result(one.text, nothing); });
  }
  if (all.empty()) {
    said.kind.clear();
    all.push_back(said);
  }
  std::vector<StandingAnswer> answers;
  const auto requests = references_of(observation["basedOn"]);
  for (ContextStatement& one : all)
    answers.push_back({specimen, requests.empty() ? "" : requests.front(), std::move(one)});
  return answers;
}

std::optional<StandingText> standing_text(const Json& request) {
  std::string text;
  for (const Json& information : request["supportingInfo"].items()) {
    if (!information["display"].is_string()) continue;
    if (!text.empty()) text += '\n';  // repetitions are clauses of their own (C24)
    text += information["display"].text();
  }
  if (text.empty()) return std::nullopt;
  return StandingText{"ServiceRequest/" + request["id"].text(),
                      {Source::text_obr13, std::move(text), "", true}};
}

}  // namespace gateway::mapping
