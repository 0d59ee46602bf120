#include <algorithm>
#include <array>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/hl7_table.hpp"
#include "gateway/mapping/status.hpp"
#include "gateway/mapping/vital_signs.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {
namespace {

// Codes of table 0078 that v3-ObservationInterpretation holds (DOMAIN.md I1).
constexpr std::array interpretations = {
    std::string_view("L"),     std::string_view("H"),     std::string_view("LL"),
    std::string_view("HH"),    std::string_view("<"),     std::string_view(">"),
    std::string_view("N"),     std::string_view("A"),     std::string_view("AA"),
    std::string_view("S"),     std::string_view("R"),     std::string_view("I"),
    std::string_view("MS"),    std::string_view("VS"),    std::string_view("POS"),
    std::string_view("NEG"),   std::string_view("IND"),   std::string_view("DET"),
    std::string_view("ND"),    std::string_view("NR"),    std::string_view("RR"),
    std::string_view("U"),     std::string_view("D"),     std::string_view("B"),
    std::string_view("W"),     std::string_view("HU"),    std::string_view("LU"),
    std::string_view("AC"),    std::string_view("IE"),    std::string_view("QCF"),
    std::string_view("TOX"),   std::string_view("NS"),    std::string_view("SDD"),
    std::string_view("SYN-R"), std::string_view("SYN-S"), std::string_view("WR"),
    std::string_view("EXP"),   std::string_view("UNE"),   std::string_view("OBX"),
    std::string_view("E"),     std::string_view("EX"),    std::string_view("HX"),
    std::string_view("LX"),    std::string_view("NCL"),   std::string_view("CAR")};

}  // namespace

void write_identifiers(Desk& desk, Draft& draft, const Row& row, const OrderWork* order,
                       std::string_view code) {
  Pen& pen = draft.body;
  const auto identifiers = pen.array("identifier");
  {
    const auto item = pen.item();
    pen.say("system", fhir::canonical::identifier_system("result"));
    std::string value = order != nullptr ? order->number : "";
    (value += '|') += code;
    (value += '|') += row.sub_id.text;
    pen.say("value", value);
  }
  const IdentifierReading instance = read_ei(desk, {row.obx(), 21});
  if (instance.empty()) return;
  const auto item = pen.item();
  write_identifier(pen, instance, "FILL");
}

void write_status(Desk& desk, Draft& draft, const Row& row) {
  const StatusReading reading = result_status(row.sent_status.text, "");
  draft.body.from("status", row.status, row.sent_status);
  const Place place{row.obx(), 11};
  desk.fields().set_aside_type(row.obx(), 11);
  if (!reading.known && !row.sent_status.empty())
    desk.issue("status-unknown", &draft, place, "a status that table 0085 does not know");
  if (row.sent_status.empty() || reading.one_to_one) return;
  write_original_status(draft.body, row.sent_status);
}

void write_category(Desk& desk, Draft& draft, const Row& row, std::string_view code,
                    std::string_view text) {
  Pen& pen = draft.body;
  const Text type = desk.fields().code_at(Place{row.obx(), 29}.part(1));
  const auto categories = pen.array("category");
  if (code == "survey" && is_vital_sign(row)) {
    // R4 demands the category by LOINC code, of a survey answer too.
    say_concept(pen, nullptr, fhir::canonical::observation_category, "vital-signs");
  }
  const auto item = pen.item();
  {
    const auto codings = pen.array("coding");
    {
      const auto coding = pen.item();
      pen.say("system", fhir::canonical::observation_category);
      pen.say("code", code);
    }
    if (!type.empty()) {
      const auto coding = pen.item();
      pen.say("system", fhir::canonical::v2_table("0936"));
      pen.text("code", type);
    }
  }
  pen.say("text", text);
}

void write_belonging(Desk& desk, Draft& draft, const Row& row, const PatientWork& patient,
                     const OrderWork* order) {
  Pen& pen = draft.body;
  const bool of_control = row.specimen && *row.specimen < patient.specimens.size() &&
                          patient.specimens[*row.specimen].foreign;
  const bool foreign = of_control || (order != nullptr && order->is_control);
  if (order != nullptr) {
    const auto based = pen.array("basedOn");
    refer(pen, nullptr, order->request->reference());
  }
  if (!foreign) refer(pen, "subject", patient.reference());
  if (patient.encounter != nullptr && !foreign)
    refer(pen, "encounter", patient.encounter->reference());
  if (order != nullptr && order->segments->obr) {
    // The report says what it lacks (`v2-time`); its rows carry the instant alone.
    const TimeReading issued = read_time(desk, {*order->segments->obr, 22});
    if (issued.time && issued.time->offset_minutes)
      pen.from("issued", issued.time->to_fhir(), issued.said);
  }
}

