#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/hl7_table.hpp"

namespace gateway::mapping {
namespace {

// Where code, text, system, version and the OID of the system stand in a CWE (HL7 v2.8.2 §2A.2.13).
struct Triplet {
  std::uint16_t code, display, system, version, oid;
};
constexpr Triplet triplets[] = {{1, 2, 3, 7, 14}, {4, 5, 6, 8, 17}, {10, 11, 12, 13, 20}};

/// SNOMED CT identifiers carry a Verhoeff check digit (SNOMED CT TSG §6.2).
bool is_snomed(std::string_view code) {
  if (code.size() < 6 || code.size() > 18) return false;
  constexpr int permutation[8][10] = {
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
      {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
      {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
      {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
  int check = 0;
  for (std::size_t k = 0; k < code.size(); ++k) {
    const char c = code[code.size() - 1 - k];
    if (c < '0' || c > '9') return false;
    const int digit = permutation[k % 8][c - '0'];
    // Multiplication in the dihedral group of ten elements: five turns, five reflections.
    check = check < 5 ? (digit < 5 ? (check + digit) % 5 : (check + digit - 5) % 5 + 5)
                      : (digit < 5 ? (check - 5 - digit + 5) % 5 + 5 : (check - digit + 5) % 5);
  }
  return check == 0;
}

/// LOINC's parts, answers and lists are numbered apart from its terms (LP, LA, LL, LG).
bool is_of_loinc(std::string_view code) {
  const bool apart = code.size() > 4 && code.front() == 'L' &&
                     std::string_view("PALG").find(code[1]) != std::string_view::npos;
  return apart || is_loinc(code);
}

/// Whether the system that a sender names can hold the code.
bool may_hold(const Catalogue& catalogue, std::string_view system, std::string_view code) {
  if (system == fhir::canonical::snomed) return is_snomed(code);
  if (system == fhir::canonical::loinc) return is_of_loinc(code);
  if (system == fhir::canonical::ucum) return is_ucum(code);
  return catalogue.holds(system, code);
}

const Coding* said_before(const Concept& said, const Coding& coding) {
  for (const Coding& earlier : said.codings)
    if (earlier.code.text == coding.code.text && earlier.system == coding.system) return &earlier;
  return nullptr;
}

void write_coding(Pen& pen, const Coding& coding) {
  const auto item = pen.item();
  if (!coding.system.empty()) pen.from("system", coding.system, coding.system_name);
  pen.text("version", coding.version);
  pen.text("code", coding.code);
  pen.text("display", coding.display);
}

void say_coding(Pen& pen, std::string_view system, std::string_view code,
                std::string_view display) {
  pen.say("system", system);
  pen.say("code", code);
  pen.say("display", display);
}

}  // namespace

std::string_view coding_system_of(Desk& desk, const Text& name) {
  return desk.coding_system(name.text);
}

bool is_of_table(Desk& desk, const Text& system, std::string_view table, std::string_view fhirs) {
  if (system.empty()) return true;
  const std::string_view named = desk.coding_system(system.text);
  return named == fhir::canonical::v2_table(table) || (!fhirs.empty() && named == fhirs);
}

Concept read_concept(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  Concept said;
  if (!fields.populated(place)) {
    fields.at(place);  // what is there is null or blank, and marked so
    return said;
  }
  Text first_display, second_display;
  for (const Triplet& at : triplets) {
    Coding coding;
    coding.code = fields.code_at(place.part(at.code));
    coding.display = fields.at(place.part(at.display));
    coding.system_name = fields.code_at(place.part(at.system));
    coding.version = fields.at(place.part(at.version));
    if (at.code == 1) first_display = coding.display;
    if (at.code == 4) second_display = coding.display;
    if (coding.code.empty()) {
      fields.set_aside(coding.system_name, Reason::type);
      continue;
    }
    const bool text_alone =
        at.code == 1 && coding.system_name.empty() && coding.code.text == coding.display.text;
    if (text_alone) {  // a word sent twice is no code
      fields.set_aside_duplicate(coding.code, coding.display);
      continue;
    }
    const Text oid = fields.code_at(place.part(at.oid));
    if (!oid.empty() && !desk.catalogue().coding_system(coding.system_name.text)) {
      if (desk.catalogue().coding_system(oid.text)) {
        fields.set_aside(coding.system_name, Reason::type);
        coding.system_name = oid;
      }
    } else if (!oid.empty() && desk.catalogue().coding_system(oid.text) ==
                                   desk.catalogue().coding_system(coding.system_name.text)) {
      fields.set_aside_implied(oid, coding.system_name);  // an OID of another system says otherwise
    }
    coding.system = coding_system_of(desk, coding.system_name);
    // A code that its system does not hold is the sender's own, whatever system it names.
    if (!may_hold(desk.catalogue(), coding.system, coding.code.text))
      coding.system = desk.own_system(coding.system_name.text);
    if (const Coding* earlier = said_before(said, coding)) {
      fields.set_aside_duplicate(coding.code, earlier->code);
      fields.set_aside_implied(coding.system_name, earlier->system_name);
      fields.set_aside_duplicate(coding.display, earlier->display);
      fields.set_aside_duplicate(coding.version, earlier->version);
      continue;
    }
    said.codings.push_back(std::move(coding));
  }
  const Text original = fields.at(place.part(9));
  said.text = !original.empty()        ? original
              : !first_display.empty() ? first_display
                                       : second_display;
  return said;
}

void write_concept(Pen& pen, const Concept& said, const OwnCoding* own) {
  {
    const auto coding = pen.array("coding");
    const Coding* equal = nullptr;
    if (own != nullptr) {
      for (const Coding& sent : said.codings)
        if (sent.system == own->system && sent.code.text == own->code) equal = &sent;
      if (equal != nullptr) {
        write_coding(pen, *equal);
      } else {
        const auto item = pen.item();
        say_coding(pen, own->system, own->code, own->display);
      }
    }
    for (const Coding& sent : said.codings)
      if (&sent != equal) write_coding(pen, sent);
  }
  pen.text("text", said.text);
}

std::string system_of_table(Desk& desk, std::string_view table, std::string_view code) {
  std::string of_table = fhir::canonical::v2_table(table);
  return desk.catalogue().holds(of_table, code) ? of_table
                                                : desk.own_system("HL7" + std::string(table));
}

namespace {

/// The table of the field where the sender names none.
std::string system_by_table(Desk& desk, const Coding& said, std::string_view table) {
  if (!said.system_name.empty() || table.empty()) return std::string(said.system);
  return system_of_table(desk, table, said.code.text);
}

}  // namespace

void write_table_coding(Desk& desk, Pen& pen, const Coding& said, std::string_view table) {
  pen.from("system", system_by_table(desk, said, table), said.system_name);
  pen.text("code", said.code);
  pen.text("display", said.display);
}

bool write_concept(Desk& desk, Pen& pen, const char* name, const Place& place) {
  const Concept said = read_concept(desk, place);
  if (said.empty()) return false;
  const auto member = pen.object(name);
  write_concept(pen, said);
  return true;
}

void say_concept(Pen& pen, const char* name, std::string_view system, std::string_view code,
                 std::string_view display) {
  const auto member = name == nullptr ? pen.item() : pen.object(name);
  const auto coding = pen.array("coding");
  const auto item = pen.item();
  say_coding(pen, system, code, display);
}

void label(Desk& desk, Draft& draft, const Place& place, std::string_view table) {
  const Concept said = read_concept(desk, place);
  LossAccount& account = desk.fields().account();
  for (const Coding& coding : said.codings) {
    const auto index = static_cast<std::uint32_t>(draft.labels.size());
    draft.labels.push_back({system_by_table(desk, coding, table), std::string(coding.code.text),
                            std::string(coding.display.text)});
    const PathId item =
        account.element(account.member(account.member(0, "meta"), "security"), index);
    for (const auto& [name, origin] :
         {std::pair{"system", coding.system_name}, std::pair{"code", coding.code},
          std::pair{"display", coding.display}})
      desk.fields().land(origin, draft.number, account.member(item, name));
  }
}

void add_label(Desk& desk, Draft& draft, SecurityLabel made, const Text& origin) {
  LossAccount& account = desk.fields().account();
  const auto index = static_cast<std::uint32_t>(draft.labels.size());
  const PathId item = account.element(account.member(account.member(0, "meta"), "security"), index);
  draft.labels.push_back(std::move(made));
  desk.fields().land(origin, draft.number, account.member(item, "code"));
}

namespace {

void write_concept_extension(Draft& draft, std::string_view url, const Concept& said) {
  const auto item = draft.extensions.item();
  draft.extensions.say("url", url);
  const auto value = draft.extensions.object("valueCodeableConcept");
  write_concept(draft.extensions, said);
}

}  // namespace

void extend_concept(Desk& desk, Draft& draft, std::string_view name, const Place& place) {
  const Concept said = read_concept(desk, place);
  if (!said.empty()) write_concept_extension(draft, fhir::canonical::extension(name), said);
}

void extend_concept_at(Desk& desk, Draft& draft, std::string_view url, const Place& place) {
  const Concept said = read_concept(desk, place);
  if (!said.empty()) write_concept_extension(draft, url, said);
}

void extend_concepts(Desk& desk, Draft& draft, std::string_view name, SegmentIndex segment,
                     std::uint16_t field) {
  const std::uint16_t count = desk.fields().repetitions(segment, field);
  for (std::uint16_t k = 1; k <= count; ++k) extend_concept(desk, draft, name, {segment, field, k});
}

}  // namespace gateway::mapping
