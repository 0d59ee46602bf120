#include "gateway/mapping/actors.hpp"

#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

IdentifierReading practitioner_identifier(Desk& desk, const Place& place) {
  IdentifierReading identifier;
  identifier.value = desk.fields().code_at(place.part(1));
  if (identifier.empty()) return identifier;
  Place authority = place;
  authority.component = 9;
  identifier.authority = read_authority(desk, authority);
  identifier.type = desk.fields().code_at(place.part(13));
  return identifier;
}

/// Whose draft it is already, or a new one; `desk.ordinal` remembers where it was named first.
struct Opened {
  Draft* draft = nullptr;
  bool fresh = false;
};

Opened open_once(Desk& desk, const char* type, const std::string& id) {
  if (Draft* known = desk.find(type, id)) return {known, false};
  return {&desk.open(type, id), true};
}

/// Somebody named at a place: their own number makes the id, else what `named` says of them. The
/// first mention writes the resource, `rest` behind the identifier; a later one repeats it.
template <class Rest>
ActorReference actor_at(Desk& desk, const char* type, char letter, const Place& place,
                        const IdentifierReading& identifier,
                        const std::vector<std::string_view>& named, const Text& origin, Rest rest) {
  const std::string id =
      identifier.empty()
          ? own_id(letter, type, named)
          : own_id(letter, type, {identifier.authority.system, identifier.value.text});
  ActorReference actor{std::string(type) + "/" + id, origin};
  const Opened opened = open_once(desk, type, id);
  if (!opened.fresh) {
    if (const Place* first = desk.first_named(id)) desk.fields().set_aside_repeated(place, *first);
    return actor;
  }
  desk.remember(id, place);
  Pen& pen = opened.draft->body;
  if (!identifier.empty()) {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    write_identifier(pen, identifier);
  }
  rest(pen);
  return actor;
}

void write_person(Desk& desk, Pen& pen, const Place& place) {
  {
    const auto names = pen.array("name");
    const auto item = pen.item();
    write_name(desk, pen, place, 2);
  }
  const auto qualifications = pen.array("qualification");
  for (const std::uint16_t part : {std::uint16_t{7}, std::uint16_t{21}}) {
    const Text degree = desk.fields().at(place.part(part));
    const auto item = pen.item();
    const auto code = pen.object("code");
    pen.text("text", degree);
  }
}

}  // namespace

ActorReference practitioner(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(place)) return {};
  const IdentifierReading identifier = practitioner_identifier(desk, place);
  Place family = place;
  family.component = 2;
  const Text family_name = fields.at(family.part(1)), given = fields.at(place.part(3));
  if (identifier.empty() && family_name.empty() && given.empty()) return {};
  const std::string_view further =
      identifier.empty() ? fields.at(place.part(4)).text : std::string_view();
  const Text origin = !identifier.empty() ? identifier.value : family_name ? family_name : given;
  return actor_at(desk, "Practitioner", 'a', place, identifier,
                  {desk.sender(), family_name.text, given.text, further}, origin,
                  [&](Pen& pen) { write_person(desk, pen, place); });
}

ActorReference organization(Desk& desk, const Place& place, bool named_by_code) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(place)) return {};
  IdentifierReading identifier;
  const Text name = fields.at(place.part(named_by_code ? 2 : 1));
  if (named_by_code) {
    identifier.value = fields.code_at(place.part(1));
    identifier.authority.name = fields.code_at(place.part(3));
    identifier.authority.system = identifier.authority.name.text == "CLIA"
                                      ? "urn:oid:2.16.840.1.113883.4.7"
                                      : sender_identifiers(desk, identifier.authority.name.text);
  } else {
    identifier.value = fields.code_at(place.part(10));
    if (identifier.empty()) identifier.value = fields.code_at(place.part(3));
    Place authority = place;
    authority.component = 6;
    identifier.authority = read_authority(desk, authority);
    identifier.type = fields.code_at(place.part(7));
  }
  if (name.empty() && identifier.empty()) return {};
  return actor_at(desk, "Organization", 'g', place, identifier, {desk.sender(), name.text},
                  name ? name : identifier.value, [&](Pen& pen) { pen.text("name", name); });
}