namespace {

/// OBX-15 (CWE) names who OBX-23 (XON) names: the same name, and no number that it lacks.
bool is_same_laboratory(FieldReader& fields, SegmentIndex obx) {
  const Place produced{obx, 15}, performing{obx, 23};
  const Text name = fields.at(produced.part(2)), of_name = fields.at(performing.part(1));
  if (name.text != of_name.text) return false;
  const Text number = fields.code_at(produced.part(1));
  const Text id = fields.code_at(performing.part(10)), older = fields.code_at(performing.part(3));
  if (!number.empty() && number.text != id.text && number.text != older.text) return false;
  fields.set_aside_duplicate(name, of_name);
  fields.set_aside_duplicate(number, number.text == id.text ? id : older);
  return true;
}

}  // namespace

void write_performers(Desk& desk, Draft& draft, const Row& row) {
  const SegmentIndex obx = row.obx();
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const auto performers = pen.array("performer");
  const ActorReference laboratory = organization(desk, {obx, 23});
  refer(pen, nullptr, laboratory);
  ActorReference producer;
  const Place produced{obx, 15};
  if (!laboratory.empty() && is_same_laboratory(fields, obx)) {
    fields.set_aside(fields.at(produced.part(3)), Reason::type);
  } else {
    producer = organization(desk, produced, true);
    refer(pen, nullptr, producer);
  }
  const std::uint16_t observers = fields.repetitions(obx, 16);
  for (std::uint16_t k = 1; k <= observers; ++k)
    refer_as(pen, practitioner_role(desk, {obx, 16, k}, {}, "responsibleObserver"),
             "responsibleObserver");
  refer_as(pen, practitioner_role(desk, {obx, 25}, laboratory, "MDIR"), "MDIR");
  write_participants(desk, pen, row);
  const ActorReference& at = laboratory.empty() ? producer : laboratory;
  if (!at.empty()) return void(add_address(desk, at, {obx, 24}));
  extend_address(desk, draft, "performer-address", {obx, 24});
}

namespace {

bool is_flag(std::string_view code) {
  return std::find(interpretations.begin(), interpretations.end(), code) != interpretations.end();
}

/// A flag of the laboratory's own, and what it means in table 0078 where a second code says so.
/// False where nobody says it.
bool write_own_flag(Desk& desk, Pen& pen, const Place& place) {
  const Concept said = read_concept(desk, place);
  const auto known = std::find_if(said.codings.begin(), said.codings.end(), [&](const Coding& one) {
    return !one.system_name.empty() && is_flag(one.code.text) &&
           is_of_table(desk, one.system_name, "0078", fhir::canonical::interpretation);
  });
  const bool is_known = known != said.codings.end();
  OwnCoding own{fhir::canonical::interpretation, {}, ""};
  if (is_known) own.code = known->code.text;
  write_concept(pen, said, is_known ? &own : nullptr);
  return is_known;
}

}  // namespace

void write_interpretation(Desk& desk, Draft& draft, SegmentIndex obx) {
  Pen& pen = draft.body;
  const auto array = pen.array("interpretation");
  const std::uint16_t count = desk.fields().repetitions(obx, 8);
  const auto unknown = [&](const Place& place) {
    desk.issue("interpretation-unknown", &draft, place, "a flag that table 0078 does not know");
  };
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Place place{obx, 8, k};
    const Text code = desk.fields().code_at(place.part(1)), words = desk.fields().at(place.part(2));
    if (code.text == "null") {
      desk.fields().set_aside(code, Reason::null);
      continue;
    }
    if (code.empty() && words.empty()) continue;
    const auto item = pen.item();
    const Text system = desk.fields().code_at(place.part(3));
    if (!is_of_table(desk, system, "0078", fhir::canonical::interpretation)) {
      if (!write_own_flag(desk, pen, place)) unknown(place);
    } else if (is_flag(code.text)) {
      {
        const auto codings = pen.array("coding");
        const auto coding = pen.item();
        pen.say("system", fhir::canonical::interpretation);
        pen.text("code", code);
      }
      pen.text("text", words);
      desk.fields().set_aside(system, Reason::type);
    } else {
      std::string text(code.text);
      if (!words.empty()) text += (text.empty() ? "" : " ") + std::string(words.text);
      pen.from("text", text, code);
      pen.land("text", words);
      unknown(place);
    }
  }
}

