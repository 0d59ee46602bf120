#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/status.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

/// Identifiers of OBR-2/3 and ORC-2/3, each once (V2FHIR.md §3.5).
void write_numbers(Desk& desk, Pen& pen, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const OrderSegments& segments = *order.segments;
  const auto identifiers = pen.array("identifier");
  for (const auto& [field, type] :
       {std::pair<std::uint16_t, const char*>{2, "PLAC"}, {3, "FILL"}}) {
    std::vector<Place> said;
    for (const auto& segment : {segments.obr, segments.orc, segments.earlier_orc}) {
      if (!segment) continue;
      const Place place{*segment, field};
      const IdentifierReading identifier = read_ei(desk, place);
      if (identifier.empty()) continue;
      bool known = false;
      for (const Place& other : said)
        known = known || read_ei(desk, other).value.text == identifier.value.text;
      if (known) {
        fields.set_aside_repeated(place, said.front());
        fields.set_aside(identifier.value, Reason::duplicate);
        continue;
      }
      said.push_back(place);
      const auto item = pen.item();
      write_identifier(pen, identifier, type);
    }
  }
}

std::string_view priority_of(std::string_view code) {
  if (code == "S") return "stat";
  if (code == "A") return "asap";
  return code == "R" ? "routine" : "";
}

/// OBR-5, TQ1-9, else the sixth component of OBR-27 or ORC-7.
void write_priority(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const OrderSegments& segments = *order.segments;
  std::vector<Place> places;
  if (segments.obr) places.push_back({*segments.obr, 5});
  for (const SegmentIndex timing : segments.timing) places.push_back({timing, 9, 1, 1});
  if (segments.obr) places.push_back({*segments.obr, 27, 1, 6});
  if (segments.orc) places.push_back({*segments.orc, 7, 1, 6});
  bool written = false;
  for (const Place& place : places) {
    const Text code = fields.code_at(place);
    const std::string_view meant = priority_of(code.text);
    if (code.empty()) continue;
    if (!written && !meant.empty()) {
      draft.body.from("priority", meant, code);
      written = true;
    } else {
      extend_text(draft, "priority", code);
    }
  }
}

void write_requesters(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const OrderSegments& segments = *order.segments;
  const auto orc = segments.orc ? segments.orc : segments.earlier_orc;
  ActorReference facility;
  if (orc) {
    facility = organization(desk, {*orc, 21});
    add_address(desk, facility, {*orc, 22});
  }
  const Place source = first_said(desk, order, 16, 12);
  if (source.field == 0) {
    return;
  }
  if (orc && source.segment != *orc) {
    for (std::uint16_t k = 1; k <= fields.repetitions(*orc, 12); ++k)
      fields.set_aside_repeated(Place{*orc, 12, k}, Place{source.segment, source.field, k});
  }
  bool first = true;
  for (std::uint16_t k = 1; k <= fields.repetitions(source.segment, source.field); ++k) {
    const ActorReference actor = practitioner_role(desk, source.repeated(k), facility);
    if (actor.empty()) continue;
    if (first) {
      refer(draft.body, "requester", actor);
      first = false;
      continue;
    }
    const auto item = draft.extensions.item();
    draft.extensions.say("url", fhir::canonical::extension("further-requester"));
    refer(draft.extensions, "valueReference", actor);
  }
}

void extend_references(Desk& desk, Draft& draft, std::string_view name, const Place& field) {
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(field.segment, field.field); ++k) {
    const ActorReference actor = practitioner(desk, field.repeated(k));
    if (actor.empty()) continue;
    const auto item = draft.extensions.item();
    draft.extensions.say("url", fhir::canonical::extension(name));
    refer(draft.extensions, "valueReference", actor);
  }
}

