#include "gateway/mapping/write_observation.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/value.hpp"
#include "gateway/mapping/vital_signs.hpp"

namespace gateway::mapping {
namespace {

/// What is decided about a result before its first member is written.
struct Decision {
  Unit unit;
  Value value;
  SampleType sample;
  std::string stand_in;          // RIO code that replaces a withheld one
  std::string_view withheld_by;  // "specimen" or "unit"
};

bool is_code_of(const TargetCode* target, std::string_view code) {
  return target != nullptr && target->code == code;
}

Decision decide(Desk& desk, const Row& row, const OrderWork& order) {
  Decision decision;
  const TargetCode* target = row.code.target;
  decision.unit = read_unit(desk, row);
  const bool alone = target != nullptr && target->component;  // S14: nothing it could join
  decision.value = alone ? read_value_as(desk, row, decision.unit, target->value_form)
                         : read_value(desk, row, decision.unit);
  StatedSample stated;
  if (row.specimen) stated = order.patient->specimens[*row.specimen].stated;
  decision.sample =
      sample_type(stated, target, row.code.map_row != nullptr ? row.code.map_row->sample_type : "");
  if (target == nullptr && is_vital_sign(row))  // S17: of the patient, though no table names it
    decision.sample = {"not-a-specimen", "loinc-system", SampleType::Code::kept, "", {}};
  if (decision.sample.code == SampleType::Code::withheld) {
    decision.stand_in = decision.sample.stand_in;
    decision.withheld_by = "specimen";
  } else if (target != nullptr && decision.value.is_number() && !decision.unit.ucum.empty() &&
             !unit_fits(target->property, decision.unit.ucum)) {
    decision.stand_in = "result-code-withheld";
    decision.withheld_by = "unit";
  }
  return decision;
}

/// S11: every sender coding leaves `code`; S13: LOINC and ours leave it, local codings stay.
void write_withheld_code(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  const std::string rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  Concept kept;
  kept.text = row.code.said.text;
  if (decision.withheld_by == "unit") {
    for (const Coding& coding : row.code.said.codings)
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
  if (row.code.map_row != nullptr && decision.withheld_by == "unit") {
    const OwnCoding mapped{row.code.target->system, row.code.target->code,
                           row.code.target->display};
    write_concept(draft.extensions, row.code.said, &mapped);
  } else {
    write_concept(draft.extensions, row.code.said);
  }
}

/// FHIR R4 forbids the LOINC code of a vital sign on a result without a day: where the message has
/// none, the code stands beside the result and nothing is invented.
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
    return say_concept(draft.extensions, "valueCodeableConcept", fhir::canonical::loinc, "85354-9",
                       desk.catalogue().display(fhir::canonical::loinc, "85354-9"));
  const auto value = draft.extensions.object("valueCodeableConcept");
  write_concept(draft.extensions, row.code.said);
}

void write_result_code(Desk& desk, Draft& draft, const Row& row, const Decision& decision,
                       bool timeless) {
  if (timeless) {
    write_timeless_code(desk, draft, row);
  } else if (row.is_blood_pressure) {
    say_concept(draft.body, "code", fhir::canonical::loinc, "85354-9",
                desk.catalogue().display(fhir::canonical::loinc, "85354-9"));
  } else if (!decision.stand_in.empty()) {
    write_withheld_code(desk, draft, row, decision);
  } else if (row.code.said.empty() && row.code.target == nullptr) {
    const auto member = draft.body.object("code");
    draft.body.say("text", "unnamed result");
    desk.issue("code-missing", &draft, {row.obx(), 3}, "the row names no code");
  } else {
    write_code(desk, draft.body, "code", row.code);
  }
}

void raise_code_issues(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  const Place code{row.obx(), 3};
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

void raise_value_issues(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  const Place value{row.obx(), 5}, unit{row.obx(), 6};
  for (const std::string& issue : decision.value.issues)
    desk.issue(issue, &draft, value, "the value was read with a reservation");
  if (!decision.value.is_number()) return;
  if (decision.unit.sent() && decision.unit.ucum.empty())
    desk.issue("unit-unmapped", &draft, unit, "no row of the unit map names this unit");
  const TargetCode* target = row.code.target;
  const bool needed = target != nullptr && target->quantitative() && !target->is_ratio();
  if (needed && !decision.unit.sent() && decision.unit.ucum.empty())
    desk.issue("unit-missing", &draft, value, "a quantity without unit");
}

/// The unit of a row whose value is no quantity (N4, N9).
void write_lone_unit(Draft& draft, const Unit& unit, const Value& value, Pen& notes) {
  if (!unit.sent()) return;
  if (value.unit_in_note) {
    write_note(notes, {"unit as sent: ", unit.text});
  } else if (value.kind == Value::Kind::none || value.kind == Value::Kind::text ||
             value.kind == Value::Kind::ratio || value.kind == Value::Kind::coded ||
             value.kind == Value::Kind::integer) {
    extend_text(draft, "unit", unit.text);
  }
}

/// F7, N10. Under a withheld code the range stays text.
void write_range(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  const Text said = desk.fields().at({row.obx(), 7});
  if (said.empty()) return;
  Pen& pen = draft.body;
  const auto ranges = pen.array("referenceRange");
  const auto item = pen.item();
  Interval interval;
  if (decision.withheld_by != "specimen")
    interval = read_range(said.text, decision.unit.code.text, desk.profile().decimal_comma);
  for (const auto& [name, bound] :
       {std::pair{"low", interval.low}, std::pair{"high", interval.high}}) {
    if (!bound) continue;
    const auto member = pen.object(name);
    write_quantity(pen, *bound, "", decision.unit, {said});
  }
  pen.text("text", said);
  if (!interval.issue.empty() && (interval.low || interval.high))
    desk.issue(interval.issue, &draft, {row.obx(), 7}, "a separator of the range was read");
}

/// "blood", "tissue", "cord blood": a family as S11's note names it.
std::string family_words(std::string_view sample) {
  std::string words(family_of(sample));
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

void write_notes(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  Pen& pen = draft.body;
  const auto notes = pen.array("note");
  for (const Note& note : decision.value.notes) write_note(pen, note);
  write_lone_unit(draft, decision.unit, decision.value, pen);
  if (decision.withheld_by == "specimen" && desk.fields().populated(row.obx(), 7)) {
    const auto item = pen.item();
    const std::string of_code = family_words(sample_type({}, row.code.target, "").type);
    pen.say("text", "range sent with a " + of_code + " code on a " +
                        family_words(decision.sample.type) + " specimen");
  }
  const auto write_all = [&](const Row& of) {
    for (const SegmentIndex note : of.segments->notes) write_note(desk, pen, note, &draft);
  };
  write_all(row);
  for (const Row* line : row.lines) write_all(*line);
  for (const Row* component : row.components) write_all(*component);
  if (row.diastolic != nullptr) write_all(*row.diastolic);
}

/// A component row of the code map (S14): its code, its answer.
void write_component(Desk& desk, Draft& draft, const Row& row) {
  Pen& pen = draft.body;
  const auto item = pen.item();
  write_code(desk, pen, "code", row.code);
  const Unit unit = read_unit(desk, row);
  const Value value = read_value_as(desk, row, unit, row.code.target->value_form);
  write_value(desk, pen, value, unit, draft, row);
  if (value.kind != Value::Kind::coded) return;
  for (const Coding& coding : value.concepts.front().codings) {
    if (desk.catalogue().answer(desk.profile(), row.code.target->code, coding.system_name.text,
                                coding.code.text) != nullptr) {
      return;
    }
  }
  desk.issue("code-unmapped", &draft, {row.obx(), 5}, "no row of the answers names this answer");
}

void write_implied(Desk& desk, Draft& draft, const ImpliedComponent& implied) {
  Pen& pen = draft.body;
  const std::string rio = fhir::canonical::code_system(fhir::canonical::observation_codes);
  const auto item = pen.item();
  say_concept(pen, "code", rio, implied.code, desk.catalogue().display(rio, implied.code));
  const auto colon = implied.value.find(':');
  if (colon == std::string::npos) {
    const std::string system = fhir::canonical::code_system(implied.code);
    return say_concept(pen, "valueCodeableConcept", system, implied.value,
                       desk.catalogue().display(system, implied.value));
  }
  const auto effector = base::DecimalText::parse(implied.value.substr(0, colon));
  const auto target = base::DecimalText::parse(implied.value.substr(colon + 1));
  if (!effector || !target) return;
  const auto ratio = pen.object("valueRatio");
  for (const auto& [name, number] :
       {std::pair{"numerator", *effector}, std::pair{"denominator", *target}}) {
    const auto part = pen.object(name);
    pen.digits("value", number);
  }
}

void write_half(Desk& desk, Draft& draft, const Row* row, std::string_view code) {
  Pen& pen = draft.body;
  const auto item = pen.item();
  if (row == nullptr) {
    say_concept(pen, "code", fhir::canonical::loinc, code,
                desk.catalogue().display(fhir::canonical::loinc, code));
    return write_absent(pen, "unknown");
  }
  write_code(desk, pen, "code", row->code);
  Row own = *row;
  if (!own.half_status.empty()) own.status = own.half_status;
  Unit unit = read_unit(desk, own);
  unit.code_required = true;
  Value value = read_value(desk, own, unit);
  if (value.empty() && value.absent.empty()) value.absent = "unknown";
  write_value(desk, pen, value, unit, draft, own);
  Decision decision;
  decision.unit = unit;
  decision.value = value;
  if (own.status != "cancelled" && own.status != "entered-in-error") {
    write_interpretation(desk, draft, own.obx());
    write_range(desk, draft, own, decision);
  }
  raise_value_issues(desk, draft, *row, decision);
}

void write_components(Desk& desk, Draft& draft, const Row& row, const Value& value) {
  if (value.kind == Value::Kind::coded && value.concepts.size() > 1) return;  // it wrote its own
  const auto components = draft.body.array("component");
  if (row.is_blood_pressure) {
    const bool upper = is_code_of(row.code.target, "8480-6");
    write_half(desk, draft, upper ? &row : row.diastolic, "8480-6");
    write_half(desk, draft, upper ? row.diastolic : &row, "8462-4");
    return;
  }
  for (const Row* component : row.components) write_component(desk, draft, *component);
  if (row.code.map_row == nullptr) return;
  for (const ImpliedComponent& implied : row.code.map_row->implied) {
    bool said = false;  // S15: a row that says otherwise wins
    for (const Row* component : row.components)
      said = said || is_code_of(component->code.target, implied.code);
    if (!said) write_implied(desk, draft, implied);
  }
}

void write_sample(Desk& desk, Draft& draft, const SampleType& sample) {
  const std::string system = fhir::canonical::code_system("sample-type");
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("sample-type"));
  const auto value = pen.object("valueCodeableConcept");
  {
    const auto extensions = pen.array("extension");
    const auto source = pen.item();
    pen.say("url", fhir::canonical::extension("sample-type-source"));
    pen.say("valueCode", sample.source);
  }
  const auto codings = pen.array("coding");
  const auto coding = pen.item();
  pen.say("system", system);
  pen.say("code", sample.type);
  pen.say("display", desk.catalogue().display(system, sample.type));
}

void write_context(Draft& draft, const CycleContext& context, const std::vector<Text>& leaves) {
  fhir::JsonWriter writer;
  write_context(writer, context);
  draft.extensions.raw_item(writer.view());
  for (const Text& leaf : leaves) draft.extensions.land_element(0, leaf);
}

/// What a merged row repeats of the row it merged into (V2FHIR.md §5.1, L6).
void set_aside_merged(Desk& desk, const Row& row) {
  const auto repeats = [&](const Row* other) {
    if (other != nullptr) desk.fields().set_aside_repeated(other->obx(), row.obx());
  };
  for (const Row* line : row.lines) repeats(line);
  for (const Row* component : row.components) repeats(component);
  repeats(row.diastolic);
}

/// OBX-14 beside another collection time is often the result's own: kept, not chosen.
void write_own_time(Desk& desk, Draft& draft, const Row& row, const Collected& taken) {
  const Place place{row.obx(), 14};
  if (taken.place.segment == row.obx()) return;
  const TimeReading own = read_time(desk, place);
  if (own.said.empty()) return;
  if (own.said.text == taken.reading.said.text)
    return desk.fields().set_aside(own.said, Reason::duplicate);
  extend_time(desk, draft, "observation-time", place);
}

ResultFacts facts_of(const Row& row, const Value& value, bool null) {
  ResultFacts facts;
  facts.status = row.status;
  facts.sent_status = row.sent_status.text;
  facts.value_empty = value.empty() && !null;
  facts.value_null = null;
  return facts;
}

/// When a context answer holds: as its order's results (R4), so that answers are dated (W6); before
/// any order OBX-14 alone.
Collected said_at(Desk& desk, const Row& row, const PatientWork& patient, const OrderWork* order) {
  if (order != nullptr) return collected(desk, *order, row);
  if (row.specimen && *row.specimen < patient.specimens.size()) {
    const SpecimenSegments* specimen = patient.specimens[*row.specimen].segments;
    const Place place{specimen != nullptr ? specimen->spm : row.obx(), 17, 1, 1};
    if (specimen != nullptr && desk.fields().populated(place))
      return {read_time(desk, place), place};
  }
  const Place place{row.obx(), 14};
  return {read_time(desk, place), place};
}

}  // namespace

void write_context_row(Desk& desk, Row& row, const PatientWork& patient, const OrderWork* order) {
  Draft& draft = *row.draft;
  write_identifiers(desk, draft, row, order, row.code.key_code);
  write_status(desk, draft, row);
  write_category(desk, draft, row, "survey", "AOE");
  const Collected taken = said_at(desk, row, patient, order);
  if (row.code.said.empty()) {
    const auto code = draft.body.object("code");
    draft.body.say("text", "unnamed result");
    desk.issue("code-missing", &draft, {row.obx(), 3}, "the row names no code");
  } else if (is_vital_sign(row) && !is_precise(taken.reading)) {
    write_timeless_code(desk, draft, row);
  } else {
    write_code(desk, draft.body, "code", row.code);
  }
  write_belonging(desk, draft, row, patient, order);
  const TargetCode* target = row.code.target;
  Decision decision;
  decision.unit = read_unit(desk, row);
  decision.value = read_value_as(desk, row, decision.unit,
                                 target != nullptr ? target->value_form : std::string_view());
  if (row.specimen && (row.of_specimen || order == nullptr) &&
      *row.specimen < patient.specimens.size()) {
    refer(draft.body, "specimen", patient.specimens[*row.specimen].draft->reference());
  }
  if (is_vital_sign(row)) fit_vital_sign(draft, decision.value, decision.unit);
  if (is_vital_sign(row) && !is_precise(taken.reading)) {
    write_unknown_time(draft.body, taken.reading);
  } else {
    write_time(desk, draft.body, "effectiveDateTime", "_effectiveDateTime", taken.reading,
               TimeForm::date_time, &draft, taken.place);
  }
  write_value(desk, draft.body, decision.value, decision.unit, draft, row);
  write_interpretation(desk, draft, row.obx());
  write_notes(desk, draft, row, decision);
  write_range(desk, draft, row, decision);
  write_performers(desk, draft, row.obx());
  write_far_fields(desk, draft, row.obx());
  write_sub_id(draft, desk, row);
  write_own_time(desk, draft, row, taken);
  if (row.code.loinc_invalid)
    desk.issue("loinc-invalid", &draft, {row.obx(), 3}, "the LOINC check digit is wrong");
  else if (!row.code.accepted && !row.code.said.empty())
    desk.issue("code-unmapped", &draft, {row.obx(), 3}, "no row of the code map names this code");
  raise_value_issues(desk, draft, row, decision);
  draft.result = facts_of(row, decision.value, desk.fields().at({row.obx(), 5}).null);
  draft.result->is_context = true;
  tag_declaration(desk, draft, row);
}

void write_result(Desk& desk, Row& row, const OrderWork& order, const ScopedContext& context,
                  const Collected& taken) {
  Draft& draft = *row.draft;
  Decision decision = decide(desk, row, order);
  const bool withdrawn = row.status == "entered-in-error";
  const CycleContext unknown;  // T5: what is withdrawn says nothing of the cycle
  const CycleContext& cycle = withdrawn ? unknown : context.reading.context;
  write_context(draft, cycle, context.site_leaves);
  write_sample(desk, draft, decision.sample);
  for (const auto& [system, code] : tags_of(cycle)) draft.tag(system, code);
  draft.tag("sample-type", decision.sample.type);
  write_identifiers(desk, draft, row, &order,
                    row.is_blood_pressure ? std::string_view("85354-9") : row.code.key_code);
  write_status(desk, draft, row);
  const bool vital = is_vital_sign(row);
  if (vital && !row.is_blood_pressure) fit_vital_sign(draft, decision.value, decision.unit);
  write_category(desk, draft, row, vital ? "vital-signs" : "laboratory", "");
  write_result_code(desk, draft, row, decision, vital && !is_precise(taken.reading));
  write_belonging(desk, draft, row, *order.patient, &order);
  if (vital && !is_precise(taken.reading)) {
    write_unknown_time(draft.body, taken.reading);
  } else if (!taken.reading.said.empty()) {
    write_time(desk, draft.body, "effectiveDateTime", "_effectiveDateTime", taken.reading,
               TimeForm::date_time, &draft, taken.place);
  }
  if (taken.reading.said.empty()) {
    desk.issue("collection-time-missing", &draft, {row.obx(), 14}, "no collection time is said");
  }
  const bool of_patient = vital || decision.sample.type == "not-a-specimen";
  if (row.specimen && !of_patient)
    refer(draft.body, "specimen", order.patient->specimens[*row.specimen].draft->reference());
  if (row.specimen && !of_patient && desk.fields().populated(row.obx(), 33))
    draft.body.land("specimen", desk.fields().at({row.obx(), 33, 0}));
  if (!row.is_blood_pressure) {
    write_value(desk, draft.body, decision.value, decision.unit, draft, row);
    write_typed_value(desk, draft, row);
  }
  const bool gone = row.status == "cancelled" || withdrawn;
  // S16: flag and range belong to the half that they were sent with.
  if (!gone && !row.is_blood_pressure) write_interpretation(desk, draft, row.obx());
  write_notes(desk, draft, row, decision);
  if (!withdrawn && !row.is_blood_pressure) write_range(desk, draft, row, decision);
  if (!withdrawn) write_components(desk, draft, row, decision.value);
  write_performers(desk, draft, row.obx());
  write_far_fields(desk, draft, row.obx());
  write_details(desk, draft, row);
  write_sub_id(draft, desk, row);
  write_own_time(desk, draft, row, taken);
  write_parent_result(desk, draft, order);
  set_aside_merged(desk, row);
  raise_code_issues(desk, draft, row, decision);
  if (!row.is_blood_pressure) raise_value_issues(desk, draft, row, decision);
  if (!withdrawn)
    for (const Issue& issue : context.reading.issues)
      desk.issue_at(issue.code, &draft, issue.where, issue.text);
  if (!row.lines.empty()) row.long_text = decision.value.text;
  draft.result = facts_of(row, decision.value, desk.fields().at({row.obx(), 5}).null);
  draft.result->context = cycle;
}

}  // namespace gateway::mapping
