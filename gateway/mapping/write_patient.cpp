#include "gateway/mapping/write_patient.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/hl7_table.hpp"
#include "gateway/mapping/notes.hpp"

namespace gateway::mapping {
namespace {

/// The fields of a patient's PID, each where it is said.
class Pid {
 public:
  Pid(const FieldReader& fields, const PatientSegments& segments)
      : fields_(fields), segments_(segments) {}

  Place operator()(std::uint16_t field, std::uint16_t repetition = 1) const {
    return {pid_of(fields_, segments_, field), field, repetition};
  }
  std::uint16_t repetitions(std::uint16_t field) const {
    return fields_.repetitions((*this)(field).segment, field);
  }

 private:
  const FieldReader& fields_;
  const PatientSegments& segments_;
};

/// How well an identifier of PID-3 names the patient; smaller is better.
int rank_of(const IdentifierReading& identifier) {
  const bool authority = identifier.authority.stated();
  const std::string_view type = identifier.type.text;
  if (type == "MR" && authority) return 0;
  if (type == "PI") return 1;
  if (type == "PT") return 2;
  return authority ? 3 : 4;
}

struct CodeMeaning {
  std::string_view code, meaning;
};
// Table 0002 → v3-MaritalStatus as R4 publishes it, and the null flavors. C has no like there.
constexpr CodeMeaning marital[] = {{"A", "L"},   {"D", "D"},    {"M", "M"}, {"S", "S"},
                                   {"W", "W"},   {"G", "T"},    {"P", "T"}, {"R", "T"},
                                   {"E", "L"},   {"N", "A"},    {"I", "I"}, {"U", "UNK"},
                                   {"O", "OTH"}, {"T", "NAVU"}, {"B", "U"}};

std::string_view find(std::span<const CodeMeaning> table, std::string_view code) {
  for (const CodeMeaning& row : table)
    if (row.code == code) return row.meaning;
  return {};
}

void write_identifiers(Desk& desk, Pen& pen, const Pid& pid) {
  FieldReader& fields = desk.fields();
  // By value: a field may repeat ten thousand times, and a message hold many such fields.
  std::unordered_map<std::string_view, std::unordered_map<std::string, Place>> written;
  const auto identifiers = pen.array("identifier");
  const auto write = [&](const Place& place, std::string_view type, std::string_view use) {
    const IdentifierReading identifier = read_cx(desk, place);
    if (identifier.empty()) return;
    auto& systems = written[identifier.value.text];
    const auto same = systems.empty() || identifier.authority.stated()
                          ? systems.find(identifier.authority.system)
                          : systems.begin();
    if (same != systems.end()) {
      fields.set_aside_repeated(place, same->second);
      return fields.set_aside_duplicate(identifier.value, fields.code_at(same->second.part(1)));
    }
    systems.emplace(identifier.authority.system, place);
    const auto item = pen.item();
    write_identifier(pen, identifier, type, use);
  };
  for (std::uint16_t k = 1; k <= pid.repetitions(3); ++k) write(pid(3, k), "", "");
  for (std::uint16_t k = 1; k <= pid.repetitions(2); ++k) write(pid(2, k), "", "secondary");
  for (std::uint16_t k = 1; k <= pid.repetitions(4); ++k) write(pid(4, k), "", "old");
  for (std::uint16_t k = 1; k <= pid.repetitions(18); ++k) write(pid(18, k), "AN", "");
  for (std::uint16_t k = 1; k <= pid.repetitions(19); ++k) write(pid(19, k), "SS", "");
  const Text license = fields.code_at(pid(20).part(1));
  if (license.empty()) return;
  IdentifierReading identifier;
  identifier.value = license;
  identifier.authority.name = fields.code_at(pid(20).part(2));
  identifier.authority.system =
      desk.own_identifiers("DL" + (identifier.authority.name.empty()
                                       ? std::string()
                                       : "-" + std::string(identifier.authority.name.text)));
  identifier.until = fields.code_at(pid(20).part(3));
  const auto item = pen.item();
  write_identifier(pen, identifier, "DL");
}

void write_all_names(Desk& desk, Pen& pen, const Pid& pid) {
  const auto names = pen.array("name");
  for (const auto& [field, use] : {std::pair<std::uint16_t, const char*>{5, ""}, {9, "old"}}) {
    for (std::uint16_t k = 1; k <= pid.repetitions(field); ++k)
      write_names(desk, pen, pid(field, k), use);
  }
}

void write_telecom(Desk& desk, Pen& pen, const Pid& pid) {
  const auto telecom = pen.array("telecom");
  for (const auto& [field, use] :
       {std::pair<std::uint16_t, const char*>{13, "home"}, {14, "work"}, {40, ""}}) {
    for (std::uint16_t k = 1; k <= pid.repetitions(field); ++k)
      write_contact(desk, pen, pid(field, k), use);
  }
}

void write_addresses(Desk& desk, Pen& pen, const Pid& pid) {
  const auto addresses = pen.array("address");
  const std::uint16_t count = pid.repetitions(11);
  const Text county = desk.fields().code_at(pid(12));
  for (std::uint16_t k = 1; k <= count || (k == 1 && !county.empty()); ++k) {
    const auto item = pen.item();
    write_address(desk, pen, pid(11, k), k == 1 ? county : Text{});
  }
}

void write_marital(Desk& desk, Pen& pen, const Pid& pid) {
  const Concept said = read_concept(desk, pid(16));
  if (said.empty()) return;
  const auto member = pen.object("maritalStatus");
  const bool of_table =
      !said.codings.empty() && is_of_table(desk, said.codings.front().system_name, "0002");
  const std::string_view code = of_table ? find(marital, said.codings.front().code.text) : "";
  if (code.empty()) return write_concept(pen, said);
  const std::string_view system = code.size() == 1
                                      ? "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
                                      : "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
  const OwnCoding own{system, code, ""};
  Concept sent = said;
  for (Coding& coding : sent.codings)
    if (coding.system_name.empty()) coding.system = desk.own_system("");
  write_concept(pen, sent, &own);
}

/// 29 and 30, 24 and 25: the more precise of a pair wins.
void write_either(Desk& desk, Draft& draft, const Pid& pid) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const auto yes = [](const Text& said) { return said.text == "Y"; };
  const auto is_answer = [](const Text& said) { return said.text == "Y" || said.text == "N"; };
  const Text dead = fields.code_at(pid(30).part(1));
  if (fields.populated(pid(29, 0))) {
    write_time(desk, pen, "deceasedDateTime", "_deceasedDateTime", pid(29), TimeForm::date_time,
               &draft);
    if (yes(dead)) fields.set_aside_implied(dead, fields.at(pid(29, 0)));
  } else if (is_answer(dead)) {
    pen.boolean("deceasedBoolean", yes(dead), dead);
  }
  const Text order = fields.code_at(pid(25).part(1)), multiple = fields.code_at(pid(24).part(1));
  const bool number = !order.empty() && order.text.size() <= 2 &&
                      order.text.find_first_not_of("0123456789") == order.text.npos;
  if (number) {
    pen.integer("multipleBirthInteger", std::stoi(std::string(order.text)), order);
    if (yes(multiple)) fields.set_aside_implied(multiple, order);
  } else if (is_answer(multiple)) {
    pen.boolean("multipleBirthBoolean", yes(multiple), multiple);
  }
}

void extend_standard(Desk& desk, Draft& draft, std::string_view name, const Place& field,
                     const char* part) {
  FieldReader& fields = desk.fields();
  for (std::uint16_t k = 1; k <= fields.repetitions(field.segment, field.field); ++k) {
    const Concept said = read_concept(desk, field.repeated(k));
    if (said.empty()) continue;
    Pen& pen = draft.extensions;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::standard_extension(name));
    if (part == nullptr) {
      const auto value = pen.object("valueCodeableConcept");
      write_concept(pen, said);
      continue;
    }
    const auto parts = pen.array("extension");
    const auto one = pen.item();
    pen.say("url", part);
    const auto value = pen.object("valueCodeableConcept");
    write_concept(pen, said);
  }
}

