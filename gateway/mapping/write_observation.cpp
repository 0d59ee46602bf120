#include "gateway/mapping/write_observation.hpp"

#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/result_decision.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/value_parts.hpp"
#include "gateway/mapping/vital_signs.hpp"

namespace gateway::mapping {
namespace {

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

/// "blood", "tissue", "cord blood": a family as S11's note names it.
std::string family_words(std::string_view sample) {
  std::string words(family_of(sample));
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

/// "an other fluid", "a urine".
std::string with_article(const std::string& words) {
  constexpr std::string_view vowels = "aeio";
  return (vowels.find(words.front()) == vowels.npos ? "a " : "an ") + words;
}

/// What the halves of a blood pressure say beside their values, and what the panel's rows do (S16).
void write_pressure_notes(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  Pen& pen = draft.body;
  bool unit_said = false;
  for (const PressureHalf& half : decision.halves) {
    for (const Note& note : half.value.notes) write_note(pen, note);
    if (half.value.unit_in_note || !unit_said) write_lone_unit(draft, half.unit, half.value, pen);
    unit_said = unit_said || half.unit.sent();
  }
  std::vector<const Row*> panels(row.panels.begin(), row.panels.end());
  if (row.is_panel_alone && decision.value.is_number()) panels.push_back(&row);
  for (const Row* panel : panels)
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(panel->obx(), 5); ++k)
      write_note(pen, {"", desk.fields().at({panel->obx(), 5, k})});
}

void write_notes(Desk& desk, Draft& draft, const Row& row, const Decision& decision) {
  Pen& pen = draft.body;
  const auto notes = pen.array("note");
  if (!row.is_blood_pressure || row.is_panel_alone) {
    for (const Note& note : decision.value.notes) write_note(pen, note);
    write_lone_unit(draft, decision.unit, decision.value, pen);
  }
  for (const SaidComponent& component : decision.said_components)
    for (const Note& note : component.value.notes) write_note(pen, note);
  write_pressure_notes(desk, draft, row, decision);
  if (decision.withheld_by == "specimen" && desk.fields().populated(row.obx(), 7)) {
    const auto item = pen.item();
    const std::string of_code = family_words(decision.sample.contradicting);
    pen.say("text", "range sent with " + with_article(of_code) + " code on " +
                        with_article(family_words(decision.sample.type)) + " specimen");
  }
  const auto write_all = [&](const Row& of) {
    for (const SegmentIndex note : of.segments->notes) write_note(desk, pen, note, &draft);
  };
  write_all(row);
  for (const Row* line : row.lines) write_all(*line);
  for (const Row* component : row.components) write_all(*component);
  if (row.diastolic != nullptr) write_all(*row.diastolic);
  for (const Row* panel : row.panels) write_all(*panel);
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

void write_context(Draft& draft, std::string_view written, const std::vector<Text>& leaves) {
  draft.extensions.raw_item(written);
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
  for (const Row* panel : row.panels) {
    repeats(panel);
    desk.fields().set_aside_type(panel->obx(), 3);  // S16: our code says it
  }
  if (row.is_panel_alone) desk.fields().set_aside_type(row.obx(), 3);
}

/// OBX-14 beside another collection time is often the result's own: kept, not chosen.
void write_own_time(Desk& desk, Draft& draft, const Row& row, const Collected& taken) {
  const Place place{row.obx(), 14};
  if (taken.place.segment == row.obx()) return;
  const TimeReading own = read_time(desk, place);
  if (own.said.empty()) return;
  if (own.said.text == taken.reading.said.text)
    return desk.fields().set_aside_duplicate(own.said, taken.reading.said);
  extend_time(desk, draft, "observation-time", place);
}

ResultFacts facts_of(Desk& desk, const Row& row, const Value& value, bool null) {
  ResultFacts facts;
  facts.at = desk.fields().address(row.obx(), 0);
  facts.status = row.status;
  facts.sent_status = row.sent_status.text;
  facts.value_empty = value.empty() && !value.says_no_result && !null;
  facts.value_null = null;
  facts.map_row = row.code.map_row;
  facts.map_leaf = row.code.map_leaf;
  return facts;
}

/// S14, S16: components that the message leaves open.
void note_open_parts(Desk& desk, const Row& row, const Decision& decision, ResultFacts& facts) {
  using SaidOfPart = ResultFacts::Part::Said;
  const auto note = [&](const Row& part, std::string_view status) {
    const Text value = desk.fields().at({part.obx(), 5});
    if (status == "entered-in-error")
      facts.open_parts.push_back({part.code.target->code, SaidOfPart::withdrawn});
    else if (value.null)
      facts.open_parts.push_back({part.code.target->code, SaidOfPart::null});
    else if (value.empty() && !value.null && status != "cancelled" && status != "registered")
      facts.open_parts.push_back({part.code.target->code, SaidOfPart::empty});
  };
  for (const Row* part : row.components) note(*part, part->status);
  const bool all_gone = row.status == "cancelled" || row.status == "entered-in-error";
  if (row.is_panel_alone && all_gone) return;  // it takes both halves with it
  for (const PressureHalf& half : decision.halves) {
    if (half.row != nullptr)
      note(*half.row, half.status);
    else
      facts.open_parts.push_back({std::string(half.code), SaidOfPart::nothing});
  }
}

/// Rows that stand in another's Observation, or could: where each is if it is alone.
void note_places(Desk& desk, const Row& row, const OrderWork& order, const Decision& decision,
                 ResultFacts& facts) {
  for (const Row* part : row.components)
    facts.rows.push_back({part->code.target->code, own_id(desk, *part, order)});
  for (const PressureHalf& half : decision.halves)
    if (half.row != nullptr)
      facts.rows.push_back({std::string(half.code), own_id(desk, *half.row, order)});
  if (row.is_blood_pressure || row.code.target == nullptr) return;
  if (!blood_pressure::is_half(row.code.target->code)) return;
  facts.half = row.code.target->code;
  facts.whole = pressure_id(desk, row, order);
}

/// R8: a local answer to a coded question of context that no row of the answers names.
bool lacks_answer(Desk& desk, const Row& row, const Value& value) {
  const TargetCode* target = row.code.target;
  if (target == nullptr || target->value_form != "coded" || value.kind != Value::Kind::coded)
    return false;
  const auto is_local = [&](const Coding& coding) {
    return !desk.catalogue().coding_system(coding.system_name.text) &&
           desk.catalogue().answer(desk.profile(), target->code, coding.system_name.text,
                                   coding.code.text) == nullptr;
  };
  return std::any_of(value.concepts.begin(), value.concepts.end(), [&](const Concept& said) {
    return !said.codings.empty() && std::all_of(said.codings.begin(), said.codings.end(), is_local);
  });
}

/// When what it was measured on was taken; an issue where nobody says.
void write_taken(Desk& desk, Draft& draft, const Row& row, const OrderWork& order,
                 const Collected& taken, bool timeless) {
  if (timeless) {
    write_unknown_time(draft.body, taken.reading);
  } else if (!taken.reading.said.empty()) {
    write_time(desk, draft.body, "effectiveDateTime", "_effectiveDateTime", taken.reading,
               TimeForm::date_time, &draft, taken.place);
  }
  if (!taken.reading.said.empty()) return;
  const Place place = order.segments->obr ? Place{*order.segments->obr, 7} : Place{row.obx(), 14};
  desk.issue("collection-time-missing", &draft, place, "no collection time is said");
}

/// A specimen that the message does not hold is named by its numbers.
void name_specimen(Desk& desk, Draft& draft, const Row& row) {
  Pen& pen = draft.body;
  const IdentifierReading placer = read_ei(desk, {row.obx(), 33, 1, 1}),
                          filler = read_ei(desk, {row.obx(), 33, 1, 2});
  const auto member = pen.object("specimen");
  pen.say("type", "Specimen");
  {
    const auto identifier = pen.object("identifier");
    write_identifier(pen, filler.empty() ? placer : filler, filler.empty() ? "PLAC" : "FILL");
  }
  if (!filler.empty() && !placer.empty()) pen.from("display", placer.value.text, placer.value);
}

/// Nothing where no order takes the specimen, so that nobody writes it.
void refer_specimen(Desk& desk, Draft& draft, const Row& row, const PatientWork& patient) {
  if (row.names_other_specimen) return name_specimen(desk, draft, row);
  if (!row.specimen || *row.specimen >= patient.specimens.size()) return;
  const Draft* specimen = patient.specimens[*row.specimen].draft;
  if (specimen == nullptr) return;
  refer(draft.body, "specimen", specimen->reference());
  if (desk.fields().populated(row.obx(), 33))
    draft.body.land("specimen", desk.fields().at({row.obx(), 33, 0}));
}

/// FHIR R4: a string holds no more. What is longer is attached to the report (V2FHIR.md §3.2).
void take_long_text(Row& row, Value& value) {
  constexpr std::size_t longest = 1024 * 1024;
  if (value.kind != Value::Kind::text || value.text.size() <= longest) return;
  row.long_text = std::move(value.text);
  row.too_long = std::move(value.origins);
  value = absent_value("as-text");
}

}  // namespace

void write_context_row(Desk& desk, Row& row, const OrderWork& order) {
  Draft& draft = *row.draft;
  const PatientWork& patient = *order.patient;
  write_identifiers(desk, draft, row, &order, row.code.key_code);
  write_status(desk, draft, row);
  write_category(desk, draft, row, "survey", "AOE");
  const Collected taken = collected(desk, order, row);  // dated as the results it speaks of (W6)
  if (row.code.said.empty()) {
    const auto code = draft.body.object("code");
    draft.body.say("text", "unnamed result");
    desk.issue("code-missing", &draft, {row.obx(), 3}, "the row names no code");
  } else if (is_vital_sign(row) && !is_precise(taken.reading)) {
    write_timeless_code(desk, draft, row);
  } else {
    write_code(desk, draft.body, "code", row.code);
  }
  write_belonging(desk, draft, row, patient, row.is_loose ? nullptr : &order);
  const TargetCode* target = row.code.target;
  Decision decision;
  decision.unit = read_unit(desk, row);
  decision.value = read_value_as(desk, row, decision.unit,
                                 target != nullptr ? target->value_form : std::string_view());
  if (row.of_specimen || row.is_loose) refer_specimen(desk, draft, row, patient);
  if (is_vital_sign(row)) fit_vital_sign(draft, decision.value, decision.unit);
  if (!row.is_loose) take_long_text(row, decision.value);
  if (is_vital_sign(row) && !is_precise(taken.reading)) {
    write_unknown_time(draft.body, taken.reading);
  } else {
    write_time(desk, draft.body, "effectiveDateTime", "_effectiveDateTime", taken.reading,
               TimeForm::date_time, &draft, taken.place);
  }
  write_value(desk, draft.body, decision.value, decision.unit, draft, row);
  {
    const auto answers = draft.body.array("component");
    write_answers(desk, draft.body, decision.value, row);
  }
  const bool withdrawn = row.status == "entered-in-error";
  if (row.may_be_flagged()) write_interpretation(desk, draft, row.obx());
  write_notes(desk, draft, row, decision);
  if (!withdrawn) write_range(desk, draft, row, decision.unit, false);
  write_performers(desk, draft, row);
  write_far_fields(desk, draft, row.obx());
  write_sub_id(draft, desk, row);
  write_own_time(desk, draft, row, taken);
  if (row.code.loinc_invalid)
    desk.issue("loinc-invalid", &draft, {row.obx(), 3}, "the LOINC check digit is wrong");
  else if (!row.code.accepted && !row.code.said.empty())
    desk.issue("code-unmapped", &draft, {row.obx(), 3}, "no row of the code map names this code");
  raise_value_issues(desk, draft, row, decision.unit, decision.value);
  if (!declares(row) && lacks_answer(desk, row, decision.value))
    desk.issue("code-unmapped", &draft, {row.obx(), 5}, "no row of the answers names this answer");
  draft.profiles.push_back("context-observation");
  draft.result = facts_of(desk, row, decision.value, desk.fields().at({row.obx(), 5}).null);
  draft.result->is_context = true;
  if (!row.too_long.empty()) draft.result->value_empty = false;
  draft.result->is_loose = row.is_loose;
  draft.result->declares = declares(row);
  write_declaration(desk, draft, row);
}

void write_result(Desk& desk, Row& row, const OrderWork& order, const ScopedContext& context,
                  const Collected& taken) {
  Draft& draft = *row.draft;
  Decision decision = decide(desk, row, order);
  take_long_text(row, decision.value);
  const bool withdrawn = row.status == "entered-in-error";
  static const CycleContext unknown;  // T5: what is withdrawn says nothing of the cycle
  static const std::string nothing_known = written_context(unknown);
  const CycleContext& cycle = withdrawn ? unknown : context.reading.context;
  write_context(draft, withdrawn ? nothing_known : context.written, context.site_leaves);
  write_sample(desk, draft, decision.sample);
  for (const auto& [system, code] : tags_of(cycle)) draft.tag(system, code);
  draft.tag("sample-type", decision.sample.type);
  write_identifiers(desk, draft, row, &order,
                    row.is_blood_pressure ? blood_pressure::panel : row.code.key_code);
  write_status(desk, draft, row);
  const bool vital = is_vital_sign(row);
  decision.timeless = vital && !is_precise(taken.reading);
  if (vital && (!row.is_blood_pressure || row.is_panel_alone))
    fit_vital_sign(draft, decision.value, decision.unit);
  for (PressureHalf& half : decision.halves) fit_vital_sign(draft, half.value, half.unit);
  write_category(desk, draft, row, vital ? "vital-signs" : "laboratory", "");
  write_result_code(desk, draft, row, decision);
  write_belonging(desk, draft, row, *order.patient, &order);
  write_taken(desk, draft, row, order, taken, decision.timeless);
  if (!vital && decision.sample.type != "not-a-specimen")
    refer_specimen(desk, draft, row, *order.patient);
  if (!row.is_blood_pressure) {
    write_value(desk, draft.body, decision.value, decision.unit, draft, row);
    write_typed_value(desk, draft, row);
  }
  // S16: flag and range belong to the half that they were sent with.
  const bool of_halves = row.is_blood_pressure && !row.is_panel_alone;
  if (!of_halves && row.may_be_flagged()) write_interpretation(desk, draft, row.obx());
  write_notes(desk, draft, row, decision);
  if (!withdrawn && !of_halves)
    write_range(desk, draft, row, decision.unit, decision.withheld_by == "specimen");
  if (!withdrawn) write_result_components(desk, draft, row, decision);
  write_performers(desk, draft, row);
  write_far_fields(desk, draft, row.obx());
  write_details(desk, draft, row);
  write_participation(desk, draft, row);
  write_sub_id(draft, desk, row);
  write_own_time(desk, draft, row, taken);
  write_parent_result(draft, order);
  set_aside_merged(desk, row);
  raise_code_issues(desk, draft, row, decision);
  if (!row.is_blood_pressure) raise_value_issues(desk, draft, row, decision.unit, decision.value);
  const bool is_lone_part = row.code.target != nullptr && row.code.target->component;
  if (is_lone_part) raise_answer_issue(desk, draft, row, decision.value);
  claim_profiles(draft, row, decision);
  if (!withdrawn)
    for (const Issue& issue : context.reading.issues)
      desk.issue_at(issue.code, &draft, issue.where, issue.text);
  if (!row.lines.empty() && row.too_long.empty()) row.long_text = decision.value.text;
  draft.result = facts_of(desk, row, decision.value, desk.fields().at({row.obx(), 5}).null);
  // Of a blood pressure each half says for itself what it leaves open.
  if (!row.too_long.empty() || row.is_blood_pressure) draft.result->value_empty = false;
  // One half that is withdrawn alone leaves a panel that still has a cycle.
  if (!withdrawn || row.is_blood_pressure) draft.result->said = context.said;
  draft.result->unit = !decision.unit.ucum.empty() ? decision.unit.ucum : decision.unit.text.text;
  if (row.code.target == nullptr || row.code.target->takes_components())
    draft.result->group = row.sub_id.text;
  note_places(desk, row, order, decision, *draft.result);
  draft.result->is_lone_part = is_lone_part;
  if (!withdrawn || row.is_blood_pressure) note_open_parts(desk, row, decision, *draft.result);
}

}  // namespace gateway::mapping
