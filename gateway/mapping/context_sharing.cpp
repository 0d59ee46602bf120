#include "gateway/mapping/context_sharing.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "gateway/mapping/cycle_statement.hpp"
#include "gateway/mapping/cycle_text.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/site_segments.hpp"
#include "gateway/mapping/time_zone.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_texts = 16;  // of other orders

/// The local days of a specimen, or of all material of an order, as SPM-17, else OBR-7 says them.
std::set<std::int64_t> days_of(Desk& desk, const PatientWork& patient, const OrderSegments& order,
                               std::optional<std::size_t> of) {
  FieldReader& fields = desk.fields();
  std::set<std::int64_t> days;
  const auto add = [&](const Place& place) {
    const auto time = fields.populated(place) ? read_time(desk, place).time : std::nullopt;
    if (time && time->local_day()) days.insert(*time->local_day());
  };
  const auto add_specimen = [&](std::size_t specimen) {
    const Place place{patient.segments->specimens[specimen].spm, 17, 1, 1};
    add(fields.populated(place) || !order.obr ? place : Place{*order.obr, 7});
  };
  if (of)
    add_specimen(*of);
  else
    for (const std::size_t specimen : order.specimens) add_specimen(specimen);
  if (!of && order.specimens.empty() && order.obr) add(Place{*order.obr, 7});
  return days;
}

/// C7: what the order's own Z segments say. Their evidence is the segment itself: the order that it
/// is shared with may have one, too.
template <class Add>
void add_site(Desk& desk, const OrderSegments& order, const Add& add) {
  std::vector<Retraction> taken_back;
  for (SiteStatement& site : said_in(desk, order.site_segments, taken_back)) {
    site.statement.source = Source::shared_same_day;
    site.statement.evidence = site.statement.where;
    add(std::move(site.statement));
  }
}

/// A row of the same order goes before a Z segment (C4).
void add_unsaid(ContextInput& said, const ContextStatement& statement) {
  const bool is_said =
      std::any_of(said.statements.begin(), said.statements.end(), [&](const auto& other) {
        return other.kind == statement.kind && other.evidence.starts_with("OBX");
      });
  if (!is_said && said.statements.size() < most_statements) said.statements.push_back(statement);
}

/// C3: what the orders of a patient say in this message, by the local day of their material.
SaidByDay said_by_day(Desk& desk, const PatientWork& patient) {
  SaidByDay out;
  for (const OrderSegments& order : patient.segments->orders) {
    const auto group = [&](std::int64_t day, std::optional<std::size_t> specimen) -> auto& {
      auto& groups = out[day];
      const bool begun =
          !groups.empty() && groups.back().order == &order && groups.back().specimen == specimen;
      if (!begun) groups.push_back({&order, specimen, {}});
      return groups.back().said;
    };
    for (const ResultSegments& segments : order.rows) {
      const Row row = read_row(desk, segments, "", false);
      if (row.kind != RowKind::context) continue;
      for (const std::int64_t day : days_of(desk, patient, order, row.specimen))
        if (ContextInput& input = group(day, row.specimen);
            input.statements.size() < most_statements)
          add_row(desk, input, row, Source::shared_same_day);
    }
    add_site(desk, order, [&](ContextStatement statement) {
      for (const std::int64_t day : days_of(desk, patient, order, {}))
        add_unsaid(group(day, {}), statement);
    });
    ContextInput texts;
    add_texts(desk, texts, order);
    for (ContextText& text : texts.texts) text.source = Source::shared_same_day;
    if (texts.texts.empty()) continue;
    for (const std::int64_t day : days_of(desk, patient, order, {}))
      group(day, {}).texts = texts.texts;
  }
  return out;
}

/// Does a text of the order itself speak of what this kind of row would say?
bool is_filled_by(const CycleText& text, std::string_view kind) {
  if (kind == "cycle-day" || kind == "lmp")
    return text.day.spoken() || text.lmp.spoken() || text.lmp_imprecise;
  if (kind == "cycle-type") return text.type.spoken();
  if (kind == "cycle-phase") return text.phase.spoken();
  return !anchor_of_kind(kind).empty() && text.anchor.spoken();
}

/// Rows that say what the order's own texts say already; own rows of the kind are weighed (C14).
void leave_out_filled(std::vector<ContextStatement>& shared, const ContextInput& own,
                      const Collected& taken) {
  if (shared.empty() || own.texts.empty()) return;
  std::vector<CycleText> texts;
  const auto collected = local_time(own.zone, taken.reading.time);
  for (const ContextText& text : own.texts)
    texts.push_back(read_cycle_text(*own.language, text.text, own.date_order, collected));
  std::erase_if(shared, [&](const ContextStatement& statement) {
    const bool has_row = std::any_of(own.statements.begin(), own.statements.end(),
                                     [&](const auto& row) { return row.kind == statement.kind; });
    return !has_row && std::any_of(texts.begin(), texts.end(), [&](const CycleText& text) {
      return is_filled_by(text, statement.kind);
    });
  });
}

}  // namespace

void add_shared(Desk& desk, ContextInput& input, const OrderWork& order,
                std::optional<std::size_t> specimen, const Collected& taken) {
  if (!taken.reading.time || !taken.reading.time->local_day() || taken.place.field == 14) return;
  auto& by_day = order.patient->said_by_day;
  if (!by_day) by_day = said_by_day(desk, *order.patient);
  const auto day = by_day->find(*taken.reading.time->local_day());
  if (day == by_day->end()) return;
  std::vector<ContextStatement> shared;
  std::vector<ContextText> texts;
  for (const SaidThatDay& other : day->second) {
    const bool own = !other.specimen || other.specimen == specimen;
    if (other.order == order.segments && own) continue;
    if (shared.size() < most_statements)
      shared.insert(shared.end(), other.said.statements.begin(), other.said.statements.end());
    if (texts.size() < most_texts)
      texts.insert(texts.end(), other.said.texts.begin(), other.said.texts.end());
  }
  if (shared.size() > most_statements) shared.erase(shared.begin() + most_statements, shared.end());
  leave_out_filled(shared, input, taken);
  input.statements.insert(input.statements.end(), shared.begin(), shared.end());
  input.texts.insert(input.texts.end(), texts.begin(), texts.end());
}

}  // namespace gateway::mapping
