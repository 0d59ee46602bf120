// What a result's code becomes, and why (R8, S11, S13); its range (N10); what is doubtful of it.
#include "gateway/mapping/result_decision.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/vital_signs.hpp"

namespace gateway::mapping {
namespace {

bool is_target(const Row& row, std::string_view code) {
  return row.code.target != nullptr && row.code.target->code == code;
}

/// The half of a blood pressure that has this code, as it was sent.
PressureHalf half_of(Desk& desk, const Row& row, std::string_view code) {
  PressureHalf half;
  half.code = code;
  for (const Row* sent : {&row, static_cast<const Row*>(row.diastolic)})
    if (sent != nullptr && is_target(*sent, code)) half.row = sent;
  half.unit.code_required = true;
  if (half.row == nullptr) {
    const bool whole = row.is_panel_alone && row.status == "cancelled";  // T4: both were not done
    half.value.absent = whole ? "not-performed" : "unknown";
    return half;
  }
  Row own = *half.row;
  if (!own.half_status.empty()) own.status = own.half_status;
  half.status = own.status;
  half.unit = read_unit(desk, own);
  half.value = read_value(desk, own, half.unit);
  if (half.value.empty() && half.value.absent.empty()) half.value.absent = "unknown";
  return half;
}

/// S17: of the patient, though no table names it; a coding beside it that is of a specimen
/// contradicts it.
SampleType sample_of_vital_sign(const RowCode& code) {
  SampleType sample{"not-a-specimen", "loinc-system", SampleType::Code::kept, "", {}, {}};
  SampleType beside = sample_type({}, code.targets(), "");
  if (beside.source == "none" || beside.type == sample.type) return sample;
  sample.code = SampleType::Code::withheld;
  sample.stand_in = "result-code-withheld";
  sample.issues.emplace_back("code-specimen-conflict");
  sample.contradicting = std::move(beside.type);
  return sample;
}

bool is_unnamed(const Row& row) {
  return row.code.said.empty() && row.code.target == nullptr;
}

/// A row without a code is what was ordered, where it is the order's only one.
const RowCode& code_of(const Row& row, const OrderWork& order) {
  return is_unnamed(row) && order.rows.size() == 1 ? order.code : row.code;
}

/// A panel of blood pressure bears a code of its own.
std::vector<const TargetCode*> judged_targets(const Row& row, const RowCode& code) {
  if (row.is_blood_pressure) return {row.code.target};
  return code.targets();
}

/// S11: every sender coding leaves `code`; S13: LOINC and ours leave it, local codings stay.
void write_withheld_code(Desk& desk, Draft& draft, const Decision& decision) {
  const std::string rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  const RowCode& code = *decision.code;
  Concept kept;
  kept.text = code.said.text;
  if (decision.withheld_by == "unit") {
    for (const Coding& coding : code.said.codings)
      if (!desk.catalogue().coding_system(coding.system_name.text)) kept.codings.push_back(coding);
  }
  const OwnCoding own{rio, decision.stand_in, desk.catalogue().display(rio, decision.stand_in)};
  {
    const auto member = draft.body.object("code");
    write_concept(draft.body, kept, &own);
  }
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("original-code"));
  const auto value = draft.extensions.object("valueCodeableConcept");
  if (code.map_row != nullptr && decision.withheld_by == "unit") {
    const OwnCoding mapped{code.target->system, code.target->code, code.target->display};
    write_concept(draft.extensions, code.said, &mapped);
  } else {
    write_concept(draft.extensions, code.said);
  }
}

}  // namespace

bool unit_contradicts(const RowCode& code, const Unit& unit) {
  const std::vector<const TargetCode*> targets = code.targets();
  return !unit.ucum.empty() &&
         std::any_of(targets.begin(), targets.end(), [&unit](const TargetCode* target) {
           return target != nullptr && !unit_fits(*target, unit.ucum);
         });
}

Decision decide(Desk& desk, const Row& row, const OrderWork& order) {
  Decision decision;
  decision.code = &code_of(row, order);
  const TargetCode* target = row.code.target;
  decision.unit = read_unit(desk, row);
  const bool alone = target != nullptr && target->component;  // S14: nothing it could join
  decision.value = alone ? read_value_as(desk, row, decision.unit, target->value_form)
                         : read_value(desk, row, decision.unit);
  // It may join a result later, as a component, which has no components for the answers.
  if (alone && decision.value.is_several()) decision.value = answers_as_text(desk, row);
  StatedSample stated;
  if (row.specimen) stated = order.patient->specimens[*row.specimen].stated;
  decision.sample = sample_type(stated, judged_targets(row, *decision.code),
                                row.code.map_row != nullptr ? row.code.map_row->sample_type : "");
  if (target == nullptr && is_vital_sign(row)) decision.sample = sample_of_vital_sign(row.code);
  if (decision.sample.code == SampleType::Code::withheld) {
    decision.stand_in = decision.sample.stand_in;
    decision.withheld_by = "specimen";
  } else if (!decision.value.empty() && unit_contradicts(*decision.code, decision.unit)) {
    decision.stand_in = "result-code-withheld";
    decision.withheld_by = "unit";
  }
  if (row.status != "entered-in-error") decision.said_components = read_components(desk, row);
  if (!row.is_blood_pressure) return decision;
  decision.halves.push_back(half_of(desk, row, blood_pressure::systolic));
  decision.halves.push_back(half_of(desk, row, blood_pressure::diastolic));
  return decision;
}

