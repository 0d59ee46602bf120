#include <algorithm>
#include <set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/status.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

// Table 0074 as FHIR R4 publishes it.
constexpr std::string_view sections =
    " AU BG BLB CG CH CP CT CTH CUS EC EN GE HM ICU IMG IMM LAB MB MCB MYC NMR NMS NRS OSL OT OTH "
    "OUS PAR PAT PF PHR PHY PT RAD RC RT RUS RX SP SR TX URN VR VUS XRC ";

void write_category(Desk& desk, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  const Text section = order.segments->obr ? fields.code_at({*order.segments->obr, 24}) : Text{};
  Pen& pen = order.report->body;
  const bool known = sections.find(" " + std::string(section.text) + " ") != std::string_view::npos;
  const auto categories = pen.array("category");
  {
    const auto item = pen.item();
    {
      const auto codings = pen.array("coding");
      const auto coding = pen.item();
      pen.say("system", fhir::canonical::v2_table("0074"));
      if (known && !section.empty())
        pen.text("code", section);
      else
        pen.say("code", "LAB");
    }
    if (!known && !section.empty()) pen.text("text", section);
  }
  // US Core finds laboratory reports by this one.
  if (desk.profile().realm == "us" && known && !section.empty() && section.text != "LAB")
    say_concept(pen, nullptr, fhir::canonical::v2_table("0074"), "LAB");
  if (fields.code_at(Place{0, 9}.part(2)).text != "R40") return;
  const auto item = pen.item();
  pen.say("text", "alarm");
}

bool is_active(const Row& row) {
  return row.kind == RowKind::result && row.status != "entered-in-error";
}

/// The value of a control is none of the patient's results.
bool is_of_control(const OrderWork& order, const Row& row) {
  return row.specimen && order.patient->specimens[*row.specimen].foreign;
}

void write_report_status(Desk& desk, OrderWork& order) {
  Draft& draft = *order.report;
  Text sent;
  if (order.segments->obr) sent = desk.fields().code_at(Place{*order.segments->obr, 25}.part(1));
  std::vector<std::string_view> results;
  for (const Row& row : order.rows)
    if (is_active(row)) results.push_back(row.status);  // T5: what is taken back is none
  const StatusReading reading = report_status(sent.text, results);
  draft.body.from("status", reading.status, sent);
  if (order.segments->obr) desk.fields().set_aside_type(*order.segments->obr, 25);
  if (sent.empty()) return;
  if (!reading.known)
    desk.issue("status-unknown", &draft, {*order.segments->obr, 25},
               "a status that table 0123 does not know");
  if (reading.one_to_one) return;
  write_original_status(draft.body, sent);
}

void write_effective(Desk& desk, OrderWork& order) {
  Draft& draft = *order.report;
  Pen& pen = draft.body;
  if (!order.segments->obr) {
    if (order.rows.empty()) return;
    write_time(desk, pen, "effectiveDateTime", "_effectiveDateTime", {order.rows.front().obx(), 14},
               TimeForm::date_time, &draft);
    return;
  }
  const SegmentIndex obr = *order.segments->obr;
  const TimeReading begin = read_time(desk, {obr, 7}), end = read_time(desk, {obr, 8});
  const bool period = begin.time && end.time &&
                      begin.time->local_begin_seconds() <= end.time->local_begin_seconds();
  if (!period) {
    write_time(desk, pen, "effectiveDateTime", "_effectiveDateTime", {obr, 7}, TimeForm::date_time,
               &draft);
    extend_time(desk, draft, "observation-end", {obr, 8});
    return;
  }
  const auto member = pen.object("effectivePeriod");
  write_time(desk, pen, "start", "_start", {obr, 7}, TimeForm::date_time, &draft);
  write_time(desk, pen, "end", "_end", {obr, 8}, TimeForm::date_time, &draft);
}

/// The person of an NDL is its first component; many senders write an XCN in its place.
Place person_of(Desk& desk, const Place& repetition) {
  const std::string_view second = desk.fields().code_at(repetition.part(2)).text;
  const bool xcn = !second.empty() && (second[0] < '0' || second[0] > '9');
  return xcn ? repetition : repetition.part(1);
}

