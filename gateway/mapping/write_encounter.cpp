#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/hl7_table.hpp"
#include "gateway/mapping/locations.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/numbers.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

struct ClassMeaning {
  std::string_view code, act;
};
// PV1-2 (table 0004) → v3-ActCode; the others stay what they are.
constexpr ClassMeaning classes[] = {{"E", "EMER"}, {"I", "IMP"}, {"O", "AMB"}, {"P", "PRENC"}};

std::string_view status_of(Desk& desk, SegmentIndex pv1, std::string_view patient_class) {
  if (desk.fields().populated(pv1, 45)) return "finished";
  if (patient_class == "P") return "planned";
  return patient_class == "U" ? "unknown" : "in-progress";
}

void write_class(Desk& desk, Pen& pen, SegmentIndex pv1, const Text& sent) {
  const auto member = pen.object("class");
  const Place place{pv1, 2};
  const Text system = desk.fields().code_at(place.part(3));
  desk.fields().set_aside(system, Reason::type);
  pen.text("display", desk.fields().at(place.part(2)));
  if (!is_of_table(desk, system, "0004") && !sent.empty()) {
    pen.from("system", desk.coding_system(system.text), system);
    return void(pen.text("code", sent));
  }
  for (const ClassMeaning& row : classes) {
    if (row.code != sent.text) continue;
    pen.say("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode");
    return pen.from("code", row.act, sent);
  }
  const bool table = sent.text == "R" || sent.text == "B" || sent.text == "C" || sent.text == "N" ||
                     sent.text == "U";
  if (sent.empty()) {
    pen.say("system", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor");
    return pen.say("code", "UNK");
  }
  pen.say("system", table ? fhir::canonical::v2_table("0004") : desk.own_system("HL70004"));
  pen.text("code", sent);
}

void write_participants(Desk& desk, Pen& pen, const VisitSegments& visit) {
  const SegmentIndex pv1 = *visit.pv1;
  struct Participant {
    std::uint16_t field;
    const char* code;
  };
  constexpr Participant participants[] = {
      {7, "ATND"}, {8, "REF"}, {9, "CON"}, {17, "ADM"}, {52, "PART"}};
  const auto array = pen.array("participant");
  const auto write = [&](const Place& place, const char* code) {
    const ActorReference actor = practitioner(desk, place);
    if (actor.empty()) return;
    const auto item = pen.item();
    {
      const auto types = pen.array("type");
      say_concept(pen, nullptr, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code);
    }
    refer(pen, "individual", actor);
  };
  for (const Participant& participant : participants) {
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(pv1, participant.field); ++k)
      write({pv1, participant.field, k}, participant.code);
  }
  if (visit.pv2)
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(*visit.pv2, 13); ++k)
      write({*visit.pv2, 13, k}, "REF");
  write_visit_participants(desk, pen, participations(desk, visit.participants));
}

/// What PRT and ROL say beyond the persons that take part.
void extend_visit_participants(Desk& desk, Draft& draft, const VisitSegments& visit) {
  for (const Participation& of : participations(desk, visit.participants)) {
    const std::vector<ActorReference> actors = actors_of(desk, of);
    extend_participants(desk, draft, {of}, !actors.empty() && is_person(actors.front()));
  }
}

void write_locations(Desk& desk, Pen& pen, SegmentIndex pv1) {
  struct Stay {
    std::uint16_t field;
    const char* status;
  };
  constexpr Stay stays[] = {{3, "active"}, {6, "completed"}, {11, "active"}, {42, "reserved"}};
  const Place bed_status{pv1, 40};
  const auto array = pen.array("location");
  for (const Stay& stay : stays) {
    const bool here = stay.field == 3 && desk.fields().populated(bed_status);
    const ActorReference at = location(desk, {pv1, stay.field}, here ? &bed_status : nullptr);
    if (at.empty()) continue;
    const auto item = pen.item();
    if (stay.field == 11) {
      const auto extensions = pen.array("extension");
      const auto extension = pen.item();
      pen.say("url", fhir::canonical::extension("temporary"));
      pen.boolean("valueBoolean", true);
    }
    refer(pen, "location", at);
    pen.say("status", stay.status);
  }
}

