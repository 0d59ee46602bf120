#include "gateway/mapping/actors.hpp"

#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actor_memory.hpp"
#include "gateway/mapping/identity.hpp"

namespace gateway::mapping {
namespace {

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
    const Place* first = desk.first_named(id);
    if (first != nullptr && *first != place) desk.fields().set_aside_repeated(place, *first);
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

namespace {

ActorReference read_practitioner(Desk& desk, const Place& place) {
  FieldReader& fields = desk.fields();
  const IdentifierReading identifier = read_person_number(desk, place);
  const Place family = place.part(2);
  const Text family_name = fields.at(place.component != 0 ? family : family.part(1));
  const Text given = fields.at(place.part(3));
  if (identifier.empty() && family_name.empty() && given.empty()) return {};
  const std::string_view further =
      identifier.empty() ? fields.at(place.part(4)).text : std::string_view();
  const Text origin = !identifier.empty() ? identifier.value : family_name ? family_name : given;
  return actor_at(desk, "Practitioner", 'a', place, identifier,
                  {desk.sender(), family_name.text, given.text, further}, origin,
                  [&](Pen& pen) { write_person(desk, pen, place); });
}

}  // namespace

ActorReference practitioner(Desk& desk, const Place& place) {
  if (!desk.fields().populated(place)) return {};
  thread_local ActorMemory memory;
  return memory.actor(desk, place, [&] { return read_practitioner(desk, place); });
}

ActorReference organization(Desk& desk, const Place& place, bool named_by_code) {
  FieldReader& fields = desk.fields();
  if (!fields.populated(place)) return {};
  IdentifierReading identifier;
  const Text name = fields.at(place.part(named_by_code ? 2 : 1));
  if (named_by_code) {
    identifier.value = fields.code_at(place.part(1));
    identifier.authority.name = fields.code_at(place.part(3));
    const std::string_view authority = identifier.authority.name.text;
    const auto listed = desk.catalogue().authority(authority);
    identifier.authority.system = listed ? *listed : desk.own_identifiers(authority);
  } else {
    identifier.value = fields.code_at(place.part(10));
    if (identifier.empty()) identifier.value = fields.code_at(place.part(3));
    identifier.authority = read_authority(desk, place.part(6));
    identifier.type = fields.code_at(place.part(7));
    identifier.check_digit = fields.code_at(place.part(4));
    identifier.scheme = fields.code_at(place.part(5));
  }
  if (name.empty() && identifier.empty()) return {};
  return actor_at(desk, "Organization", 'g', place, identifier, {desk.sender(), name.text},
                  identifier.empty() ? name : identifier.value,
                  [&](Pen& pen) { pen.text("name", name); });
}

namespace {

/// Who a field's repetitions are added to. Whoever was given such a field before by another one has
/// it as `further`, unless it says the same: then its leaves are set aside, and nobody is there.
struct Addressee {
  Draft* draft = nullptr;
  bool further = false;
};

Addressee to_be_added(Desk& desk, const ActorReference& of, std::string_view what,
                      const Place& place) {
  FieldReader& fields = desk.fields();
  if (of.empty() || !fields.populated(place.segment, place.field)) return {};
  const auto slash = of.reference.find('/');
  const std::string id = of.reference.substr(slash + 1);
  const std::string mark = id + "/" + std::string(what);
  const std::string exact = mark + "/" + std::string(fields.at(place.repeated(0)).text);
  if (const Place* same = desk.first_named(exact)) {
    fields.set_aside_repeated(place.repeated(0), same->repeated(0));
    return {};
  }
  Addressee found{desk.find(of.reference.substr(0, slash), id), desk.first_named(mark) != nullptr};
  if (found.draft == nullptr) return {};
  desk.remember(mark, place);
  desk.remember(exact, place);
  return found;
}

Of kind_of(const Draft& draft) {
  return draft.key.type == "Organization" ? Of::organization : Of::person;
}

}  // namespace

bool add_address(Desk& desk, const ActorReference& of, const Place& place) {
  const auto [draft, further] = to_be_added(desk, of, "address", place);
  if (draft == nullptr) return false;
  if (further) {
    extend_address(desk, *draft, "further-address", place, kind_of(*draft));
    return true;
  }
  const auto addresses = draft->body.array("address");
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(place.segment, place.field); ++k) {
    const auto item = draft->body.item();
    write_address(desk, draft->body, place.repeated(k), {}, kind_of(*draft));
  }
  return true;
}

bool add_telecom(Desk& desk, const ActorReference& of, const Place& place, std::string_view use) {
  const auto [draft, further] = to_be_added(desk, of, "telecom", place);
  if (draft == nullptr) return false;
  if (further) {
    extend_contact(desk, *draft, "further-telecom", place, use, kind_of(*draft));
    return true;
  }
  const auto telecom = draft->body.array("telecom");
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(place.segment, place.field); ++k)
    write_contact(desk, draft->body, place.repeated(k), use, kind_of(*draft));
  return true;
}

