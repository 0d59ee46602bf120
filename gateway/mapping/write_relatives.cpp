#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

/// Every repetition of each of the fields, in this order.
std::vector<Place> places_of(Desk& desk, SegmentIndex nk1,
                             std::initializer_list<std::uint16_t> fields) {
  std::vector<Place> places;
  for (const std::uint16_t field : fields)
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(nk1, field); ++k)
      places.push_back({nk1, field, k});
  return places;
}

void write_numbers(Desk& desk, Pen& pen, SegmentIndex nk1) {
  const auto identifiers = pen.array("identifier");
  for (const Place& place : places_of(desk, nk1, {33, 12, 37})) {
    const IdentifierReading identifier = read_cx(desk, place);
    if (identifier.empty()) continue;
    const auto item = pen.item();
    write_identifier(pen, identifier, place.field == 37 ? "SS" : "");
  }
}

void write_relationships(Desk& desk, Pen& pen, SegmentIndex nk1) {
  const auto relationships = pen.array("relationship");
  for (const std::uint16_t field : {std::uint16_t{3}, std::uint16_t{7}}) {
    const Concept said = read_concept(desk, {nk1, field});
    const auto item = pen.item();
    write_concept(pen, said);
  }
}

void write_telecom(Desk& desk, Pen& pen, SegmentIndex nk1) {
  const auto telecom = pen.array("telecom");
  for (const Place& place : places_of(desk, nk1, {5, 6, 31, 40, 41}))
    write_contact(desk, pen, place, place.field == 5 ? "home" : place.field == 6 ? "work" : "");
}

void write_relative(Desk& desk, Draft& draft, const PatientWork& patient, SegmentIndex nk1) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  write_numbers(desk, pen, nk1);
  refer(pen, "patient", patient.draft->reference());
  write_relationships(desk, pen, nk1);
  {
    const auto names = pen.array("name");
    for (const Place& place : places_of(desk, nk1, {2, 30})) write_names(desk, pen, place);
  }
  write_telecom(desk, pen, nk1);
  if (!write_gender(desk, draft, {nk1, 15}))
    desk.issue("sex-unknown", &draft, {nk1, 15}, "a code that table 0001 does not know");
  write_birth(desk, draft, {nk1, 16});
  {
    const auto addresses = pen.array("address");
    for (const Place& place : places_of(desk, nk1, {4, 32})) {
      const auto item = pen.item();
      write_address(desk, pen, place);
    }
  }
  {
    const auto period = pen.object("period");
    write_ends(desk, pen, {nk1, 8}, {nk1, 9}, &draft);
  }
  if (const Concept language = read_concept(desk, {nk1, 20}); !language.empty()) {
    const auto communication = pen.array("communication");
    const auto item = pen.item();
    const auto member = pen.object("language");
    write_concept(pen, language);
  }
  extend_text(draft, "organization", fields.at({nk1, 13, 0}));
  for (const std::uint16_t field : {std::uint16_t{10}, std::uint16_t{11}, std::uint16_t{34}})
    fields.set_aside_field(nk1, field, Reason::out_of_purpose);
}

/// PID-21: the mother, of whom no more is said than her number.
void write_mother(Desk& desk, const PatientWork& patient, const Place& place) {
  const IdentifierReading number = read_cx(desk, place);
  if (number.empty()) return;
  const std::string id =
      own_id('r', "RelatedPerson",
             {desk.sender(), patient.key, "PID-21", number.authority.system, number.value.text});
  if (desk.find("RelatedPerson", id) != nullptr) {
    if (const Place* first = desk.first_named(id)) desk.fields().set_aside_repeated(place, *first);
    return;
  }
  desk.remember(id, place);
  Draft& draft = desk.open("RelatedPerson", id);
  Pen& pen = draft.body;
  {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    write_identifier(pen, number);
  }
  refer(pen, "patient", patient.draft->reference());
  const auto relationships = pen.array("relationship");
  say_concept(pen, nullptr, "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother");
}

}  // namespace

void write_relatives(Desk& desk, const PatientWork& patient) {
  FieldReader& fields = desk.fields();
  const SegmentIndex pid = *patient.segments->pid;
  for (std::uint16_t k = 1; k <= fields.repetitions(pid, 21); ++k)
    write_mother(desk, patient, {pid, 21, k});
  for (const RelativeSegments& relative : patient.segments->relatives) {
    const SegmentIndex nk1 = relative.nk1;
    const IdentifierReading number = read_cx(desk, {nk1, 33});
    const Text name = fields.at(Place{nk1, 2}),
               relationship = fields.code_at(Place{nk1, 3}.part(1));
    const std::string key = patient.key + "\x1F" + std::string(number.value.text) + "\x1F" +
                            std::string(name.text) + "\x1F" + std::string(relationship.text);
    const int count = desk.ordinal("RelatedPerson\x1F" + key);
    const std::string ordinal = std::to_string(count);
    Draft& draft =
        desk.open("RelatedPerson", own_id('r', "RelatedPerson", {desk.sender(), key, ordinal}));
    write_relative(desk, draft, patient, nk1);
  }
}

}  // namespace gateway::mapping
