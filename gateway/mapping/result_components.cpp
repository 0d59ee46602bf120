// What an Observation says beside its value: E:T, additive, compartment, fields (S14, S15), and
// the halves of a blood pressure (S16).
#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/result_decision.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {
namespace {

/// Is the answer a code of the component's own system, as sent or by the answer map?
bool is_of_set(Desk& desk, const Row& row, const Value& value) {
  if (value.kind != Value::Kind::coded) return false;
  const std::string& question = row.code.target->code;
  const std::string own = fhir::canonical::code_system(question);
  const auto& codings = value.concepts.front().codings;
  return std::any_of(codings.begin(), codings.end(), [&](const Coding& coding) {
    const bool ours =
        coding.system == own && !desk.catalogue().display(own, coding.code.text).empty();
    return ours || desk.catalogue().answer(desk.profile(), question, coding.system_name.text,
                                           coding.code.text) != nullptr;
  });
}

/// A component row of the code map (S14): its code, its answer.
void write_component(Desk& desk, Draft& draft, const SaidComponent& said,
                     std::vector<WrittenComponent>& written) {
  const Row& row = *said.row;
  const Value& value = said.value;
  Pen& pen = draft.body;
  const auto item = pen.item();
  write_code(desk, pen, "code", row.code);
  write_value(desk, pen, value, said.unit, draft, row);
  raise_value_issues(desk, draft, row, said.unit, value);
  raise_answer_issue(desk, draft, row, value);
  written.push_back({row.code.target->code, value.kind, is_of_set(desk, row, value)});
}
void write_implied(Desk& desk, Draft& draft, const ImpliedComponent& implied,
                   std::vector<WrittenComponent>& written) {
  Pen& pen = draft.body;
  const std::string rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  const auto item = pen.item();
  say_concept(pen, "code", rio, implied.code, desk.catalogue().display(rio, implied.code));
  const auto colon = implied.value.find(':');
  if (colon == std::string::npos) {
    const std::string system = fhir::canonical::code_system(implied.code);
    written.push_back({implied.code, Value::Kind::coded, true});
    return say_concept(pen, "valueCodeableConcept", system, implied.value,
                       desk.catalogue().display(system, implied.value));
  }
  const auto effector = base::DecimalText::parse(implied.value.substr(0, colon));
  const auto target = base::DecimalText::parse(implied.value.substr(colon + 1));
  if (!effector || !target) return;
  written.push_back({implied.code, Value::Kind::ratio, true});
  const auto ratio = pen.object("valueRatio");
  for (const auto& [name, number] :
       {std::pair{"numerator", *effector}, std::pair{"denominator", *target}}) {
    const auto part = pen.object(name);
    pen.digits("value", number);
  }
}

void write_half(Desk& desk, Draft& draft, const PressureHalf& half, std::string_view panel,
                std::vector<WrittenComponent>& written) {
  Pen& pen = draft.body;
  const auto item = pen.item();
  const bool usable = half.value.empty() || half.unit.ucum == "mm[Hg]";
  written.push_back({half.code, half.value.kind, usable});
  if (half.row == nullptr) {
    say_concept(pen, "code", fhir::canonical::loinc, half.code,
                desk.catalogue().display(fhir::canonical::loinc, half.code));
    return write_absent(pen, half.value.absent);
  }
  const bool is_gone = half.status == "cancelled" || half.status == "entered-in-error";
  if (!is_gone && half.status != panel) {
    const auto extensions = pen.array("extension");
    const auto extension = pen.item();
    pen.say("url", fhir::canonical::extension("said-as"));
    pen.say("valueCode", half.status);
  }
  write_code(desk, pen, "code", half.row->code);
  write_value(desk, pen, half.value, half.unit, draft, *half.row);
  if (!is_gone) {
    if (!half.row->is_pending()) write_interpretation(desk, draft, half.row->obx());
    write_range(desk, draft, *half.row, half.unit, false);
  }
  raise_value_issues(desk, draft, *half.row, half.unit, half.value);
}

/// Has this component row anything to say? What was withdrawn is not there at all.
bool speaks(Desk& desk, const Row& component) {
  return component.status != "cancelled" && component.status != "entered-in-error" &&
         desk.fields().populated(component.obx(), 5);
}

const ImpliedComponent* implied_of(const Row& row, std::string_view code) {
  if (row.code.map_row == nullptr) return nullptr;
  const auto& all = row.code.map_row->implied;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ImpliedComponent& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

void raise_answer_issue(Desk& desk, Draft& draft, const Row& row, const Value& value) {
  const bool asked = row.code.target->value_form == "coded" &&
                     (value.kind == Value::Kind::coded || value.kind == Value::Kind::text);
  if (asked && !is_of_set(desk, row, value))
    desk.issue("code-unmapped", &draft, {row.obx(), 5}, "no row of the answers names this answer");
}

std::vector<SaidComponent> read_components(Desk& desk, const Row& row) {
  std::vector<SaidComponent> said;
  for (const Row* component : row.components) {
    const bool implied = implied_of(row, component->code.target->code) != nullptr;
    const bool withdrawn = component->status == "entered-in-error";
    if (withdrawn || (implied && !speaks(desk, *component))) {
      desk.fields().set_aside_segment(component->obx(), Reason::status_not_a_result);
      continue;
    }
    Unit unit = read_unit(desk, *component);
    Value value = read_value_as(desk, *component, unit, component->code.target->value_form);
    if (value.is_several()) value = answers_as_text(desk, *component);
    said.push_back({component, std::move(unit), std::move(value)});
  }
  return said;
}

void write_result_components(Desk& desk, Draft& draft, const Row& row, Decision& decision) {
  auto& written = decision.components;
  const auto components = draft.body.array("component");
  write_answers(desk, draft.body, decision.value, row);
  for (const PressureHalf& half : decision.halves)
    write_half(desk, draft, half, row.status, written);
  for (const SaidComponent& component : decision.said_components)
    write_component(desk, draft, component, written);
  const auto said = [&](std::string_view code) {
    return std::any_of(written.begin(), written.end(),
                       [&](const WrittenComponent& one) { return one.code == code; });
  };
  if (row.code.map_row != nullptr)  // S15: a row that says otherwise wins
    for (const ImpliedComponent& implied : row.code.map_row->implied)
      if (!said(implied.code)) write_implied(desk, draft, implied, written);
  static const ImpliedComponent no_additive{"in-vitro-additive", "none"};
  if (row.code.target != nullptr && row.code.target->says_additive && !said(no_additive.code))
    write_implied(desk, draft, no_additive, written);  // §3.2
}

}  // namespace gateway::mapping
