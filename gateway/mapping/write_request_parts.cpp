// Parts of a ServiceRequest: when it is to be done, for whom, and what else hangs on the order.
#include <string>
#include <unordered_set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

bool is_positive(std::string_view text) {
  return !text.empty() && text.size() < 9 && text[0] != '0' &&
         text.find_first_not_of("0123456789") == text.npos;
}

/// TQ1-7, 8: both ends, where they are times in their order.
bool has_bounds(Desk& desk, SegmentIndex timing) {
  const TimeReading start = read_time(desk, {timing, 7}), end = read_time(desk, {timing, 8});
  if (start.invalid || end.invalid || (start.said.empty() && end.said.empty())) return false;
  return !start.time || !end.time ||
         start.time->local_begin_seconds() <= end.time->local_end_seconds();
}

/// One TQ1 as Timing: bounds, how often, and the code of the pattern.
void write_timing(Desk& desk, Draft& draft, SegmentIndex timing) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const auto member = pen.object("occurrenceTiming");
  {
    const auto repeat = pen.object("repeat");
    if (has_bounds(desk, timing)) {
      const auto bounds = pen.object("boundsPeriod");
      write_time(desk, pen, "start", "_start", {timing, 7}, TimeForm::date_time, &draft);
      write_time(desk, pen, "end", "_end", {timing, 8}, TimeForm::date_time, &draft);
    }
    const Text count = fields.code_at({timing, 14});
    if (is_positive(count.text)) pen.integer("count", std::stoi(std::string(count.text)), count);
  }
  write_concept(desk, pen, "code", {timing, 3, 1, 1});
}

bool says_when(Desk& desk, SegmentIndex timing) {
  FieldReader& fields = desk.fields();
  return has_bounds(desk, timing) || is_positive(fields.code_at({timing, 14}).text) ||
         fields.populated(Place{timing, 3, 1, 1});
}

/// What a TQ1 says that did not become the order's own timing.
void extend_rest(Desk& desk, Draft& draft, SegmentIndex timing, bool is_main) {
  FieldReader& fields = desk.fields();
  if (!is_main || !has_bounds(desk, timing)) {
    extend_time(desk, draft, "timing-start", {timing, 7});
    extend_time(desk, draft, "timing-end", {timing, 8});
  }
  const Text count = fields.code_at({timing, 14});
  if (!is_main || !is_positive(count.text)) extend_text(draft, "timing-occurrences", count);
}

void write_part(Pen& pen, const char* name, const char* value, auto write) {
  const auto item = pen.item();
  bool written = false;
  {
    const auto member = pen.object(value);
    written = write();
  }
  if (written) pen.say("url", name);
}

bool write_concept_of(Desk& desk, Pen& pen, const Place& place) {
  const Concept said = read_concept(desk, place);
  write_concept(pen, said);
  return !said.empty();
}

bool write_number_of(Pen& pen, const IdentifierReading& identifier) {
  if (identifier.empty()) return false;
  write_identifier(pen, identifier);
  return true;
}

}  // namespace

/// occurrence[x] is one: the first TQ1 that says when, else ORC-15, else OBR-6. The others stay
/// beside it.
void write_occurrence(Desk& desk, Draft& draft, const OrderWork& order) {
  const OrderSegments& segments = *order.segments;
  bool said = false;
  for (const SegmentIndex timing : segments.timing) {
    const bool is_main = !said && says_when(desk, timing);
    if (is_main) write_timing(desk, draft, timing);
    said = said || is_main;
    extend_rest(desk, draft, timing, is_main);
  }
  bool counted = false;
  for (const SegmentIndex timing : segments.timing) {
    if (!counted && write_quantity_field(desk, draft.body, "quantityQuantity", {timing, 2}))
      counted = true;
    else
      extend_text(draft, "timing-quantity", desk.fields().at({timing, 2, 0}));
  }
  const auto one = [&](const Place& place, const char* otherwise) {
    if (!desk.fields().populated(place) || said) return extend_time(desk, draft, otherwise, place);
    said = true;
    write_time(desk, draft.body, "occurrenceDateTime", "_occurrenceDateTime", place,
               TimeForm::date_time, &draft);
  };
  if (segments.orc) one({*segments.orc, 15}, "order-effective-time");
  if (segments.obr) one({*segments.obr, 6}, "requested-time");
}

namespace {

/// PRT and ROL of an order: who ordered it, where nobody else is said to have; who gets copies;
/// everybody else as they were named. Who interprets stands on the report.
void write_order_participants(Desk& desk, Draft& draft, const OrderWork& order, bool may_request) {
  for (const Participation& of : participations(desk, order.segments->participants)) {
    const OrderRole role = order_role(desk, of);
    const bool orders = role == OrderRole::orderer && may_request;
    if (orders) {
      const std::vector<ActorReference> actors = actors_of(desk, of);
      for (std::size_t k = 0; k < actors.size(); ++k)
        k == 0 ? refer(draft.body, "requester", actors[k])
               : extend_reference(draft, "further-requester", actors[k]);
      may_request = actors.empty();
      settle_role(desk, of);
    } else if (role == OrderRole::copy) {
      for (const ActorReference& actor : actors_of(desk, of))
        extend_reference(draft, "result-copies-to", actor);
      settle_role(desk, of);
    }
    extend_participants(desk, draft, {of},
                        orders || role == OrderRole::copy || role == OrderRole::interpreter);
  }
}

}  // namespace