void extend_birth_place(Desk& desk, Draft& draft, const Pid& pid) {
  const Text place = desk.fields().at(pid(23, 0));
  if (place.empty()) return;
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("patient-birthPlace"));
  const auto address = pen.object("valueAddress");
  pen.text("text", place);
}

void extend_maiden_name(Desk& desk, Draft& draft, const Pid& pid) {
  const Text name = desk.fields().at(pid(6, 0));
  if (name.empty()) return;
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("patient-mothersMaidenName"));
  pen.text("valueString", name);
}

void write_language(Desk& desk, Pen& pen, const Pid& pid) {
  const Concept said = read_concept(desk, pid(15));
  if (said.empty()) return;
  const auto communication = pen.array("communication");
  const auto item = pen.item();
  const auto language = pen.object("language");
  write_concept(pen, said);
}

/// PRT or ROL of who looks after the patient in general (tables 0443, 0912: PP, FHCP).
bool is_general_practitioner(Desk& desk, const Participation& of) {
  const std::string_view role = desk.fields().code_at(of.at(of.role).part(1)).text;
  return role == "PP" || role == "FHCP";
}

void write_practitioners(Desk& desk, Pen& pen, const PatientSegments& patient) {
  const auto general = pen.array("generalPractitioner");
  for (const Participation& of : participations(desk, patient.participants))
    if (is_general_practitioner(desk, of)) {
      for (const ActorReference& actor : actors_of(desk, of)) refer(pen, nullptr, actor);
      settle_role(desk, of);
    }
  for (const SegmentIndex segment : patient.pd1) {
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(segment, 3); ++k)
      refer(pen, nullptr, organization(desk, {segment, 3, k}));
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(segment, 4); ++k)
      refer(pen, nullptr, practitioner(desk, {segment, 4, k}));
  }
}