// FHIR R4 forbids the LOINC code of a vital sign on a result without a day: where the message has
// none, the code stands beside the result and nothing is invented.
void write_timeless_code(Desk& desk, Draft& draft, const Row& row) {
  Concept kept;
  kept.text = row.code.said.text;
  for (const Coding& coding : row.code.said.codings)
    if (coding.system != fhir::canonical::loinc) kept.codings.push_back(coding);
  {
    const auto member = draft.body.object("code");
    write_concept(draft.body, kept);
    if (kept.empty()) draft.body.say("text", "vital sign without a time");
  }
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("original-code"));
  if (row.is_blood_pressure)
    return say_concept(draft.extensions, "valueCodeableConcept", fhir::canonical::loinc,
                       blood_pressure::panel,
                       desk.catalogue().display(fhir::canonical::loinc, blood_pressure::panel));
  const auto value = draft.extensions.object("valueCodeableConcept");
  write_concept(draft.extensions, row.code.said);
}

void write_result_code(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  if (decision.timeless) {
    write_timeless_code(desk, draft, row);
  } else if (row.is_blood_pressure) {
    say_concept(draft.body, "code", fhir::canonical::loinc, blood_pressure::panel,
                desk.catalogue().display(fhir::canonical::loinc, blood_pressure::panel));
  } else if (!decision.stand_in.empty()) {
    write_withheld_code(desk, draft, decision);
  } else if (decision.code->said.empty() && decision.code->target == nullptr) {
    const auto member = draft.body.object("code");
    draft.body.say("text", "unnamed result");
  } else {
    write_code(desk, draft.body, "code", *decision.code);
  }
}

void raise_code_issues(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  const Place code{row.obx(), 3};
  if (is_unnamed(row) && !row.is_blood_pressure && !decision.timeless)
    desk.issue("code-missing", &draft, code, "the row names no code");
  if (row.code.loinc_invalid) {
    desk.issue("loinc-invalid", &draft, code, "the LOINC check digit is wrong");
  } else if (!row.code.accepted && !row.code.said.empty() && !row.is_blood_pressure) {
    desk.issue("code-unmapped", &draft, code, "no row of the code map names this code");
  }
  for (const std::string& issue : decision.sample.issues) {
    desk.issue(issue, &draft, code, "what was examined is unclear, or contradicts the code");
    if (decision.sample.code == SampleType::Code::improbable)  // S9: the code is kept
      desk.issues().back().severity = Severity::warning;
  }
  if (decision.withheld_by == "unit")
    desk.issue("unit-property-mismatch", &draft, {row.obx(), 6},
               "the unit measures another kind of quantity than the code");
}

void raise_value_issues(Desk& desk, Draft& draft, const Row& row, const Unit& unit,
                        const Value& value) {
  const Place of_value{row.obx(), 5}, of_unit{row.obx(), 6};
  for (const std::string& issue : value.issues)
    desk.issue(issue, &draft, of_value, "the value was read with a reservation");
  if (!value.is_number()) return;
  if (unit.sent() && unit.ucum.empty())
    desk.issue("unit-unmapped", &draft, of_unit, "no row of the unit map names this unit");
  const TargetCode* target = row.code.target;
  const bool needed = target != nullptr && target->quantitative() && !target->is_ratio();
  if (needed && !unit.sent() && unit.ucum.empty())
    desk.issue("unit-missing", &draft, of_value, "a quantity without unit");
}

void write_range(Desk& desk, Draft& draft, const Row& row, const Unit& unit, bool text_only) {
  const Text said = desk.fields().at({row.obx(), 7, 0});  // of several parts none is chosen (E2)
  if (said.empty()) return;
  Pen& pen = draft.body;
  const auto ranges = pen.array("referenceRange");
  const auto item = pen.item();
  Interval interval;
  if (!text_only) {
    const std::string& comma = desk.profile().decimal_comma;
    interval = read_range(said.text, unit.code.text, comma);
    if (!interval.low && !interval.high) interval = read_range(said.text, unit.text.text, comma);
  }
  for (const auto& [name, bound] :
       {std::pair{"low", interval.low}, std::pair{"high", interval.high}}) {
    if (!bound) continue;
    const auto member = pen.object(name);
    write_quantity(pen, *bound, "", unit, {said});
  }
  pen.text("text", said);
  if (!interval.issue.empty() && (interval.low || interval.high))
    desk.issue(interval.issue, &draft, {row.obx(), 7}, "a separator of the range was read");
}

}  // namespace gateway::mapping