void extend_far_fields(Desk& desk, Draft& draft, SegmentIndex obx) {
  FieldReader& fields = desk.fields();
  extend_decimal(draft, "probability", fields.code_at({obx, 9}));
  for (std::uint16_t k = 1; k <= fields.repetitions(obx, 10); ++k)
    extend_text(draft, "nature-of-abnormal-test", fields.code_at({obx, 10, k}));
  extend_time(desk, draft, "range-effective", {obx, 12});
  extend_text(draft, "access-checks", fields.at({obx, 13}));
  extend_time(desk, draft, "analysis-time", {obx, 19});
  extend_concept(desk, draft, "release-category", {obx, 26});
  extend_concepts(desk, draft, "root-cause", obx, 27);
  extend_concepts(desk, draft, "process-control", obx, 28);
  extend_text(draft, "observation-structure-type", fields.code_at({obx, 30}));
  // Beside a value it is no reason for its absence (obs-6); without one, `write_value` says it.
  if (fields.populated(obx, 5)) extend_concept(desk, draft, "value-absent-reason", {obx, 32});
  fields.set_aside_type(obx, 31);
  if (fields.code_at(Place{obx, 22}.part(1)).text == "EVN")  // an event, as every result is
    fields.set_aside_type(obx, 22);
}

void write_far_fields(Desk& desk, Draft& draft, SegmentIndex obx) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  write_concept(desk, pen, "bodySite", {obx, 20});
  for (std::uint16_t k = 2; k <= fields.repetitions(obx, 20); ++k)
    extend_concept(desk, draft, "further-body-site", {obx, 20, k});
  write_concept(desk, pen, "method", {obx, 17});
  for (std::uint16_t k = 2; k <= fields.repetitions(obx, 17); ++k)
    extend_concept(desk, draft, "further-method", {obx, 17, k});
  if (const IdentifierReading device = read_ei(desk, {obx, 18}); !device.empty()) {
    const auto member = pen.object("device");
    pen.say("type", "Device");
    const auto identifier = pen.object("identifier");
    write_identifier(pen, device);
  }
  for (std::uint16_t k = 2; k <= fields.repetitions(obx, 18); ++k)
    extend_identifier(draft, "further-device", read_ei(desk, {obx, 18, k}));
  extend_far_fields(desk, draft, obx);
}

namespace {

/// Two whole numbers with a point between them.
bool is_dotted(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == text.npos || dot == 0 || dot + 1 == text.size()) return false;
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == part.npos;
  };
  return digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}

}  // namespace

void write_sub_id(Draft& draft, Desk& desk, const Row& row) {
  if (row.sub_id.empty()) return;
  FieldReader& fields = desk.fields();
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("v2-subid"));
  const auto parts = pen.array("extension");
  const auto part = [&](const char* name, const Text& said) {
    if (said.empty()) return;
    const auto one = pen.item();
    pen.say("url", name);
    pen.text("valueString", said);
  };
  part("original-sub-identifier", row.sub_id);
  const Place place{row.obx(), 4};
  if (fields.code_at(place.part(1)).text == row.sub_id.text) {
    const auto dot = row.sub_id.text.find('.');  // 2.1: group and sequence, before OG had parts
    if (!is_dotted(row.sub_id.text)) return;
    for (const auto& [name, text] : {std::pair{"group", row.sub_id.text.substr(0, dot)},
                                     std::pair{"sequence", row.sub_id.text.substr(dot + 1)}}) {
      const auto one = pen.item();
      pen.say("url", name);
      pen.from("valueString", text, row.sub_id);
    }
    return;
  }
  part("group", fields.code_at(place.part(2)));
  part("sequence", fields.code_at(place.part(3)));
  part("identifier", fields.code_at(place.part(4)));
}

void write_details(Desk& desk, Draft& draft, const Row& row) {
  constexpr std::pair<std::uint16_t, const char*> details[] = {
      {2, "autoDilution"},  {3, "rerunDilution"}, {4, "preDilution"}, {5, "endogenousDilution"},
      {6, "repeatAllowed"}, {7, "reflexAllowed"}, {8, "repeatStatus"}};
  FieldReader& fields = desk.fields();
  for (const SegmentIndex segment : row.segments->details) {
    if (fields.name(segment) != "TCD") continue;
    fields.set_aside_repeated(Place{segment, 1, 0}, Place{row.obx(), 3, 0});
    Pen& pen = draft.extensions;
    const auto item = pen.item();
    bool any = false;
    for (const auto& [field, name] : details) any = any || fields.populated(segment, field);
    if (!any) continue;
    pen.say("url", fhir::canonical::extension("test-code-detail"));
    const auto parts = pen.array("extension");
    for (const auto& [field, name] : details) {
      const Text said = fields.at({segment, field, 0});
      if (said.empty()) continue;
      const auto one = pen.item();
      pen.say("url", name);
      pen.text("valueString", said);
    }
  }
}

}  // namespace gateway::mapping