void write_reasons(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const auto reasons = pen.array("reasonCode");
  if (order.segments->obr) {
    for (std::uint16_t k = 1; k <= fields.repetitions(*order.segments->obr, 31); ++k) {
      const Concept said = read_concept(desk, {*order.segments->obr, 31, k});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  }
  for (const SegmentIndex other : order.segments->others) {
    if (fields.name(other) != "DG1") continue;
    const Concept said = read_concept(desk, {other, 3});
    const auto item = pen.item();
    write_concept(pen, said);
  }
}

void write_intent(Draft& draft, const Text& action) {
  draft.body.from("intent", action.text == "G" ? "reflex-order" : "order", action);
  if (action.text != "G") extend_text(draft, "specimen-action", action);
}

void extend_orc(Desk& desk, Draft& draft, SegmentIndex orc) {
  FieldReader& fields = desk.fields();
  extend_text(draft, "order-control", fields.code_at({orc, 1}));
  extend_time(desk, draft, "order-event-time", {orc, 9});
  extend_concept(desk, draft, "order-control-reason", {orc, 16});
  extend_concept(desk, draft, "status-modifier", {orc, 25});
  extend_concept(desk, draft, "order-type", {orc, 29});
  for (std::uint16_t k = 1; k <= fields.repetitions(orc, 14); ++k)
    extend_text(draft, "callback-phone", fields.at({orc, 14, k}));
  for (std::uint16_t k = 1; k <= fields.repetitions(orc, 23); ++k)
    extend_text(draft, "facility-phone", fields.at({orc, 23, k}));
  for (std::uint16_t k = 1; k <= fields.repetitions(orc, 24); ++k)
    extend_text(draft, "provider-address", fields.at({orc, 24, k}));
  extend_concept(desk, draft, "parent-service", {orc, 31});
}

void extend_obr(Desk& desk, Draft& draft, SegmentIndex obr, bool specimen_took_them) {
  FieldReader& fields = desk.fields();
  extend_time(desk, draft, "requested-time", {obr, 6});
  extend_time(desk, draft, "scheduled", {obr, 36});
  for (std::uint16_t k = 1; k <= fields.repetitions(obr, 17); ++k)
    extend_text(draft, "callback-phone", fields.at({obr, 17, k}));
  constexpr std::pair<std::uint16_t, const char*> numbered[] = {{18, "placer-field-1"},
                                                                {19, "placer-field-2"},
                                                                {20, "filler-field-1"},
                                                                {21, "filler-field-2"}};
  for (const auto& [field, name] : numbered) extend_text(draft, name, fields.at({obr, field, 0}));
  extend_references(desk, draft, "result-copies-to", {obr, 28});
  if (!specimen_took_them) {
    extend_time(desk, draft, "specimen-received", {obr, 14});
    for (std::uint16_t k = 1; k <= fields.repetitions(obr, 10); ++k)
      extend_text(draft, "specimen-collector", fields.at({obr, 10, k}));
  }
  extend_text(draft, "quantity-timing", fields.at({obr, 27, 0}));
  extend_text(draft, "result-handling", fields.at({obr, 49, 0}));
  extend_concept(desk, draft, "parent-service", {obr, 50});
  extend_concept(desk, draft, "danger-code", {obr, 12});
  extend_concepts(desk, draft, "placer-information", obr, 46);
  extend_concepts(desk, draft, "filler-information", obr, 47);
}

/// OBR-29, ORC-8: the order this one came from; not in this bundle, so by identifier (§3.8).
void write_parent(Desk& desk, Draft& draft, const OrderWork& order) {
  const Place parent = first_said(desk, order, 29, 8);
  if (parent.field == 0) return;
  Pen& pen = draft.body;
  const auto based = pen.array("basedOn");
  for (const auto& [component, type] :
       {std::pair<std::uint16_t, const char*>{1, "PLAC"}, {2, "FILL"}}) {
    Place place = parent;
    place.component = component;
    const IdentifierReading identifier = read_ei(desk, place);
    if (identifier.empty()) continue;
    const auto item = pen.item();
    pen.say("type", "ServiceRequest");
    const auto member = pen.object("identifier");
    write_identifier(pen, identifier, type);
  }
}

void write_group(Desk& desk, Pen& pen, const OrderWork& order) {
  const auto& orc = order.segments->orc;
  if (!orc) return;
  Place group{*orc, 4, 1, 1};
  const IdentifierReading identifier = read_ei(desk, group);
  if (identifier.empty()) return;
  const auto member = pen.object("requisition");
  write_identifier(pen, identifier);
}

}  // namespace

void write_request(Desk& desk, OrderWork& order) {
  Draft& draft = *order.request;
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const OrderSegments& segments = *order.segments;
  write_numbers(desk, pen, order);
  write_parent(desk, draft, order);
  write_group(desk, pen, order);
  const Text control = segments.orc ? fields.code_at({*segments.orc, 1}) : Text{};
  const Text status = segments.orc ? fields.code_at({*segments.orc, 5}) : Text{};
  pen.from("status", request_status(control.text, status.text, order.sent_status), status);
  if (segments.obr) {
    write_intent(draft, fields.code_at({*segments.obr, 11}));
  } else {
    pen.say("intent", "order");
  }
  write_priority(desk, draft, order);
  if (!order.code.said.empty()) write_code(desk, pen, "code", order.code);
  refer(pen, "subject", order.patient->draft->reference());
  if (order.patient->encounter != nullptr)
    refer(pen, "encounter", order.patient->encounter->reference());
  write_requesters(desk, draft, order);
  write_reasons(desk, draft, order);
  {
    const auto specimens = pen.array("specimen");
    for (const std::size_t index : order.specimens)
      refer(pen, nullptr, order.patient->specimens[index].draft->reference());
  }
  {
    const auto notes = pen.array("note");
    for (const SegmentIndex note : segments.request_notes) write_note(desk, pen, note, &draft);
    for (const SegmentIndex timing : segments.timing)
      write_note(pen, {"", fields.at({timing, 11})});
  }
  if (segments.orc) extend_orc(desk, draft, *segments.orc);
  if (segments.obr) extend_obr(desk, draft, *segments.obr, order.specimens.size() == 1);
  for (const SegmentIndex timing : segments.timing) {
    extend_time(desk, draft, "timing-start", {timing, 7});
    extend_time(desk, draft, "timing-end", {timing, 8});
    constexpr std::pair<std::uint16_t, const char*> texts[] = {
        {2, "timing-quantity"},      {3, "timing-repeat-pattern"},
        {4, "timing-explicit-time"}, {5, "timing-relative-time"},
        {6, "timing-duration"},      {13, "timing-occurrence-duration"},
        {14, "timing-occurrences"}};
    for (const auto& [field, name] : texts) extend_text(draft, name, fields.at({timing, field, 0}));
  }
}

}  // namespace gateway::mapping
