#include "gateway/mapping/context_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/rows.hpp"

namespace gateway::mapping {
namespace {

// A cycle has a handful of facts. What a hostile message says beyond these is kept as it is said,
// but each time of collection would weigh all of it again.
constexpr std::size_t most_statements = 256;
constexpr std::size_t most_text = 32 << 20;  // bytes, over all readings of an order

void limit(std::vector<ContextStatement>& statements) {
  if (statements.size() > most_statements)
    statements.erase(statements.begin() + most_statements, statements.end());
}

template <class T>
std::span<const T> first_of(const std::vector<T>& all) {
  return std::span(all).first(std::min(all.size(), most_statements));
}

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
void add_site_segments(Desk& desk, ContextInput& input, std::span<const SegmentIndex> segments,
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

/// The local day on which an order's row was taken, as far as SPM-17 or OBR-7 says it.
std::optional<std::int64_t> day_of(Desk& desk, const PatientWork& patient,
                                   const OrderSegments& order, const Row& row) {
  FieldReader& fields = desk.fields();
  Place place;
  if (order.obr && fields.populated(Place{*order.obr, 7})) place = {*order.obr, 7};
  if (row.specimen) {
    const SegmentIndex spm = patient.segments->specimens[*row.specimen].spm;
    if (fields.populated(Place{spm, 17, 1, 1})) place = {spm, 17, 1, 1};
  }
  if (place.field == 0) return std::nullopt;
  const auto time = read_time(desk, place).time;
  return time ? time->local_day() : std::nullopt;
}

/// C3: what the orders of a patient say in this message, by the local day of their material.
SaidByDay said_by_day(Desk& desk, const PatientWork& patient) {
  SaidByDay out;
  for (const OrderSegments& order : patient.segments->orders) {
    for (const ResultSegments& segments : order.rows) {
      const Row row = read_row(desk, segments, "", false);
      if (row.kind != RowKind::context) continue;
      const auto day = day_of(desk, patient, order, row);
      if (!day) continue;
      auto& groups = out[*day];
      if (groups.empty() || groups.back().order != &order) groups.push_back({&order, {}});
      auto& input = groups.back().said;
      if (input.statements.size() < most_statements)
        add_row(desk, input, row, Source::shared_same_day);
    }
  }
  return out;
}

/// C3, `share_context_same_day`: what other orders of this patient say in this message, where their
/// material was taken on the same local date.
void add_shared(Desk& desk, ContextInput& input, const OrderWork& order, const Collected& taken) {
  if (!taken.reading.time || !taken.reading.time->local_day() || taken.place.field == 14) return;
  auto& by_day = order.patient->said_by_day;
  if (!by_day) by_day = said_by_day(desk, *order.patient);
  const auto day = by_day->find(*taken.reading.time->local_day());
  if (day == by_day->end()) return;
  std::vector<ContextStatement> shared;
  for (const SaidThatDay& other : day->second) {
    if (other.order == order.segments) continue;
    if (shared.size() >= most_statements) break;
    shared.insert(shared.end(), other.said.statements.begin(), other.said.statements.end());
  }
  limit(shared);
  input.statements.insert(input.statements.end(), shared.begin(), shared.end());
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
void tag_statement(const OrderSaid& said, const Issue& issue) {
  const auto found = said.drafts.find(issue.where);
  if (found != said.drafts.end()) found->second->tag(fhir::canonical::issue_codes, issue.code);
}

void remember_statement(Desk& desk, OrderSaid& said, const Row& row) {
  if (row.kind == RowKind::context)
    said.drafts.emplace(desk.fields().address(Place{row.obx(), 5}), row.draft);
}

}  // namespace

OrderSaid said_by(Desk& desk, const OrderWork& order) {
  OrderSaid said;
  ContextInput& input = said.shared;
  for (const Row& row : order.rows) {
    remember_statement(desk, said, row);
    if (!row.of_specimen) {
      add_row(desk, input, row, Source::aoe_obx);
    } else if (row.specimen) {
      said.of_specimen[*row.specimen].push_back(&row);
    }
  }
  limit(input.statements);
  for (const Row* row : first_of(order.patient->stating)) {
    remember_statement(desk, said, *row);
    add_row(desk, input, *row, Source::patient_obx);
  }
  ContextInput site;
  for (const auto* segments :
       {&order.segments->site_segments, &order.patient->segments->site_segments})
    add_site_segments(desk, site, first_of(*segments), said.site_leaves);
  said.by_site = std::move(site.statements);
  if (order.segments->obr) {
    add_text(desk, input, *order.segments->obr, 13, Source::text_obr13);
    add_text(desk, input, *order.segments->obr, 39, Source::text_obr39);
  }
  for (const SegmentIndex note : order.segments->notes) {
    std::string text = text_of_note(desk, note);
    if (text.empty()) continue;
    input.texts.push_back({Source::text_nte, std::move(text), desk.fields().address(note, 3)});
  }
  input.several_specimens = order.specimens.size() > 1;
  input.male = order.patient->male;
  input.max_cycle_day = desk.profile().max_cycle_day;
  input.date_order = desk.profile().date_order;
  return said;
}

ScopedContext context_of(Desk& desk, const OrderWork& order, OrderSaid& said,
                         std::optional<std::size_t> specimen, const Collected& taken) {
  if (said.weighed > most_text) said.shared.texts.clear();
  for (const auto& text : said.shared.texts) said.weighed += text.text.size();
  ContextInput input = said.shared;
  if (const auto own = specimen ? said.of_specimen.find(*specimen) : said.of_specimen.end();
      own != said.of_specimen.end())
    for (const Row* row : first_of(own->second)) add_row(desk, input, *row, Source::specimen_obx);
  if (specimen && *specimen < order.patient->specimen_rows.size()) {
    for (const Row& row : first_of(order.patient->specimen_rows[*specimen])) {
      remember_statement(desk, said, row);
      add_row(desk, input, row, Source::specimen_obx);
    }
  }
  if (desk.profile().share_context_same_day) add_shared(desk, input, order, taken);
  input.statements.insert(input.statements.end(), said.by_site.begin(), said.by_site.end());
  if (taken.place.field != 14)  // C9: SPM-17 or OBR-7
    input.collected = local_time(desk.profile(), taken.reading.time);
  ScopedContext scoped{cycle_context(input), said.site_leaves};
  for (const Issue& issue : scoped.reading.issues) tag_statement(said, issue);
  return scoped;
}

}  // namespace gateway::mapping