/// Who answers for an attached row: its laboratory, observers and director, each once; `referred`
/// is who stands there already.
void write_attached_performers(Desk& desk, Pen& pen, const OrderWork& order,
                               const std::string& referred) {
  std::set<std::string> said{referred};
  const auto refer_once = [&](const ActorReference& actor, std::string_view role) {
    if (said.insert(actor.reference + std::string(role)).second) refer_as(pen, actor, role);
  };
  for (const Row& row : order.rows) {
    if (row.kind != RowKind::attachment) continue;
    const SegmentIndex obx = row.obx();
    const ActorReference laboratory = organization(desk, {obx, 23});
    refer_once(laboratory, "");
    add_address(desk, laboratory, {obx, 24});
    refer_once(organization(desk, {obx, 15}, true), "");
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(obx, 16); ++k)
      refer_once(practitioner_role(desk, {obx, 16, k}, {}, "responsibleObserver"),
                 "responsibleObserver");
    refer_once(practitioner_role(desk, {obx, 25}, laboratory, "MDIR"), "MDIR");
  }
}

/// OBX-23 if all rows agree, else MSH-4.
void write_performer(Desk& desk, OrderWork& order) {
  FieldReader& fields = desk.fields();
  std::string_view name;
  bool agree = true;
  for (const Row& row : order.rows) {
    const std::string_view said = fields.at(Place{row.obx(), 23}.part(1)).text;
    if (said.empty()) continue;
    agree = agree && (name.empty() || name == said);
    name = said;
  }
  Pen& pen = order.report->body;
  const auto performers = pen.array("performer");
  ActorReference first = sending_organization(desk);
  if (!name.empty() && agree) {
    for (const Row& row : order.rows) {
      if (!fields.populated(Place{row.obx(), 23, 1, 1})) continue;
      first = organization(desk, {row.obx(), 23});
      break;
    }
  }
  refer(pen, nullptr, first);
  write_attached_performers(desk, pen, order, first.reference);
  if (!order.segments->obr) return;
  for (const std::uint16_t field : {std::uint16_t{34}, std::uint16_t{35}}) {
    for (std::uint16_t k = 1; k <= fields.repetitions(*order.segments->obr, field); ++k) {
      const Place person = person_of(desk, {*order.segments->obr, field, k});
      const std::string_view role = field == 34 ? "SPRF" : "TRANS";
      refer_as(pen, practitioner_role(desk, person, {}, role), role);
    }
  }
}

void write_interpreters(Desk& desk, OrderWork& order) {
  Pen& pen = order.report->body;
  const auto interpreters = pen.array("resultsInterpreter");
  for (const Participation& of : participations(desk, order.segments->participants))
    if (order_role(desk, of) == OrderRole::interpreter) write_performing(desk, pen, of);
  if (!order.segments->obr) return;
  for (const std::uint16_t field : {std::uint16_t{32}, std::uint16_t{33}}) {
    const std::uint16_t count = desk.fields().repetitions(*order.segments->obr, field);
    for (std::uint16_t k = 1; k <= count; ++k) {
      const Place person = person_of(desk, {*order.segments->obr, field, k});
      const std::string_view role = field == 33 ? "SPRF" : "";
      refer_as(pen, practitioner_role(desk, person, {}, role), role);
    }
  }
}

/// Does the row replace a document that stands, or take it back? An empty one says nothing (T12),
/// nor does U (T6).
bool decides_document(Desk& desk, const Row& row) {
  if (is_gone(desk, row)) return true;
  if (row.sent_status.text == "U") return false;
  const std::uint16_t content = row.type.text == "RP" ? 1 : 5;
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(row.obx(), 5); ++k)
    if (!desk.fields().at(Place{row.obx(), 5, k}.part(content)).empty()) return true;
  return false;
}

