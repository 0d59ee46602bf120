#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/hl7_table.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/status.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

/// ORC-4 is an EIP, placer^filler, from v2.9 on, and where its parts have parts; else an EI.
bool is_pair(Desk& desk, const Place& group) {
  FieldReader& fields = desk.fields();
  constexpr int pair_since = 20900;
  for (std::uint16_t component = 1; component <= 2; ++component)
    for (std::uint16_t part = 2; part <= 4; ++part)
      if (fields.populated(Place{group.segment, group.field, 1, component, part})) return true;
  const bool universal = fields.populated(group.part(3)) || fields.populated(group.part(4));
  const bool new_enough =
      hl7v2::version_number(fields.code_at(Place{0, 12}.part(1)).text) >= pair_since;
  return !universal && (new_enough || !fields.populated(group.part(1)));
}

/// ORC-33, OBR-53: the placer's other number; ORC-4.2, ORC-38: the filler's number of the group.
void write_other_numbers(Desk& desk, Pen& pen, const OrderSegments& segments) {
  FieldReader& fields = desk.fields();
  const auto write = [&](const IdentifierReading& identifier, std::string_view type) {
    if (identifier.empty()) return;
    const auto item = pen.item();
    write_identifier(pen, identifier, type);
  };
  if (segments.obr) write(read_cx(desk, {*segments.obr, 53}), "PLAC");
  if (!segments.orc) return;
  const SegmentIndex orc = *segments.orc;
  if (fields.populated(Place{orc, 4, 1, 1}) && is_pair(desk, {orc, 4}))
    write(read_ei(desk, {orc, 4, 1, 2}), "FGN");
  for (std::uint16_t k = 1; k <= fields.repetitions(orc, 33); ++k) {
    const Text said = fields.code_at({orc, 33, k});
    const Text known = segments.obr ? fields.code_at(Place{*segments.obr, 53}) : Text{};
    if (known.text == said.text)
      fields.set_aside_duplicate(said, known);
    else
      write(read_cx(desk, {orc, 33, k}), "PLAC");
  }
  write(read_ei(desk, {orc, 38}), "FGN");
}

constexpr std::pair<std::uint16_t, const char*> free_fields[] = {
    {18, "placer-field-1"}, {19, "placer-field-2"}, {20, "filler-field-1"}, {21, "filler-field-2"}};

/// OBR-18 to 21 hold what two parties agreed on: with some senders an accession number.
bool is_accession(Desk& desk, std::uint16_t field) {
  const auto& fields = desk.profile().accession_fields;
  return std::find(fields.begin(), fields.end(), "OBR-" + std::to_string(field)) != fields.end();
}

void write_accessions(Desk& desk, Pen& pen, const OrderSegments& segments) {
  if (!segments.obr || desk.profile().accession_fields.empty()) return;
  for (const auto& [field, name] : free_fields) {
    const Text number = desk.fields().code_at({*segments.obr, field, 0});
    if (!is_accession(desk, field) || number.empty()) continue;
    IdentifierReading identifier;
    identifier.value = number;
    identifier.authority.system = desk.own_identifiers("");
    const auto item = pen.item();
    write_identifier(pen, identifier, "ACSN");
  }
}

}  // namespace

void write_own_numbers(Desk& desk, Pen& pen, const OrderSegments& segments) {
  FieldReader& fields = desk.fields();
  for (const auto& [field, type] :
       {std::pair<std::uint16_t, const char*>{2, "PLAC"}, {3, "FILL"}}) {
    std::vector<Place> said;
    for (const auto& segment : {segments.obr, segments.orc, segments.earlier_orc}) {
      if (!segment || (segment == segments.earlier_orc && !said.empty())) continue;
      const Place place{*segment, field};
      const IdentifierReading identifier = read_ei(desk, place);
      if (identifier.empty()) continue;
      const auto known = std::find_if(said.begin(), said.end(), [&](const Place& other) {
        return read_ei(desk, other).value.text == identifier.value.text;
      });
      if (known != said.end()) {
        fields.set_aside_repeated(place, *known);
        fields.set_aside_duplicate(identifier.value, read_ei(desk, *known).value);
        continue;
      }
      said.push_back(place);
      const auto item = pen.item();
      write_identifier(pen, identifier, type);
    }
  }
}