namespace {

/// An HD as an Organization; true in `fresh` where this is its first mention.
ActorReference facility_at(Desk& desk, const Place& place, Draft*& fresh) {
  FieldReader& fields = desk.fields();
  const Text name = fields.at(place.part(1)), universal = fields.code_at(place.part(2));
  if (name.empty() && universal.empty()) return {};
  const Text type = fields.code_at(place.part(3));
  const std::string id = own_id('g', "Organization", {desk.sender(), name.text, universal.text});
  const ActorReference actor{"Organization/" + id, name ? name : universal};
  const Opened opened = open_once(desk, "Organization", id);
  if (!opened.fresh) {
    if (const Place* first = desk.first_named(id)) fields.set_aside_repeated(place, *first);
    return actor;
  }
  desk.remember(id, place);
  fresh = opened.draft;
  Pen& pen = fresh->body;
  if (universal) {
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    const Authority authority = read_authority(desk, place);
    const auto listed = desk.catalogue().authority(type.text);
    if (authority.is_uri() && !listed) {
      pen.say("system", "urn:ietf:rfc:3986");
      pen.from("value", authority.system, universal);
    } else {
      pen.from("system", listed ? *listed : desk.own_identifiers(type.text), type);
      pen.text("value", universal);
    }
  }
  pen.text("name", name);
  return actor;
}

}  // namespace

ActorReference facility(Desk& desk, const Place& place) {
  Draft* fresh = nullptr;
  return facility_at(desk, place, fresh);
}

ActorReference sending_organization(Desk& desk) {
  Draft* fresh = nullptr;
  const ActorReference actor = facility_at(desk, {0, 4}, fresh);
  if (fresh == nullptr) return actor;
  const Text country = desk.fields().code_at({0, 17});
  const auto addresses = fresh->body.array("address");
  const auto item = fresh->body.item();
  fresh->body.text("country", country);
  return actor;
}

ActorReference entering_device(Desk& desk, const Place& place) {
  const Concept said = read_concept(desk, place);
  if (said.empty()) return {};
  const Text origin = said.codings.empty() ? said.text : said.codings.front().code;
  const std::string id = own_id('v', "Device", {desk.sender(), origin.text, said.text.text});
  const ActorReference actor{"Device/" + id, origin};
  const Opened opened = open_once(desk, "Device", id);
  if (!opened.fresh) {
    if (const Place* first = desk.first_named(id)) desk.fields().set_aside_repeated(place, *first);
    return actor;
  }
  desk.remember(id, place);
  Pen& pen = opened.draft->body;
  if (!said.codings.empty()) {
    const Coding& coding = said.codings.front();
    const auto identifiers = pen.array("identifier");
    const auto item = pen.item();
    pen.from("system", coding.system, coding.system_name);
    pen.text("value", coding.code);
  }
  const auto names = pen.array("deviceName");
  const auto item = pen.item();
  if (pen.text("name", said.text)) pen.say("type", "user-friendly-name");
  return actor;
}

ActorReference practitioner_role(Desk& desk, const Place& place, const ActorReference& at,
                                 std::string_view role) {
  return role_of(desk, practitioner(desk, place), at, role);
}

ActorReference role_of(Desk& desk, const ActorReference& person, const ActorReference& at,
                       std::string_view role) {
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

void extend_reference(Draft& draft, std::string_view name, const ActorReference& actor) {
  if (actor.empty()) return;
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension(name));
  refer(draft.extensions, "valueReference", actor);
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