/// A row that replaces a document, or takes a declaration back: a no does not (W6).
void note_row(Desk& desk, const Row& row, ReportFacts& facts) {
  const std::string_view type = row.type.text;
  const bool is_text = type == "TX" || type == "FT" || type == "ST";
  if ((row.kind == RowKind::attachment && decides_document(desk, row)) ||
      (row.kind == RowKind::result && is_text))
    facts.told.emplace_back(row.code.said.text.text);
  std::string declared = declaration_of(row);
  if (row.kind != RowKind::context || declared.empty()) return;
  const bool null = desk.fields().at({row.obx(), 5}).null;
  if (null || row.status == "entered-in-error" || row.status == "cancelled")
    facts.withdrawn.push_back(std::move(declared));
}

/// What revising needs to know of the order beyond its report.
ReportFacts facts_of(Desk& desk, const OrderWork& order) {
  ReportFacts facts;
  if (order.segments->obr)
    facts.at = desk.fields().address(*order.segments->obr, 0);
  else if (!order.rows.empty())
    facts.at = desk.fields().address(order.rows.front().obx(), 0);
  facts.request = order.request->reference();
  facts.said = order.said;
  facts.status_from_results = order.sent_status.empty();
  for (const Row& row : order.rows) {
    note_row(desk, row, facts);
    const bool is_lone = row.kind == RowKind::result && row.code.target != nullptr;
    facts.has_lone_parts = facts.has_lone_parts || (is_lone && row.code.target->component);
  }
  for (const Row& row : order.patient->rows) note_row(desk, row, facts);
  return facts;
}

/// Answers that make a report one to look at twice (W5); the survey rows carry the tag already.
void write_safety_tags(OrderWork& order) {
  const std::string system = fhir::canonical::code_system("safety");
  for (const Row& row : order.rows) {
    if (row.kind != RowKind::context) continue;
    for (const auto& [of, code] : row.draft->tags)
      if (of == system) order.report->tag("safety", code);
  }
  for (const std::string& code : order.patient->safety) order.report->tag("safety", code);
}

}  // namespace

void write_report(Desk& desk, OrderWork& order) {
  Draft& draft = *order.report;
  Pen& pen = draft.body;
  if (!order.subject().empty()) draft.profiles.push_back("lab-report");
  write_safety_tags(order);
  {
    const auto identifiers = pen.array("identifier");
    write_own_numbers(desk, pen, *order.segments);
  }
  if (!order.has_parent) {
    const auto based = pen.array("basedOn");
    refer(pen, nullptr, order.request->reference());
  }
  write_report_status(desk, order);
  write_category(desk, order);
  if (order.code.said.empty()) {
    const auto code = pen.object("code");
    pen.say("text", "unnamed report");
  } else {
    write_code(desk, pen, "code", order.code);
  }
  refer(pen, "subject", order.subject());
  if (order.encounter() != nullptr) refer(pen, "encounter", order.encounter()->reference());
  write_effective(desk, order);
  if (order.segments->obr)
    write_time(desk, pen, "issued", "_issued", {*order.segments->obr, 22}, TimeForm::instant,
               &draft);
  write_performer(desk, order);
  write_interpreters(desk, order);
  {
    const auto specimens = pen.array("specimen");
    for (const std::size_t index : order.specimens)
      refer(pen, nullptr, order.patient->specimens[index].draft->reference());
  }
  {
    const auto results = pen.array("result");
    for (const Row& row : order.rows)
      if (is_active(row) && (order.is_control || !is_of_control(order, row)))
        refer(pen, nullptr, row.draft->reference());
  }
  write_attachments(desk, order);
  write_report_notes(desk, order);
  draft.report = facts_of(desk, order);
  if (order.segments->orc)
    extend_concept_at(desk, draft, fhir::canonical::standard_extension("event-statusReason"),
                      {*order.segments->orc, 16});
  if (!order.segments->obr) return;
  extend_identifier(draft, "observation-group", read_ei(desk, {*order.segments->obr, 51}));
  extend_identifier(draft, "parent-observation-group", read_ei(desk, {*order.segments->obr, 52}));
}

}  // namespace gateway::mapping