/// PID-35, 36: a patient that is an animal.
void extend_animal(Desk& desk, Draft& draft, const Pid& pid) {
  const Concept species = read_concept(desk, pid(35)), breed = read_concept(desk, pid(36));
  if (species.empty()) return;  // HL7's extension names no breed without species
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("patient-animal"));
  const auto parts = pen.array("extension");
  for (const auto& [url, said] : {std::pair{"species", &species}, std::pair{"breed", &breed}}) {
    if (said->empty()) continue;
    const auto one = pen.item();
    pen.say("url", url);
    const auto value = pen.object("valueCodeableConcept");
    write_concept(pen, *said);
  }
}

/// PD1-6; PD1-12: whether the patient's data are protected.
void write_pd1(Desk& desk, Draft& draft, SegmentIndex pd1) {
  extend_standard(desk, draft, "patient-disability", {pd1, 6}, nullptr);
  const Text protected_data = desk.fields().code_at(Place{pd1, 12}.part(1));
  if (protected_data.text != "Y" && protected_data.text != "N") return;
  const bool yes = protected_data.text == "Y";
  add_label(desk, draft,
            {"http://terminology.hl7.org/CodeSystem/v3-Confidentiality", yes ? "R" : "N", ""},
            protected_data);
}

/// Elements that a `""` of PID deletes (V2FHIR.md §1.5).
void note_deletions(Desk& desk, Draft& draft, const Pid& pid) {
  constexpr std::pair<std::uint16_t, const char*> elements[] = {
      {5, "name"},     {7, "birthDate"},      {8, "gender"},        {11, "address"},
      {13, "telecom"}, {15, "communication"}, {16, "maritalStatus"}};
  for (const auto& [field, element] : elements)
    if (desk.fields().at(pid(field, 0)).null) draft.deleted.emplace_back(element);
}

}  // namespace

SegmentIndex pid_of(const FieldReader& fields, const PatientSegments& patient,
                    std::uint16_t field) {
  const SegmentIndex first = *patient.pid;
  if (patient.repeated.empty() || fields.populated(first, field)) return first;
  for (const SegmentIndex further : patient.repeated)
    if (fields.populated(further, field)) return further;
  return first;
}

IdentifierReading choose_identifier(Desk& desk, SegmentIndex pid) {
  FieldReader& fields = desk.fields();
  IdentifierReading chosen;
  const auto& wanted = desk.profile().identifier_types;
  const auto rank_here = [&](const IdentifierReading& identifier) {
    const int rank = rank_of(identifier);
    const auto named = std::find(wanted.begin(), wanted.end(), identifier.type.text);
    if (rank == 0 || wanted.empty()) return rank;
    const auto place = static_cast<int>(named - wanted.begin());
    return named != wanted.end() ? 1 + place : 1 + place + rank;
  };
  int best = std::numeric_limits<int>::max();
  for (std::uint16_t k = 1; k <= fields.repetitions(pid, 3); ++k) {
    IdentifierReading identifier = read_cx(desk, {pid, 3, k});
    if (identifier.empty() || rank_here(identifier) >= best) continue;
    best = rank_here(identifier);
    chosen = std::move(identifier);
  }
  for (const std::uint16_t field : {std::uint16_t{2}, std::uint16_t{4}})
    if (chosen.empty()) chosen = read_cx(desk, {pid, field});
  return chosen;
}

PatientIdentity identify_patient(Desk& desk, SegmentIndex pid, std::size_t ordinal) {
  const IdentifierReading chosen = choose_identifier(desk, pid);
  if (!chosen.empty()) {
    const std::string& system = chosen.authority.system;
    return {patient_id(system, chosen.value.text), system + "|" + std::string(chosen.value.text)};
  }
  const std::string number = std::to_string(ordinal);
  const std::string key = desk.sender() + "|" + desk.control_id() + "|" + number;
  return {own_id('p', "Patient", {desk.sender(), desk.control_id(), number}), key, false};
}