namespace {

void write_numbers(Desk& desk, Pen& pen, const OrderSegments& segments) {
  const auto identifiers = pen.array("identifier");
  write_own_numbers(desk, pen, segments);
  write_other_numbers(desk, pen, segments);
  write_accessions(desk, pen, segments);
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
    const bool is_coded = place.field == 9;  // TQ1-9
    const Text system = is_coded ? fields.code_at({place.segment, 9, 1, 3}) : Text{};
    const bool of_table = is_of_table(desk, system, "0485");
    const std::string_view meant = of_table ? priority_of(code.text) : std::string_view();
    if (code.empty()) continue;
    if (!written && !meant.empty()) {
      draft.body.from("priority", meant, code);
      written = true;
    } else {
      extend_text(draft, "priority", code);
    }
  }
  for (const SegmentIndex timing : segments.timing) {
    extend_text(draft, "priority", fields.at({timing, 9, 1, 2}));
    fields.set_aside(Place{timing, 9, 1, 3}, Reason::type);
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

/// ORC-5; a code that table 0038 does not know stays beside what the others say.
void write_status(Pen& pen, std::string_view status, const Text& sent) {
  if (sent.empty() || is_order_status(sent.text)) return pen.from("status", status, sent);
  pen.say("status", status);
  write_original_status(pen, sent);
}

void write_intent(Draft& draft, const Text& action) {
  draft.body.from("intent", action.text == "G" ? "reflex-order" : "order", action);
  if (action.text != "G") extend_text(draft, "specimen-action", action);
}

void extend_orc(Desk& desk, Draft& draft, SegmentIndex orc) {
  FieldReader& fields = desk.fields();
  const Text control = fields.code_at({orc, 1});
  extend_text(draft, "order-control", control);
  if (control.text == "NW")
    write_time(desk, draft.body, "authoredOn", "_authoredOn", {orc, 9}, TimeForm::date_time,
               &draft);
  else
    extend_time(desk, draft, "order-event-time", {orc, 9});
  extend_concept_at(desk, draft, fhir::canonical::standard_extension("request-statusReason"),
                    {orc, 16});
  extend_concept(desk, draft, "status-modifier", {orc, 25});
  extend_contact(desk, draft, "callback-phone", {orc, 14});
  label(desk, draft, {orc, 28}, "0177");
  extend_concepts(desk, draft, "parent-service", orc, 31);
}

/// OBR-14, where no specimen has it: one may say the same itself (SPM-18), or another time.
void extend_received(Desk& desk, Draft& draft, const OrderWork& order, SegmentIndex obr) {
  FieldReader& fields = desk.fields();
  const Text said = fields.code_at(Place{obr, 14}.part(1));
  for (const std::size_t index : order.specimens) {
    const SpecimenSegments* segments = order.patient->specimens[index].segments;
    if (segments == nullptr) return;  // made of this OBR, with its time
    const Text own = fields.code_at(Place{segments->spm, 18}.part(1));
    if (own.empty() && order.wrote_specimen) return;  // likewise
    if (own.text == said.text) return fields.set_aside_duplicate(said, own);
  }
  extend_time(desk, draft, "specimen-received", {obr, 14});
}

/// OBR-10, 9, 12, where no specimen of this order has taken them.
void extend_collection(Desk& desk, Draft& draft, SegmentIndex obr, bool specimen_took_them) {
  FieldReader& fields = desk.fields();
  const std::uint16_t first = specimen_took_them ? 2 : 1;
  for (std::uint16_t k = first; k <= fields.repetitions(obr, 10); ++k)
    extend_reference(draft, "specimen-collector", practitioner(desk, {obr, 10, k}));
  if (specimen_took_them) return;
  extend_quantity(desk, draft, "collection-volume", {obr, 9});
  extend_concept(desk, draft, "danger-code", {obr, 12});
}

/// Table 0507 as FHIR R4 publishes it; other codes are the sender's own.
bool is_handling(std::string_view code) {
  return code == "F" || code == "N" || code == "A" || code == "CC" || code == "BCC";
}

/// OBR-49: a code of table 0507, with or without its words.
void extend_handling(Desk& desk, Draft& draft, SegmentIndex obr) {
  Concept said = read_concept(desk, {obr, 49});
  if (said.empty()) return;
  const std::string table = fhir::canonical::v2_table("0507");
  for (Coding& coding : said.codings)
    if (coding.system_name.empty() || coding.system == table)
      coding.system = is_handling(coding.code.text) ? std::string_view(table)
                                                    : std::string_view(desk.own_system("HL70507"));
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension("result-handling"));
  const auto value = draft.extensions.object("valueCodeableConcept");
  write_concept(draft.extensions, said);
}

void extend_obr(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const SegmentIndex obr = *order.segments->obr;
  extend_time(desk, draft, "scheduled", {obr, 36});
  extend_contact(desk, draft, "callback-phone", {obr, 17});
  for (const auto& [field, name] : free_fields)
    if (!is_accession(desk, field)) extend_text(draft, name, fields.at({obr, field, 0}));
  for (std::uint16_t k = 1; k <= fields.repetitions(obr, 28); ++k)
    extend_reference(draft, "result-copies-to", practitioner(desk, {obr, 28, k}));
  extend_collection(desk, draft, obr, order.wrote_specimen);
  extend_received(desk, draft, order, obr);
  extend_text(draft, "quantity-timing", fields.at({obr, 27, 0}));
  extend_handling(desk, draft, obr);
  extend_concepts(desk, draft, "parent-service", obr, 50);
}

/// OBR-44 to 47: the procedure, its modifiers, and what placer and filler add to the order. They
/// need a code of the order beside them (prr-1).
void write_details_of_order(Desk& desk, Draft& draft, const OrderWork& order) {
  if (!order.segments->obr) return;
  const SegmentIndex obr = *order.segments->obr;
  if (order.code.said.empty()) {
    for (std::uint16_t field = 44; field <= 47; ++field)
      extend_concepts(desk, draft, "order-detail", obr, field);
    return;
  }
  Pen& pen = draft.body;
  const auto details = pen.array("orderDetail");
  for (std::uint16_t field = 44; field <= 47; ++field) {
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(obr, field); ++k) {
      const Concept said = read_concept(desk, {obr, field, k});
      const auto item = pen.item();
      write_concept(pen, said);
    }
  }
}

