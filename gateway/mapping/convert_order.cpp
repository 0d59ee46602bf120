#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/mapping/context_rows.hpp"
#include "gateway/mapping/row_code.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_order.hpp"
#include "gateway/mapping/write_specimen.hpp"

namespace gateway::mapping {
namespace {

/// What ids use where a laboratory gives no number: order code and collection time; without OBR the
/// time of the first result; else the message (V2FHIR.md §3.1).
std::string substitute_number(Desk& desk, const OrderWork& order) {
  FieldReader& fields = desk.fields();
  if (order.segments->obr) {
    const std::string_view time = fields.code_at(Place{*order.segments->obr, 7}.part(1)).text;
    if (!order.code.key_code.empty() || !time.empty())
      return "|" + order.code.key_code + "|" + std::string(time);
  }
  if (!order.segments->rows.empty()) {
    const SegmentIndex obx = order.segments->rows.front().obx;
    const std::string_view time = fields.code_at(Place{obx, 14}.part(1)).text;
    if (!time.empty()) return "|" + std::string(time);
  }
  return "|" + desk.control_id();
}

void read_numbers(Desk& desk, OrderWork& order) {
  FieldReader& fields = desk.fields();
  Place number = first_said(desk, order, 3, 3);
  if (number.field == 0) number = first_said(desk, order, 2, 2);
  if (number.field != 0) order.number = fields.code_at(number.part(1)).text;
  order.number_key = !order.number.empty() ? order.number : substitute_number(desk, order);
  order.head = OrderHead(desk.sender(), order.patient->key, order.number_key);
}

void open_drafts(Desk& desk, OrderWork& order) {
  const std::string joined = "Order\x1F" + order.patient->key + "\x1F" + order.number_key + "\x1F" +
                             order.code.key_code + "\x1F" + order.code.key_system;
  const int count = desk.ordinal(joined);
  const std::string ordinal = std::to_string(count);
  std::vector<std::string_view> key = {desk.sender(), order.patient->key, order.number_key,
                                       order.code.key_code, order.code.key_system};
  if (count > 1) key.push_back(ordinal);
  order.request = &desk.open("ServiceRequest", order_id('s', order.head, "ServiceRequest", key));
  order.report = &desk.open("DiagnosticReport", order_id('d', order.head, "DiagnosticReport", key));
}

void report_conflicts(Desk& desk, OrderWork& order) {
  FieldReader& fields = desk.fields();
  if (order.number.empty()) {
    const SegmentIndex where = order.segments->obr ? *order.segments->obr
                               : !order.segments->rows.empty()
                                   ? order.segments->rows.front().obx
                                   : order.patient->segments->pid.value_or(0);
    desk.issue_at("order-number-missing", order.report, fields.address(where, 3),
                  "neither OBR nor ORC names the order");
  }
  if (!order.segments->obr || !order.segments->orc) return;
  for (const std::uint16_t field : {std::uint16_t{2}, std::uint16_t{3}}) {
    const Text of_obr = fields.code_at(Place{*order.segments->obr, field}.part(1));
    const Text of_orc = fields.code_at(Place{*order.segments->orc, field}.part(1));
    if (of_obr && of_orc && of_obr.text != of_orc.text)
      desk.issue("order-number-conflict", order.report, {*order.segments->orc, field},
                 "ORC and OBR name different numbers; OBR counts");
  }
}

/// What a reading of the cycle depends on: the time in full, unless it is OBX-14's (C9).
std::string spelled(const Collected& taken) {
  const auto& time = taken.reading.time;
  if (!time || taken.place.field == 14) return {};
  return std::to_string(static_cast<int>(time->precision)) + '|' +
         std::to_string(time->local_begin_seconds()) + '|' + time->fraction + '|' +
         (time->offset_minutes ? std::to_string(*time->offset_minutes) : "");
}

/// One reading for each specimen and each time of collection: results that share both share it.
void write_results(Desk& desk, OrderWork& order) {
  std::map<std::pair<std::optional<std::size_t>, std::string>, ScopedContext> read;
  auto said = said_by(desk, order);
  find_parent_result(desk, order);
  for (Row& row : order.rows) {
    if (row.kind != RowKind::result) continue;
    const Collected taken = collected(desk, order, row);
    std::pair key{row.specimen, spelled(taken)};
    auto found = read.find(key);
    if (found == read.end())
      found =
          read.emplace(std::move(key), context_of(desk, order, said, row.specimen, taken)).first;
    write_result(desk, row, order, found->second, taken);
  }
  carry_unused(desk, order, said.by_site);
  for (const SiteStatement& site : said.by_site) said.shared.statements.push_back(site.statement);
  order.said = std::make_shared<const ContextInput>(std::move(said.shared));
}

/// W7: the code map says what an order of this name watches.
void tag_monitoring(OrderWork& order) {
  const TargetCode* target = order.code.target;
  if (target == nullptr || !target->monitoring) return;
  order.report->tag("monitoring", target->code);
  for (const Row& row : order.rows)
    if (row.kind == RowKind::result) row.draft->tag("monitoring", target->code);
}

/// Each order of a message has a time of its own: the latest of all would make a correction of
/// another order look older than it is (T7).
void date_drafts(Desk& desk, const OrderWork& order, std::size_t first) {
  const std::optional<SourceTime> said = said_at(desk, *order.segments);
  for (std::size_t i = first; i < desk.drafts().size(); ++i) {
    Draft& draft = desk.drafts()[i];
    const auto& type = draft.key.type;
    if (type == "Observation" || type == "DiagnosticReport" || type == "ServiceRequest" ||
        type == "Specimen" || type == "Binary" || type == "DocumentReference")
      draft.source_time = said;
  }
}

void file_order(OrderWork& order) {
  FiledOrder filed{order.number, order.report, {}, *order.patient->segments->pid};
  for (const Row& row : order.rows)
    if (row.kind == RowKind::result && row.status != "entered-in-error")
      filed.results.push_back(row.draft);
  order.patient->filed.push_back(std::move(filed));
}

}  // namespace

Place first_said(Desk& desk, const OrderWork& order, std::uint16_t obr_field,
                 std::uint16_t orc_field) {
  FieldReader& fields = desk.fields();
  const OrderSegments& segments = *order.segments;
  if (segments.obr && fields.populated(Place{*segments.obr, obr_field}))
    return {*segments.obr, obr_field};
  for (const auto& orc : {segments.orc, segments.earlier_orc})
    if (orc && fields.populated(Place{*orc, orc_field})) return {*orc, orc_field};
  return {};
}

Collected collected(Desk& desk, const OrderWork& order, const Row& row) {
  FieldReader& fields = desk.fields();
  const auto& all = order.segments->specimens;
  const bool of_sole = row.kind == RowKind::context && all.size() == 1;
  if (row.specimen || of_sole) {
    const std::size_t index = row.specimen ? *row.specimen : all.front();
    const SpecimenSegments* specimen = order.patient->specimens[index].segments;
    if (specimen != nullptr && fields.populated(Place{specimen->spm, 17, 1, 1})) {
      const Place place{specimen->spm, 17, 1, 1};
      return {read_time(desk, place), place};
    }
  }
  if (order.segments->obr && fields.populated(Place{*order.segments->obr, 7})) {
    const Place place{*order.segments->obr, 7};
    return {read_time(desk, place), place};
  }
  const Place place{row.obx(), 14};
  return {read_time(desk, place), place};
}

std::optional<SourceTime> said_at(Desk& desk, const OrderSegments& segments) {
  const auto own = segments.obr ? source_time_at(desk, {*segments.obr, 22}) : std::nullopt;
  return own ? own : source_time_at(desk, {0, 7});
}

OrderWork named_order(Desk& desk, PatientWork& patient, const OrderSegments& segments) {
  OrderWork order;
  order.segments = &segments;
  order.patient = &patient;
  if (segments.obr) {
    order.code = resolve_code(desk, {*segments.obr, 4});
    order.sent_status = desk.fields().code_at(Place{*segments.obr, 25}.part(1)).text;
  }
  read_numbers(desk, order);
  return order;
}

void convert_order(Desk& desk, PatientWork& patient, const OrderSegments& segments) {
  OrderWork order = named_order(desk, patient, segments);
  const std::size_t first = desk.drafts().size();
  open_drafts(desk, order);
  for (const auto& segment : {segments.orc, segments.obr})
    if (segment) desk.owns(*segment, *order.request);
  prepare_specimens(desk, order);
  read_rows(desk, order);
  assign_specimens(desk, order);
  for (Row& row : order.rows)
    if (row.kind == RowKind::context) write_context_row(desk, row, order);
  write_results(desk, order);
  order.has_parent = has_parent(desk, segments);
  patient.orders.push_back(
      {&segments, order.code.key_code, order.request, order.report, order.has_parent});
  write_request(desk, order);
  write_report(desk, order);
  report_conflicts(desk, order);
  tag_monitoring(order);
  date_drafts(desk, order, first);
  if (patient.among_others && !order.number.empty()) file_order(order);
}

}  // namespace gateway::mapping