/// OBR-16, else ORC-12: the first requests, the others stand beside, and so do those whom ORC-12
/// alone names. ORC-21 to 24 say where: with a facility the requester is a role there, with its
/// telephone.
void write_requesters(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const OrderSegments& segments = *order.segments;
  const auto orc = segments.orc ? segments.orc : segments.earlier_orc;
  ActorReference facility, requester, person;
  if (orc) facility = organization(desk, {*orc, 21});
  for (std::uint16_t k = 2; orc && k <= fields.repetitions(*orc, 21); ++k)
    extend_reference(draft, "further-requester", organization(desk, {*orc, 21, k}));
  const Place source = first_said(desk, order, 16, 12);
  std::unordered_set<std::string> known;
  const auto take = [&](const Place& place) {
    const ActorReference one = practitioner(desk, place);
    if (one.empty() || !known.insert(one.reference).second) return;
    const ActorReference actor = role_of(desk, one, facility);
    if (!requester.empty()) return extend_reference(draft, "further-requester", actor);
    requester = actor;
    person = one;
    refer(draft.body, "requester", actor);
  };
  if (source.field != 0)
    for (std::uint16_t k = 1; k <= fields.repetitions(source.segment, source.field); ++k)
      take(source.repeated(k));
  if (orc && source.field != 12) {
    for (std::uint16_t k = 1; k <= fields.repetitions(*orc, 12); ++k) {
      fields.set_aside_repeated(Place{*orc, 12, k}, Place{source.segment, source.field, k});
      take({*orc, 12, k});
    }
  }
  write_order_participants(desk, draft, order, requester.empty());
  if (!orc) return;
  if (facility.empty())
    extend_address(desk, draft, "facility-address", {*orc, 22});
  else
    add_address(desk, facility, {*orc, 22});
  const bool role = requester.reference.starts_with("PractitionerRole/");
  if (role || !facility.empty())
    add_telecom(desk, role ? requester : facility, {*orc, 23}, "work");
  else
    extend_contact(desk, draft, "facility-phone", {*orc, 23});
  if (person.empty())
    extend_address(desk, draft, "provider-address", {*orc, 24});
  else
    add_address(desk, person, {*orc, 24});
}

/// CTD: whom to ask, and where.
void extend_contacts(Desk& desk, Draft& draft, SegmentIndex ctd) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  {
    const auto parts = pen.array("extension");
    const auto each = [&](std::uint16_t field, auto write) {
      for (std::uint16_t k = 1; k <= fields.repetitions(ctd, field); ++k)
        write(Place{ctd, field, k});
    };
    each(1, [&](const Place& at) {
      write_part(pen, "role", "valueCodeableConcept",
                 [&] { return write_concept_of(desk, pen, at); });
    });
    each(2, [&](const Place& at) {
      write_part(pen, "name", "valueHumanName", [&] { return write_name(desk, pen, at, 1); });
    });
    each(3, [&](const Place& at) {
      write_part(pen, "address", "valueAddress", [&] { return write_address(desk, pen, at); });
    });
    each(5, [&](const Place& at) {
      for (const ContactPart part : {ContactPart::number, ContactPart::email})
        write_part(pen, "telecom", "valueContactPoint",
                   [&] { return write_contact_part(desk, pen, at, "", part); });
    });
    each(7, [&](const Place& at) {  // PLN: number and its type
      IdentifierReading number;
      number.value = fields.code_at(at.part(1));
      number.type = fields.code_at(at.part(2));
      if (!number.empty()) number.authority.system = desk.own_identifiers("");
      write_part(pen, "identifier", "valueIdentifier",
                 [&] { return write_number_of(pen, number); });
    });
  }
  if (pen.opened()) pen.say("url", fhir::canonical::extension("contact"));
}

/// CTI: study, phase and time point.
void extend_study(Desk& desk, Draft& draft, SegmentIndex cti) {
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  {
    const auto parts = pen.array("extension");
    const IdentifierReading study = read_ei(desk, {cti, 1});
    write_part(pen, "study", "valueIdentifier", [&] { return write_number_of(pen, study); });
    write_part(pen, "phase", "valueCodeableConcept", [&] {
      return write_concept_of(desk, pen, {cti, 2});
    });
    write_part(pen, "time-point", "valueCodeableConcept", [&] {
      return write_concept_of(desk, pen, {cti, 3});
    });
  }
  if (pen.opened()) pen.say("url", fhir::canonical::extension("research-study"));
}

}  // namespace gateway::mapping