/// OBR-13. What stood of it goes with `""`: a later message would be read beside it (T10).
void write_supporting(Desk& desk, Draft& draft, Pen& pen, SegmentIndex obr) {
  if (desk.fields().at({obr, 13, 0}).null) draft.deleted.emplace_back("supportingInfo");
  const auto supporting = pen.array("supportingInfo");
  if (is_one_text(desk, 13)) {
    const std::string text = one_text(desk, {obr, 13});
    if (text.empty()) return;
    const auto item = pen.item();
    return pen.from("display", text, desk.fields().at({obr, 13, 0}));
  }
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(obr, 13); ++k) {
    const auto item = pen.item();
    pen.text("display", desk.fields().at({obr, 13, k}));
  }
}

/// ORC-4: the group's number, the placer's before the filler's.
void write_group(Desk& desk, Pen& pen, const OrderWork& order) {
  const auto& orc = order.segments->orc;
  if (!orc) return;
  if (!is_pair(desk, {*orc, 4})) {
    const IdentifierReading group = read_ei(desk, {*orc, 4});
    if (group.empty()) return;
    const auto member = pen.object("requisition");
    return write_identifier(pen, group, "PGN");
  }
  const IdentifierReading placer = read_ei(desk, {*orc, 4, 1, 1});
  const IdentifierReading group = placer.empty() ? read_ei(desk, {*orc, 4, 1, 2}) : placer;
  if (group.empty()) return;
  const auto member = pen.object("requisition");
  write_identifier(pen, group, placer.empty() ? "FGN" : "PGN");
}

/// What every TQ1 says that has no element of its own.
void extend_timing(Desk& desk, Draft& draft, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  constexpr std::pair<std::uint16_t, const char*> texts[] = {{3, "timing-repeat-pattern"},
                                                             {4, "timing-explicit-time"},
                                                             {5, "timing-relative-time"},
                                                             {6, "timing-duration"},
                                                             {13, "timing-occurrence-duration"}};
  for (const SegmentIndex timing : order.segments->timing)
    for (const auto& [field, name] : texts) extend_text(draft, name, fields.at({timing, field, 0}));
}

void extend_others(Desk& desk, Draft& draft, const OrderWork& order) {
  for (const SegmentIndex other : order.segments->others) {
    const std::string_view name = desk.fields().name(other);
    if (name == "CTD") extend_contacts(desk, draft, other);
    if (name == "CTI") extend_study(desk, draft, other);
  }
}

/// R4 wants a subject of every order; an order about nobody says that it has none.
void write_subject(Pen& pen, const std::string& reference) {
  if (!reference.empty()) return refer(pen, "subject", reference);
  const auto subject = pen.object("subject");
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
  pen.say("valueCode", "not-applicable");
}

}  // namespace

void write_request(Desk& desk, OrderWork& order) {
  Draft& draft = *order.request;
  FieldReader& fields = desk.fields();
  Pen& pen = draft.body;
  const OrderSegments& segments = *order.segments;
  write_numbers(desk, pen, segments);
  write_group(desk, pen, order);
  const Text control = segments.orc ? fields.code_at({*segments.orc, 1}) : Text{};
  const Text status = segments.orc ? fields.code_at({*segments.orc, 5}) : Text{};
  write_status(pen, request_status(control.text, status.text, order.sent_status), status);
  if (segments.obr) {
    write_intent(draft, fields.code_at({*segments.obr, 11}));
  } else {
    pen.say("intent", "order");
  }
  write_priority(desk, draft, order);
  if (!order.code.said.empty()) write_code(desk, pen, "code", order.code);
  write_details_of_order(desk, draft, order);
  write_subject(pen, order.subject());
  if (order.encounter() != nullptr) refer(pen, "encounter", order.encounter()->reference());
  write_occurrence(desk, draft, order);
  write_requesters(desk, draft, order);
  if (segments.orc) {
    const auto codes = pen.array("locationCode");
    const Concept said = read_concept(desk, {*segments.orc, 29});
    const auto item = pen.item();
    write_concept(pen, said);
  }
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
  if (segments.obr) write_supporting(desk, draft, pen, *segments.obr);
  if (segments.orc) extend_orc(desk, draft, *segments.orc);
  if (segments.obr) extend_obr(desk, draft, order);
  if (segments.orc) {
    const Text said = fields.at({*segments.orc, 7, 0});
    const Text of_obr = segments.obr ? fields.at({*segments.obr, 27, 0}) : Text{};
    if (of_obr.text == said.text)
      fields.set_aside_duplicate(said, of_obr);
    else
      extend_text(draft, "quantity-timing", said);
  }
  extend_timing(desk, draft, order);
  extend_others(desk, draft, order);
}

}  // namespace gateway::mapping
