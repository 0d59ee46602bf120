// PRT: who, where and what took part in a result (V2FHIR.md §3.7).
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/locations.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {
namespace {

/// The PRT of a row that say somebody takes part; one that takes somebody away (PRT-2 DE) does not.
std::vector<SegmentIndex> participations(Desk& desk, const Row& row) {
  std::vector<SegmentIndex> found;
  for (const SegmentIndex segment : row.segments->details) {
    if (desk.fields().name(segment) != "PRT") continue;
    if (desk.fields().code_at(Place{segment, 2}.part(1)).text == "DE") continue;
    desk.fields().set_aside_field(segment, 2, Reason::type);
    desk.fields().set_aside(Place{segment, 4, 1, 3}, Reason::type);
    found.push_back(segment);
  }
  return found;
}

/// A reference with the function somebody had, as sent.
void refer_in_role(Pen& pen, const ActorReference& actor, const Text& role) {
  if (actor.empty()) return;
  const auto item = pen.item();
  if (!role.empty()) {
    const auto extensions = pen.array("extension");
    const auto extension = pen.item();
    pen.say("url", fhir::canonical::extension("performer-function"));
    pen.text("valueCode", role);
  }
  pen.from("reference", actor.reference, actor.origin);
}

/// PRT-16 to 22 describe a device that is worth a resource.
bool is_described(Desk& desk, SegmentIndex prt) {
  for (std::uint16_t field = 16; field <= 22; ++field)
    if (desk.fields().populated(prt, field)) return true;
  return false;
}

void write_device(Desk& desk, Draft& device, SegmentIndex prt) {
  FieldReader& fields = desk.fields();
  Pen& pen = device.body;
  if (const IdentifierReading number = read_ei(desk, {prt, 10}); !number.empty()) {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    write_identifier(pen, number);
  }
  {
    const auto carriers = pen.array("udiCarrier");
    const auto item = pen.item();
    pen.text("deviceIdentifier", fields.code_at(Place{prt, 16}.part(1)));
  }
  pen.text("distinctIdentifier", fields.code_at(Place{prt, 21}.part(1)));
  write_time(desk, pen, "manufactureDate", "_manufactureDate", {prt, 17}, TimeForm::date_time,
             &device);
  write_time(desk, pen, "expirationDate", "_expirationDate", {prt, 18}, TimeForm::date_time,
             &device);
  pen.text("lotNumber", fields.at({prt, 19}));
  pen.text("serialNumber", fields.at({prt, 20}));
  write_concept(desk, pen, "type", {prt, 22});
}

/// The Device that a PRT describes; what is said of it makes it the same one the next time.
std::string described_device(Desk& desk, SegmentIndex prt) {
  FieldReader& fields = desk.fields();
  std::string key;
  constexpr std::uint16_t said[] = {10, 16, 17, 18, 19, 20, 21, 22};
  for (const std::uint16_t field : said) (key += fields.at({prt, field, 0}).text) += '\x1F';
  const std::string id = own_id('v', "Device", {desk.sender(), key});
  if (desk.find("Device", id) != nullptr) {
    if (const Place* first = desk.first_named(id)) fields.set_aside_repeated(prt, first->segment);
    return "Device/" + id;
  }
  Draft& device = desk.open("Device", id);
  desk.remember(id, Place{prt, 10});
  write_device(desk, device, prt);
  return "Device/" + id;
}

void write_device_of(Desk& desk, Draft& draft, SegmentIndex prt, bool main) {
  const bool described = is_described(desk, prt);
  const std::string reference = described ? described_device(desk, prt) : std::string();
  const IdentifierReading number = described ? IdentifierReading{} : read_ei(desk, {prt, 10});
  if (reference.empty() && number.empty()) return;
  if (main && described) return refer(draft.body, "device", reference);
  if (main) {
    const auto device = draft.body.object("device");
    draft.body.say("type", "Device");
    const auto identifier = draft.body.object("identifier");
    return write_identifier(draft.body, number);
  }
  if (!described) return extend_identifier(draft, "further-device", number);
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("further-device"));
  refer(draft.extensions, "valueReference", reference);
}

}  // namespace

void write_participants(Desk& desk, Pen& performers, const Row& row) {
  for (const SegmentIndex prt : participations(desk, row)) {
    const Text role = desk.fields().code_at(Place{prt, 4}.part(1));
    const ActorReference at = organization(desk, {prt, 8});
    const std::uint16_t persons = desk.fields().repetitions(prt, 5);
    bool named = false;
    for (std::uint16_t k = 1; k <= persons; ++k) {
      const ActorReference person = practitioner(desk, {prt, 5, k});
      named = named || !person.empty();
      refer_in_role(performers, role_of(desk, person, at), role);
    }
    if (!named) refer_in_role(performers, at, role);
  }
}

void write_participation(Desk& desk, Draft& draft, const Row& row) {
  bool device_named = desk.fields().populated(row.obx(), 18);
  for (const SegmentIndex prt : participations(desk, row)) {
    const ActorReference where = event_location(desk, {prt, 9}, {prt, 14});
    if (!where.empty()) {
      const auto item = draft.extensions.item();
      draft.extensions.say("url", fhir::canonical::extension("event-location"));
      refer(draft.extensions, "valueReference", where);
    }
    const bool device = desk.fields().populated(prt, 10) || is_described(desk, prt);
    if (!device) continue;
    write_device_of(desk, draft, prt, !device_named);
    device_named = true;
  }
}

}  // namespace gateway::mapping
