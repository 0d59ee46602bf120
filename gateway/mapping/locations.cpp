#include "gateway/mapping/locations.hpp"

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

struct Opened {
  ActorReference actor;
  Draft* fresh = nullptr;  // null: written before
};

Opened open_location(Desk& desk, const Place& place, std::string_view key, const Text& origin) {
  const std::string id = own_id('n', "Location", {desk.sender(), key});
  Opened opened{{"Location/" + id, origin}};
  if (desk.find("Location", id) != nullptr) {
    if (const Place* first = desk.first_named(id)) desk.fields().set_aside_repeated(place, *first);
    return opened;
  }
  desk.remember(id, place);
  opened.fresh = &desk.open("Location", id);
  return opened;
}

// Point of care, room, bed, building, floor of a PL, and what a place is whose finest part it is.
struct Part {
  std::uint16_t component;
  std::string_view physical_type;  // http://terminology.hl7.org/CodeSystem/location-physical-type
};
constexpr Part parts[] = {{1, "wa"}, {2, "ro"}, {3, "bd"}, {7, "bu"}, {8, "lvl"}};

void write_physical_type(Desk& desk, Pen& pen, const Place& place) {
  constexpr std::uint16_t finest_first[] = {3, 2, 1, 8, 7};
  for (const std::uint16_t component : finest_first) {
    if (!desk.fields().populated(place.part(component))) continue;
    for (const Part& part : parts)
      if (part.component == component)
        say_concept(pen, "physicalType",
                    "http://terminology.hl7.org/CodeSystem/location-physical-type",
                    part.physical_type);
    return;
  }
}

/// The parts as one name; a description alone is one, too.
Text write_place_name(Desk& desk, Pen& pen, const Place& place) {
  std::string name;
  std::vector<Text> origins;
  for (const Part& part : parts) {
    const Text said = desk.fields().at(place.part(part.component));
    if (said.empty()) continue;
    name += (name.empty() ? "" : " ") + std::string(said.text);
    origins.push_back(said);
  }
  const Text description = desk.fields().at(place.part(9));
  pen.say("name", name.empty() ? description.text : std::string_view(name));
  for (const Text& origin : origins) pen.land("name", origin);
  pen.text("description", description);
  return origins.empty() ? description : origins.front();
}

void write_bed_status(Desk& desk, Pen& pen, const Place& place) {
  const Concept said = read_concept(desk, place);
  if (said.codings.empty()) return;
  const auto member = pen.object("operationalStatus");
  write_table_coding(desk, pen, said.codings.front(), "0116");
}

void write_managing(Desk& desk, Pen& pen, const Place& place) {
  refer(pen, "managingOrganization", facility(desk, place.part(4)));
}

}  // namespace

ActorReference location(Desk& desk, const Place& place, const Place* bed_status) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(place)) return {};
  const Text whole = fields.at(place);
  std::string key(whole.text);
  if (bed_status != nullptr) (key += '\x1F') += fields.at(*bed_status).text;
  Text origin = fields.at(place.part(9));
  for (const Part& part : parts)
    if (origin.empty()) origin = fields.at(place.part(part.component));
  Opened opened = open_location(desk, place, key, origin);
  if (opened.fresh == nullptr) return opened.actor;
  Pen& pen = opened.fresh->body;
  if (const IdentifierReading number = read_ei(desk, place.part(10)); !number.empty()) {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    write_identifier(pen, number);
  }
  if (bed_status != nullptr) write_bed_status(desk, pen, *bed_status);
  const Text named = write_place_name(desk, pen, place);
  if (opened.actor.origin.empty()) opened.actor.origin = named;
  {
    const auto types = pen.array("type");
    const auto item = pen.item();
    pen.text("text", fields.code_at(place.part(6)));
  }
  write_physical_type(desk, pen, place);
  write_managing(desk, pen, place);
  return opened.actor;
}

ActorReference facility_location(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(place)) return {};
  const Text name = fields.at(place.part(1)), universal = fields.code_at(place.part(2));
  const Opened opened = open_location(desk, place, fields.at(place).text, name ? name : universal);
  if (opened.fresh == nullptr) return opened.actor;
  Pen& pen = opened.fresh->body;
  if (universal) {
    const Authority authority = read_authority(desk, place);
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    if (authority.is_uri()) pen.say("system", "urn:ietf:rfc:3986");
    pen.from("value", authority.is_uri() ? authority.system : universal.text, universal);
  }
  pen.text("name", name);
  return opened.actor;
}

ActorReference discharge_location(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  const Concept said = read_concept(desk, place.part(1));
  if (said.empty()) return {};
  const Text code = said.codings.empty() ? Text{} : said.codings.front().code;
  const Text name = said.text ? said.text : code;
  const Opened opened = open_location(desk, place, fields.at(place.part(1)).text, name);
  if (opened.fresh == nullptr) return opened.actor;
  Pen& pen = opened.fresh->body;
  if (said.text && code) {
    const auto types = pen.array("type");
    const auto item = pen.item();
    write_concept(pen, said);
  }
  pen.text("name", name);
  return opened.actor;
}

ActorReference event_location(Desk& desk, const Place& place, const Place& address) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(address)) return location(desk, place);
  std::string key(fields.at(place).text);
  (key += '\x1F') += fields.at(address).text;
  const Opened opened = open_location(desk, address, key, fields.at(address.part(1)));
  if (opened.fresh == nullptr) {
    if (const Place* first = desk.first_named(opened.actor.reference))
      fields.set_aside_repeated(place, *first);
    return opened.actor;
  }
  desk.remember(opened.actor.reference, place);
  Pen& pen = opened.fresh->body;
  if (fields.populated(place)) {
    write_place_name(desk, pen, place);
    write_physical_type(desk, pen, place);
    write_managing(desk, pen, place);
  }
  const auto member = pen.object("address");
  write_address(desk, pen, address);
  return opened.actor;
}

}  // namespace gateway::mapping