void write_laboratory_address(Desk& desk, const ActorReference& of, const Place& place) {
  if (of.empty() || !desk.fields().populated(place)) return;
  const std::string id = of.reference.substr(of.reference.find('/') + 1) + "/address";
  if (const Place* first = desk.first_named(id)) {
    desk.fields().set_aside_repeated(place, *first);
    return;
  }
  Draft* draft = desk.find("Organization", of.reference.substr(of.reference.find('/') + 1));
  if (draft == nullptr) return;
  desk.remember(id, place);
  const auto addresses = draft->body.array("address");
  const auto item = draft->body.item();
  write_address(desk, draft->body, place);
}

ActorReference sending_organization(Desk& desk) {
  FieldReader& fields = desk.fields();
  const Place place{0, 4};
  if (!fields.populated(place)) return {};
  const Text name = fields.at(place.part(1)), universal = fields.code_at(place.part(2));
  const Text type = fields.code_at(place.part(3));
  const std::string id = own_id('g', "Organization", {desk.sender(), name.text, universal.text});
  const ActorReference actor{"Organization/" + id, name ? name : universal};
  const Opened opened = open_once(desk, "Organization", id);
  if (!opened.fresh) return actor;
  Pen& pen = opened.draft->body;
  if (universal) {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    const Authority authority = read_authority(desk, place);
    if (authority.system.starts_with("urn:oid:") && type.text != "CLIA") {
      pen.say("system", "urn:ietf:rfc:3986");
      pen.from("value", authority.system, universal);
    } else {
      pen.say("system", type.text == "CLIA" ? "urn:oid:2.16.840.1.113883.4.7"
                                            : sender_identifiers(desk, type.text));
      pen.text("value", universal);
    }
    pen.land("system", type);
  }
  pen.text("name", name);
  const Text country = fields.code_at({0, 17});
  const auto addresses = pen.array("address");
  const auto item = pen.item();
  pen.text("country", country);
  return actor;
}

ActorReference practitioner_role(Desk& desk, const Place& place, const ActorReference& at,
                                 std::string_view role) {
  const ActorReference person = practitioner(desk, place);
  if (person.empty() || at.empty()) return person;
  const std::string id = own_id('l', "PractitionerRole", {person.reference, at.reference, role});
  const ActorReference actor{"PractitionerRole/" + id, person.origin};
  const Opened opened = open_once(desk, "PractitionerRole", id);
  if (!opened.fresh) return actor;
  Pen& pen = opened.draft->body;
  refer(pen, "practitioner", person);
  refer(pen, "organization", at);
  if (!role.empty()) {
    const auto codes = pen.array("code");
    const auto item = pen.item();
    pen.say("text", role);
  }
  return actor;
}

std::string gateway_device(Desk& desk) {
  const std::string id = own_id('v', "Device", {desk.sender(), "ImmunoGate"});
  const Opened opened = open_once(desk, "Device", id);
  if (opened.fresh) {
    Pen& pen = opened.draft->body;
    const auto names = pen.array("deviceName");
    const auto item = pen.item();
    pen.say("name", "ImmunoGate");
    pen.say("type", "model-name");
  }
  return "Device/" + id;
}

void refer_as(Pen& pen, const ActorReference& actor, std::string_view role) {
  if (actor.empty()) return;
  const auto item = pen.item();
  if (!role.empty() && actor.reference.starts_with("Practitioner/")) {
    const auto extensions = pen.array("extension");
    const auto extension = pen.item();
    pen.say("url", fhir::canonical::extension("performer-function"));
    pen.say("valueCode", role);
  }
  pen.from("reference", actor.reference, actor.origin);
}

void refer(Pen& pen, const char* name, std::string_view reference) {
  if (reference.empty()) return;
  const auto member = name == nullptr ? pen.item() : pen.object(name);
  pen.say("reference", reference);
}

void refer(Pen& pen, const char* name, const ActorReference& actor) {
  if (actor.empty()) return;
  const auto member = name == nullptr ? pen.item() : pen.object(name);
  pen.from("reference", actor.reference, actor.origin);
}

}  // namespace gateway::mapping