namespace {

/// A further PID of the same person: what it says again is set aside; what it says otherwise stays
/// unmapped, and is said.
void settle_repeated(Desk& desk, Draft& draft, SegmentIndex repeated, SegmentIndex first) {
  FieldReader& fields = desk.fields();
  constexpr std::uint16_t last_field = 40;
  fields.set_aside_repeated(repeated, first);
  for (std::uint16_t field = 2; field <= last_field; ++field) {
    const Place here{repeated, field, 0}, there{first, field, 0};
    if (!fields.populated(here) || !fields.populated(there)) continue;
    if (fields.at(here).text == fields.at(there).text) continue;
    return desk.issue("patient-repeated", &draft, {repeated, field},
                      "two PID of one person differ here; the first one counts");
  }
}

void write_patient(Desk& desk, Draft& draft, const PatientSegments& segments) {
  const Pid pid(desk.fields(), segments);
  Pen& pen = draft.body;
  write_identifiers(desk, pen, pid);
  write_all_names(desk, pen, pid);
  write_telecom(desk, pen, pid);
  if (!write_gender(desk, draft, pid(8)))
    desk.issue("sex-unknown", &draft, pid(8), "a code that table 0001 does not know");
  write_birth(desk, draft, pid(7));
  write_addresses(desk, pen, pid);
  write_marital(desk, pen, pid);
  write_either(desk, draft, pid);
  write_language(desk, pen, pid);
  write_practitioners(desk, pen, segments);
  extend_maiden_name(desk, draft, pid);
  extend_group(desk, draft, PatientGroup::race, pid(10));
  extend_standard(desk, draft, "patient-religion", pid(17), nullptr);
  extend_group(desk, draft, PatientGroup::ethnicity, pid(22));
  extend_birth_place(desk, draft, pid);
  extend_standard(desk, draft, "patient-citizenship", pid(26), "code");
  extend_standard(desk, draft, "patient-citizenship", pid(39), "code");
  extend_standard(desk, draft, "patient-nationality", pid(28), "code");
  extend_animal(desk, draft, pid);
  for (const SegmentIndex pd1 : segments.pd1) write_pd1(desk, draft, pd1);
  for (const Participation& of : participations(desk, segments.participants))
    extend_participants(desk, draft, {of}, is_general_practitioner(desk, of));
  for (const SegmentIndex note : segments.notes)
    extend_note(desk, draft, fhir::canonical::extension("note"), note);
  note_deletions(desk, draft, pid);
}

}  // namespace

void write_birth(Desk& desk, Draft& draft, const Place& place) {
  const TimeReading birth = read_time(desk, place);
  Pen& pen = draft.body;
  const bool written =
      write_time(desk, pen, "birthDate", "_birthDate", birth, TimeForm::date, &draft, place);
  const bool clock = written && birth.time->precision >= base::PartialTime::Precision::minute;
  if (!clock) return;
  const auto shadow = pen.object("_birthDate");
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  if (birth.time->offset_minutes && draft.key.type == "Patient") {
    pen.say("url", fhir::canonical::standard_extension("patient-birthTime"));
    pen.from("valueDateTime", birth.time->to_fhir(), birth.said);
  } else {
    pen.say("url", fhir::canonical::extension("v2-time"));
    pen.text("valueString", birth.said);
  }
}

void convert_patient(Desk& desk, PatientWork& patient, std::size_t ordinal) {
  const PatientSegments& segments = *patient.segments;
  FieldReader& fields = desk.fields();
  const SegmentIndex pid = *segments.pid;
  PatientIdentity identity = identify_patient(desk, pid, ordinal);
  patient.key = std::move(identity.key);
  const Text sex = fields.code_at(Place{pid_of(fields, segments, 8), 8}.part(1));
  patient.male = sex.text == "M";
  patient.female = sex.text == "F";
  patient.draft = desk.find("Patient", identity.id);
  const bool known = patient.draft != nullptr;  // the same person earlier in the message
  if (!known) {
    patient.draft = &desk.open("Patient", identity.id);
    desk.remember(identity.id, Place{pid, 3});
    write_patient(desk, *patient.draft, segments);
  }
  desk.owns(pid, *patient.draft);
  const SegmentIndex first = desk.first_named(identity.id)->segment;
  if (known) settle_repeated(desk, *patient.draft, pid, first);
  for (const SegmentIndex repeated : segments.repeated)
    settle_repeated(desk, *patient.draft, repeated, first);
  if (!identity.stated)
    desk.issue("patient-identifier-missing", patient.draft, {pid, 3},
               "no identifier: never matched again");
}

}  // namespace gateway::mapping
