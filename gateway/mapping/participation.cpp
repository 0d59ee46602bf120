#include "gateway/mapping/participation.hpp"

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

/// PRT-16 to 22.
constexpr std::uint16_t first_of_device = 16, last_of_device = 22;

Participation of_prt(SegmentIndex segment) {
  return {.segment = segment,
          .role = 4,
          .person = 5,
          .organization = 8,
          .place = 9,
          .address = 14,
          .begin = 11,
          .end = 12,
          .person_type = 6,
          .organization_type = 7,
          .may_name_device = true};
}

Participation of_rol(SegmentIndex segment) {
  return {.segment = segment,
          .role = 3,
          .person = 4,
          .organization = 14,
          .place = 13,
          .begin = 5,
          .end = 6,
          .person_type = 9,
          .organization_type = 10};
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

/// One part of the extension; nothing where `write` writes nothing.
void write_part(Pen& pen, const char* name, const char* value, auto write) {
  const auto item = pen.item();
  {
    const auto member = pen.object(value);
    write();
  }
  if (pen.opened()) pen.say("url", name);
}

void write_reference_part(Pen& pen, const char* name, const ActorReference& actor) {
  if (actor.empty()) return;
  const auto item = pen.item();
  pen.say("url", name);
  refer(pen, "valueReference", actor);
}

void write_device_part(Desk& desk, Pen& pen, const Participation& of) {
  if (!names_device(desk, of)) return;
  if (describes_device(desk, of))
    return write_reference_part(pen, "device", {described_device(desk, of), {}});
  write_part(pen, "device", "valueReference", [&] {
    pen.say("type", "Device");
    const auto identifier = pen.object("identifier");
    write_identifier(pen, read_ei(desk, of.at(10)));
  });
}

void write_period_part(Desk& desk, Pen& pen, const Participation& of) {
  FieldReader& fields = desk.fields();
  const Text begin = fields.code_at(of.at(of.begin).part(1));
  const Text end = fields.code_at(of.at(of.end).part(1));
  if (begin.empty() && end.empty()) return;
  const auto item = pen.item();
  pen.say("url", "period");
  write_period(pen, begin, end, "valuePeriod");
}

}  // namespace

std::vector<Participation> participations(Desk& desk, const std::vector<SegmentIndex>& segments) {
  std::vector<Participation> found;
  for (const SegmentIndex segment : segments) {
    const std::string_view name = desk.fields().name(segment);
    if (name != "PRT" && name != "ROL") continue;
    if (desk.fields().code_at(Place{segment, 2}.part(1)).text == "DE") continue;
    desk.fields().set_aside_type(segment, 2);
    found.push_back(name == "PRT" ? of_prt(segment) : of_rol(segment));
  }
  return found;
}

ActorReference place_of(Desk& desk, const Participation& of) {
  return of.address != 0 ? event_location(desk, of.at(of.place), of.at(of.address))
                         : location(desk, of.at(of.place));
}

bool describes_device(Desk& desk, const Participation& of) {
  for (std::uint16_t field = first_of_device; of.may_name_device && field <= last_of_device;
       ++field)
    if (desk.fields().populated(of.segment, field)) return true;
  return false;
}

bool names_device(Desk& desk, const Participation& of) {
  return of.may_name_device &&
         (desk.fields().populated(of.segment, 10) || describes_device(desk, of));
}

/// What is said of it makes it the same one the next time.
std::string described_device(Desk& desk, const Participation& of) {
  FieldReader& fields = desk.fields();
  std::string key(fields.at({of.segment, 10, 0}).text);
  for (std::uint16_t field = first_of_device; field <= last_of_device; ++field)
    (key += '\x1F') += fields.at({of.segment, field, 0}).text;
  const std::string id = own_id('v', "Device", {desk.sender(), key + '\x1F'});
  if (desk.find("Device", id) != nullptr) {
    if (const Place* first = desk.first_named(id))
      fields.set_aside_repeated(of.segment, first->segment);
    return "Device/" + id;
  }
  Draft& device = desk.open("Device", id);
  desk.remember(id, of.at(10));
  write_device(desk, device, of.segment);
  return "Device/" + id;
}

std::vector<ActorReference> actors_of(Desk& desk, const Participation& of) {
  std::vector<ActorReference> actors;
  const ActorReference at = organization(desk, of.at(of.organization));
  const std::uint16_t persons = desk.fields().repetitions(of.segment, of.person);
  for (std::uint16_t k = 1; k <= persons; ++k) {
    ActorReference actor = role_of(desk, practitioner(desk, of.at(of.person).repeated(k)), at);
    if (!actor.empty()) actors.push_back(std::move(actor));
  }
  if (actors.empty() && !at.empty()) actors.push_back(at);
  return actors;
}

bool is_person(const ActorReference& actor) {
  return actor.reference.starts_with("Practitioner");
}

void extend_participants(Desk& desk, Draft& draft, const std::vector<Participation>& all,
                         bool without_actors) {
  Pen& pen = draft.extensions;
  for (const Participation& of : all) {
    const std::vector<ActorReference> actors =
        without_actors ? std::vector<ActorReference>() : actors_of(desk, of);
    const ActorReference where = place_of(desk, of);
    if (actors.empty() && where.empty() && !names_device(desk, of)) continue;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension("participant"));
    const auto parts = pen.array("extension");
    const auto coded = [&](const char* name, std::uint16_t field) {
      const Concept said = read_concept(desk, of.at(field));
      write_part(pen, name, "valueCodeableConcept", [&] { write_concept(pen, said); });
    };
    coded("function", of.role);
    for (const ActorReference& actor : actors) write_reference_part(pen, "actor", actor);
    coded("personType", of.person_type);
    coded("organizationType", of.organization_type);
    write_reference_part(pen, "location", where);
    write_device_part(desk, pen, of);
    write_period_part(desk, pen, of);
  }
}

void settle_role(Desk& desk, const Participation& of) {
  desk.fields().set_aside(of.at(of.role).part(1), Reason::type);
  desk.fields().set_aside(of.at(of.role).part(3), Reason::type);
}

OrderRole order_role(Desk& desk, const Participation& of) {
  const std::string_view code = desk.fields().code_at(of.at(of.role).part(1)).text;
  if (code == "OP") return OrderRole::orderer;
  if (code == "RCT") return OrderRole::copy;
  const bool interprets = code == "PI" || code == "PRI" || code == "AI" || code == "ARI";
  return interprets ? OrderRole::interpreter : OrderRole::other;
}

}  // namespace gateway::mapping
