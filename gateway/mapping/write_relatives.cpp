#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/write_patient.hpp"

namespace gateway::mapping {
namespace {

void write_relative(Desk& desk, Draft& draft, const PatientWork& patient, SegmentIndex nk1) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const auto each = [&](std::uint16_t field, auto write) {
    for (std::uint16_t k = 1; k <= fields.repetitions(nk1, field); ++k) write(Place{nk1, field, k});
  };
  {
    const auto identifiers = pen.array("identifier");
    for (const std::uint16_t field : {std::uint16_t{33}, std::uint16_t{12}, std::uint16_t{37}}) {
      each(field, [&](const Place& place) {
        const IdentifierReading identifier = read_cx(desk, place);
        if (identifier.empty()) return;
        const auto item = pen.item();
        write_identifier(pen, identifier, field == 37 ? "SS" : "");
      });
    }
  }
  refer(pen, "patient", patient.draft->reference());
  {
    const auto relationships = pen.array("relationship");
    for (const std::uint16_t field : {std::uint16_t{3}, std::uint16_t{7}}) {
      const Concept said = read_concept(desk, {nk1, field});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  }
  {
    const auto names = pen.array("name");
    for (const std::uint16_t field : {std::uint16_t{2}, std::uint16_t{30}}) {
      each(field, [&](const Place& place) { write_names(desk, pen, place); });
    }
  }
  {
    const auto telecom = pen.array("telecom");
    for (const auto& [field, use] : {std::pair<std::uint16_t, const char*>{5, "home"},
                                     {6, "work"},
                                     {31, ""},
                                     {40, ""},
                                     {41, ""}}) {
      each(field, [&, use = use](const Place& place) { write_contact(desk, pen, place, use); });
    }
  }
  if (!write_gender(desk, draft, {nk1, 15}))
    desk.issue("sex-unknown", &draft, {nk1, 15}, "a code that table 0001 does not know");
  write_time(desk, pen, "birthDate", "_birthDate", {nk1, 16}, TimeForm::date, &draft);
  {
    const auto addresses = pen.array("address");
    for (const std::uint16_t field : {std::uint16_t{4}, std::uint16_t{32}}) {
      each(field, [&](const Place& place) {
        const auto item = pen.item();
        write_address(desk, pen, place);
      });
    }
  }
  {
    const auto period = pen.object("period");
    write_time(desk, pen, "start", "_start", {nk1, 8}, TimeForm::date_time, &draft);
    write_time(desk, pen, "end", "_end", {nk1, 9}, TimeForm::date_time, &draft);
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

}  // namespace

namespace {

/// PID-21: the mother, of whom no more is said than her number.
void write_mother(Desk& desk, const PatientWork& patient, const Place& place) {
  const IdentifierReading number = read_cx(desk, place);
  if (number.empty()) return;
  const std::string id =
      own_id('r', "RelatedPerson",
             {desk.sender(), patient.key, "PID-21", number.authority.system, number.value.text});
  if (desk.find("RelatedPerson", id) != nullptr)
    return desk.fields().set_aside(place, Reason::duplicate);
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
  const SegmentIndex pid = patient.segments->pid;
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