void write_hospitalization(Desk& desk, Pen& pen, SegmentIndex pv1) {
  FieldReader& fields = desk.fields();
  const auto member = pen.object("hospitalization");
  if (const IdentifierReading before = read_cx(desk, {pv1, 5}); !before.empty()) {
    const auto identifier = pen.object("preAdmissionIdentifier");
    write_identifier(pen, before);
  }
  write_concept(desk, pen, "admitSource", {pv1, 14});
  write_concept(desk, pen, "reAdmission", {pv1, 13});
  {
    const auto diets = pen.array("dietPreference");
    const Concept said = read_concept(desk, {pv1, 38});
    const auto item = pen.item();
    write_concept(pen, said);
  }
  const auto coded_list = [&](const char* name, std::uint16_t field) {
    const auto list = pen.array(name);
    for (std::uint16_t k = 1; k <= fields.repetitions(pv1, field); ++k) {
      const Concept said = read_concept(desk, {pv1, field, k});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  };
  coded_list("specialCourtesy", 16);
  coded_list("specialArrangement", 15);
  write_concept(desk, pen, "dischargeDisposition", {pv1, 36});
  refer(pen, "destination", discharge_location(desk, {pv1, 37}));
}

/// PV2: why and how the patient came, and for how long.
void write_pv2(Desk& desk, Draft& draft, SegmentIndex pv2) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  {
    const auto reasons = pen.array("reasonCode");
    const Concept said = read_concept(desk, {pv2, 3});
    const auto item = pen.item();
    write_concept(pen, said);
  }
  write_concept(desk, pen, "priority", {pv2, 25});
  const Text days = fields.code_at({pv2, 11});
  if (const auto number = read_plain_number(days.text, desk.profile().decimal_comma)) {
    const auto length = pen.object("length");
    pen.digits("value", number->value, days);
    pen.say("unit", "d");
    pen.say("system", fhir::canonical::ucum);
    pen.say("code", "d");
  }
  for (std::uint16_t k = 1; k <= fields.repetitions(pv2, 7); ++k)
    extend_concept(desk, draft, "visit-user", {pv2, 7, k});
  extend_time_at(desk, draft, fhir::canonical::planned_start, {pv2, 8});
  extend_time_at(desk, draft, fhir::canonical::planned_end, {pv2, 9});
  const Concept arrival = read_concept(desk, {pv2, 38});
  if (arrival.codings.empty()) return;
  const Coding& coding = arrival.codings.front();
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::standard_extension("encounter-modeOfArrival"));
  const auto value = draft.extensions.object("valueCoding");
  draft.extensions.from("system", coding.system, coding.system_name);
  draft.extensions.text("code", coding.code);
  draft.extensions.text("display", coding.display);
}

void write_visit_numbers(Desk& desk, Pen& pen, SegmentIndex pv1) {
  const auto identifiers = pen.array("identifier");
  for (const auto& [field, type] :
       {std::pair<std::uint16_t, const char*>{19, "VN"}, {50, "VN"}, {54, "episode"}}) {
    const IdentifierReading identifier = read_cx(desk, {pv1, field});
    if (identifier.empty()) continue;
    const auto item = pen.item();
    write_identifier(pen, identifier, type);
  }
}

}  // namespace

void write_encounter(Desk& desk, PatientWork& patient) {
  if (!patient.segments->visit.pv1) return;
  FieldReader& fields = desk.fields();
  const SegmentIndex pv1 = *patient.segments->visit.pv1;
  const auto pv2 = patient.segments->visit.pv2;
  IdentifierReading number = read_cx(desk, {pv1, 19});
  if (number.empty()) number = read_cx(desk, {pv1, 50});
  // FHIR.md §1, which INTERFACE.md §5 points to: a visit without a number is none. It could never
  // be told from the next one, and each message would make another.
  if (number.empty()) {
    if (patient.draft == nullptr) return;
    for (const SegmentIndex note : patient.segments->visit.notes)
      extend_note(desk, *patient.draft, fhir::canonical::extension("note"), note);
    return;
  }
  // With the patient: mother and child may share a visit's number, and no subject may ever move.
  const std::string id =
      own_id('e', "Encounter", {patient.key, number.authority.system, number.value.text});
  if (Draft* known = desk.find("Encounter", id)) {
    patient.encounter = known;
    if (const Place* first = desk.first_named(id)) fields.set_aside_repeated(pv1, first->segment);
    return;
  }
  patient.encounter = &desk.open("Encounter", id);
  desk.remember(id, Place{pv1, 19});
  desk.owns(pv1, *patient.encounter);
  Draft& draft = *patient.encounter;
  Pen& pen = draft.body;
  write_visit_numbers(desk, pen, pv1);
  const Text patient_class = fields.code_at(Place{pv1, 2}.part(1));
  pen.say("status", status_of(desk, pv1, patient_class.text));
  write_class(desk, pen, pv1, patient_class);
  {
    const auto types = pen.array("type");
    for (const std::uint16_t field : {std::uint16_t{4}, std::uint16_t{18}}) {
      const Concept said = read_concept(desk, {pv1, field});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  }
  write_concept(desk, pen, "serviceType", {pv1, 10});
  refer(pen, "subject", patient.reference());
  write_participants(desk, pen, patient.segments->visit);
  {
    const auto period = pen.object("period");
    write_ends(desk, pen, {pv1, 44}, {pv1, 45}, &draft);
  }
  if (pv2) write_pv2(desk, draft, *pv2);
  write_hospitalization(desk, pen, pv1);
  write_locations(desk, pen, pv1);
  refer(pen, "serviceProvider", organization(desk, {pv1, 39}, true));
  extend_time(desk, draft, "discharged-to-since", Place{pv1, 37, 1, 2});
  extend_visit_participants(desk, draft, patient.segments->visit);
  for (const SegmentIndex note : patient.segments->visit.notes)
    extend_note(desk, draft, fhir::canonical::extension("note"), note);
}

}  // namespace gateway::mapping
