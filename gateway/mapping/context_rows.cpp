#include "gateway/mapping/context_rows.hpp"

#include <cstdlib>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/rows.hpp"

namespace gateway::mapping {
namespace {

void add_row(Desk& desk, ContextInput& input, const Row& row, Source source) {
  const TargetCode* target = row.code.target;
  if (row.kind != RowKind::context || target == nullptr || target->context_kind.empty()) return;
  if (row.status == "entered-in-error" || row.status == "cancelled") return;
  const Place value{row.obx(), 5};
  FieldReader& fields = desk.fields();
  if (!fields.populated(row.obx(), 5)) return;
  ContextStatement statement;
  statement.kind = target->context_kind;
  statement.source = source;
  statement.where = fields.address(row.obx(), 5);
  statement.evidence = row.draft != nullptr ? row.draft->reference() : statement.where;
  statement.unit = fields.code_at(Place{row.obx(), 6}.part(1)).text;
  const std::string_view type = row.type.text;
  if (type == "CWE" || type == "CE" || type == "CNE" || type == "CF" || type == "IS") {
    const Concept said = read_concept(desk, value);
    statement.text = said.text.text;
    if (!said.codings.empty()) statement.code = said.codings.front().code.text;
    for (const Coding& coding : said.codings) {
      const AnswerRow* answer = desk.catalogue().answer(desk.profile(), target->code,
                                                        coding.system_name.text, coding.code.text);
      if (answer == nullptr) continue;
      statement.code = answer->target_code;
      break;
    }
    if (statement.text.empty()) statement.text = statement.code;
  } else {
    statement.text = fields.at(value).text;
  }
  input.statements.push_back(std::move(statement));
}

/// Z segments that the profile knows: field → kind, with the field's own code map (C7).
void add_site_segments(Desk& desk, ContextInput& input, const std::vector<SegmentIndex>& segments,
                       std::vector<Text>& leaves) {
  FieldReader& fields = desk.fields();
  for (const SegmentIndex segment : segments) {
    const std::string prefix = std::string(fields.name(segment)) + "-";
    for (const auto& [place, kind] : desk.profile().z_fields) {
      if (!place.starts_with(prefix)) continue;
      const auto field = static_cast<std::uint16_t>(std::atoi(place.c_str() + prefix.size()));
      const Text said = fields.code_at(Place{segment, field});
      if (said.empty()) continue;
      ContextStatement statement;
      statement.kind = kind;
      statement.source = Source::z_segment;
      statement.text = said.text;
      const auto map = desk.profile().z_codes.find(place);
      if (map != desk.profile().z_codes.end()) {
        const auto meant = map->second.find(std::string(said.text));
        if (meant != map->second.end()) statement.code = meant->second;
      }
      statement.evidence = place;
      statement.where = fields.address(segment, field);
      input.statements.push_back(std::move(statement));
      leaves.push_back(said);
    }
  }
}

void add_text(Desk& desk, ContextInput& input, SegmentIndex segment, std::uint16_t field,
              Source source) {
  const Text said = desk.fields().at(Place{segment, field, 0});
  if (said.empty()) return;
  input.texts.push_back(
      {source, std::string(said.text), desk.fields().address(Place{segment, field, 0})});
}

/// C3, `share_context_same_day`: what other orders of this patient say in this message, where their
/// material was taken on the same local date.
void add_shared(Desk& desk, ContextInput& input, const OrderWork& order, const Collected& taken) {
  if (!taken.reading.time || !taken.reading.time->local_day() || taken.place.field == 14) return;
  for (const OrderSegments& other : order.patient->segments->orders) {
    if (&other == order.segments) continue;
    for (const ResultSegments& segments : other.rows) {
      const Row row = read_row(desk, segments, "", false);
      if (row.kind != RowKind::context) continue;
      Place place{row.obx(), 14};
      if (other.obr && desk.fields().populated(Place{*other.obr, 7})) place = {*other.obr, 7};
      if (row.specimen) {
        const SegmentIndex spm = order.patient->segments->specimens[*row.specimen].spm;
        if (desk.fields().populated(Place{spm, 17, 1, 1})) place = {spm, 17, 1, 1};
      }
      const auto time = read_time(desk, place).time;
      if (place.field == 14 || !time || time->local_day() != taken.reading.time->local_day())
        continue;
      add_row(desk, input, row, Source::shared_same_day);
    }
  }
}

/// C9: for a sender that writes UTC for everything the day is counted in its zone, and only there.
std::optional<base::PartialTime> local_time(const SenderProfile& profile,
                                            const std::optional<base::PartialTime>& said) {
  if (!said || !profile.stamps_in_utc || profile.zone == nullptr || !said->offset_minutes)
    return said;
  const std::int64_t utc = said->local_begin_seconds() - *said->offset_minutes * 60;
  const std::int64_t local = utc + profile.zone->offset_at(utc);
  return base::parse_fhir_time(base::to_text(base::Instant{local * 1'000'000}));
}

/// W1: the statement that an issue is about bears its tag too.
void tag_statement(Desk& desk, const std::vector<Row>& rows, const Issue& issue) {
  for (const Row& row : rows) {
    if (row.kind == RowKind::context && desk.fields().address(Place{row.obx(), 5}) == issue.where)
      row.draft->tag(fhir::canonical::issue_codes, issue.code);
  }
}

}  // namespace

ScopedContext context_of(Desk& desk, const OrderWork& order, std::optional<std::size_t> specimen,
                         const Collected& taken) {
  ScopedContext scoped;
  ContextInput input;
  for (const Row& row : order.rows)
    if (!row.of_specimen) add_row(desk, input, row, Source::aoe_obx);
  for (const Row& row : order.patient->rows) add_row(desk, input, row, Source::patient_obx);
  for (const Row& row : order.rows)
    if (row.of_specimen && row.specimen == specimen)
      add_row(desk, input, row, Source::specimen_obx);
  if (specimen && *specimen < order.patient->specimen_rows.size()) {
    for (const Row& row : order.patient->specimen_rows[*specimen])
      add_row(desk, input, row, Source::specimen_obx);
  }
  if (desk.profile().share_context_same_day) add_shared(desk, input, order, taken);
  add_site_segments(desk, input, order.segments->site_segments, scoped.site_leaves);
  add_site_segments(desk, input, order.patient->segments->site_segments, scoped.site_leaves);
  if (order.segments->obr) {
    add_text(desk, input, *order.segments->obr, 13, Source::text_obr13);
    add_text(desk, input, *order.segments->obr, 39, Source::text_obr39);
  }
  for (const SegmentIndex note : order.segments->notes) {
    std::string text = text_of_note(desk, note);
    if (text.empty()) continue;
    input.texts.push_back({Source::text_nte, std::move(text), desk.fields().address(note, 3)});
  }
  if (taken.place.field != 14)  // C9: SPM-17 or OBR-7
    input.collected = local_time(desk.profile(), taken.reading.time);
  input.several_specimens = order.specimens.size() > 1;
  input.male = order.patient->male;
  input.max_cycle_day = desk.profile().max_cycle_day;
  input.date_order = desk.profile().date_order;
  scoped.reading = cycle_context(input);
  for (const Issue& issue : scoped.reading.issues) {
    tag_statement(desk, order.rows, issue);
    tag_statement(desk, order.patient->rows, issue);
    if (specimen && *specimen < order.patient->specimen_rows.size())
      tag_statement(desk, order.patient->specimen_rows[*specimen], issue);
  }
  return scoped;
}

}  // namespace gateway::mapping
