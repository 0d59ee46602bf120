#include "gateway/mapping/context_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <span>

#include "gateway/fhir/canonical.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

// NTE-3 `~CD 12` begins with an empty repetition: nobody repeats nothing, but many forget to escape
// the sign of doubt.
constexpr std::string_view doubt = "~";
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

void add_answer(Desk& desk, ContextInput& input, const Row& row, ContextStatement statement,
                const Place& value) {
  const TargetCode& target = *row.code.target;
  if (is_coded_type(row.type.text)) {
    const Concept said = read_concept(desk, value);
    statement.text = said.text.text;
    if (!said.codings.empty()) statement.code = said.codings.front().code.text;
    for (const Coding& coding : said.codings) {
      const AnswerRow* answer = desk.catalogue().answer(desk.profile(), target.code,
                                                        coding.system_name.text, coding.code.text);
      if (answer == nullptr) continue;
      statement.code = answer->target_code;
      break;
    }
    for (const Coding& coding : said.codings)
      for (const Text& other : {coding.code, coding.display})
        if (!other.empty()) statement.others.emplace_back(other.text);
    if (statement.text.empty()) statement.text = statement.code;
  } else {
    statement.text = plain_words(desk, row, value);
  }
  if (is_no_result(statement.text, desk.profile().no_result_words)) return;
  input.statements.push_back(std::move(statement));
}

/// OBX-5 `~21` begins with an empty repetition: the tilde of doubt that nobody escaped (C24).
void put_in_doubt(ContextInput& input, std::size_t first) {
  for (std::size_t i = first; i < input.statements.size(); ++i) {
    ContextStatement& statement = input.statements[i];
    statement.text.insert(0, doubt);
    statement.code.clear();
    statement.others.clear();
  }
}

/// What a context row says; a repeated OBX-5 says as many things (C14 weighs them).
void add_row(Desk& desk, ContextInput& input, const Row& row, Source source) {
  const TargetCode* target = row.code.target;
  if (row.kind != RowKind::context || target == nullptr || target->context_kind.empty()) return;
  const Place value{row.obx(), 5};
  FieldReader& fields = desk.fields();
  if (row.status == "entered-in-error" || row.status == "cancelled" || fields.at(value).null) {
    if (input.retracted.size() < most_statements)
      input.retracted.push_back({target->context_kind,
                                 row.draft != nullptr ? row.draft->reference() : std::string(),
                                 source});
    return;
  }
  if (!fields.populated(row.obx(), 5) || row.is_pending()) return;
  ContextStatement statement;
  statement.kind = target->context_kind;
  statement.source = source;
  statement.where = fields.address(row.obx(), 5);
  statement.evidence = row.draft != nullptr ? row.draft->reference() : statement.where;
  statement.unit = fields.code_at(Place{row.obx(), 6}.part(1)).text;
  if (statement.unit.empty() && row.code.map_row != nullptr)
    statement.unit = row.code.map_row->unit;
  if (statement.unit.empty()) statement.unit = unit_of_code(target);
  const std::size_t before = input.statements.size();
  const std::uint16_t count = fields.repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= count && input.statements.size() < most_statements; ++k)
    if (fields.populated(Place{row.obx(), 5, k}))
      add_answer(desk, input, row, statement, Place{row.obx(), 5, k});
  if (count > 1 && !fields.populated(Place{row.obx(), 5, 1})) put_in_doubt(input, before);
  if (input.statements.size() == before && input.retracted.size() < most_statements)
    input.retracted.push_back(
        {statement.kind, statement.evidence, source});  // "QNS" is no last period
}

/// OBR-13 or OBR-39 as one text, a line a repetition: these are clauses of their own (C24).
void add_text(Desk& desk, ContextInput& input, SegmentIndex segment, std::uint16_t field,
              Source source) {
  FieldReader& fields = desk.fields();
  const Text whole = fields.at(Place{segment, field, 0});
  if (whole.null || !whole.empty()) input.told.push_back(source);
  std::string text;
  if (is_one_text(desk, field)) {
    text = one_text(desk, Place{segment, field});
  } else {
    for (std::uint16_t k = 1; k <= fields.repetitions(segment, field); ++k) {
      const Text said = text_of_comment(fields, Place{segment, field, k});
      if (said.empty()) continue;
      if (!text.empty()) text += '\n';
      text += said.text;
    }
  }
  if (text.empty()) return;
  input.texts.push_back({source, std::move(text), fields.address(Place{segment, field, 0})});
}

/// The local days of the material that an order's row speaks of, as SPM-17, else OBR-7 says them.
std::set<std::int64_t> days_of(Desk& desk, const PatientWork& patient, const OrderSegments& order,
                               const Row& row) {
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
  if (row.specimen)
    add_specimen(*row.specimen);
  else
    for (const std::size_t specimen : order.specimens) add_specimen(specimen);
  if (!row.specimen && order.specimens.empty() && order.obr) add(Place{*order.obr, 7});
  return days;
}

/// C3: what the orders of a patient say in this message, by the local day of their material.
SaidByDay said_by_day(Desk& desk, const PatientWork& patient) {
  SaidByDay out;
  for (const OrderSegments& order : patient.segments->orders) {
    for (const ResultSegments& segments : order.rows) {
      const Row row = read_row(desk, segments, "", false);
      if (row.kind != RowKind::context) continue;
      for (const std::int64_t day : days_of(desk, patient, order, row)) {
        auto& groups = out[day];
        const bool begun = !groups.empty() && groups.back().order == &order &&
                           groups.back().specimen == row.specimen;
        if (!begun) groups.push_back({&order, row.specimen, {}});
        auto& input = groups.back().said;
        if (input.statements.size() < most_statements)
          add_row(desk, input, row, Source::shared_same_day);
      }
    }
  }
  return out;
}

/// C3, `share_context_same_day`: what other orders of this patient say in this message, where their
/// material was taken on the same local date.
void add_shared(Desk& desk, ContextInput& input, const OrderWork& order,
                std::optional<std::size_t> specimen, const Collected& taken) {
  if (!taken.reading.time || !taken.reading.time->local_day() || taken.place.field == 14) return;
  auto& by_day = order.patient->said_by_day;
  if (!by_day) by_day = said_by_day(desk, *order.patient);
  const auto day = by_day->find(*taken.reading.time->local_day());
  if (day == by_day->end()) return;
  std::vector<ContextStatement> shared;
  for (const SaidThatDay& other : day->second) {
    const bool own = !other.specimen || other.specimen == specimen;
    if (other.order == order.segments && own) continue;
    if (shared.size() >= most_statements) break;
    shared.insert(shared.end(), other.said.statements.begin(), other.said.statements.end());
  }
  limit(shared);
  input.statements.insert(input.statements.end(), shared.begin(), shared.end());
}

/// C9: nothing is counted from the time of a result, and a reader of the result must know why.
void say_uncounted(const ContextInput& input, CycleReading& reading) {
  constexpr std::string_view code = "collection-time-missing";
  if (reading.context.day || !reading.context.gestation_value.empty()) return;
  for (const ContextStatement& statement : input.statements)
    if (statement.kind == "lmp" || statement.kind == "edd")
      reading.issues.push_back({std::string(code), severity_of(code), statement.where, "",
                                "the time of the result is no collection date to count from"});
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
  input.language = &desk.catalogue().cycle_language();
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
  said.by_site = said_by_site(desk, order, input.retracted);
  said.unread = unread_segments(desk, order);
  if (order.segments->obr) {
    add_text(desk, input, *order.segments->obr, 13, Source::text_obr13);
    add_text(desk, input, *order.segments->obr, 39, Source::text_obr39);
  }
  for (const SegmentIndex note : order.segments->notes) {
    std::string text = text_of_note(desk, note);
    if (desk.fields().at({note, 3, 0}).null) input.told.push_back(Source::text_nte);
    if (text.empty()) continue;
    if (!desk.fields().populated(Place{note, 3, 1})) text.replace(0, 1, doubt);
    input.texts.push_back({Source::text_nte, std::move(text), desk.fields().address(note, 3)});
  }
  input.several_specimens = order.specimens.size() > 1;
  input.male = order.patient->male;
  input.female = order.patient->female;
  input.max_cycle_day = desk.profile().max_cycle_day;
  input.date_order = desk.profile().date_order;
  if (desk.profile().stamps_in_utc) input.zone = desk.profile().zone.get();
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
  if (desk.profile().share_context_same_day) add_shared(desk, input, order, specimen, taken);
  for (const SiteStatement& site : said.by_site) input.statements.push_back(site.statement);
  if (taken.place.field != 14)  // C9: SPM-17 or OBR-7
    input.collected = local_time(input.zone, taken.reading.time);
  ScopedContext scoped{cycle_context(input), {}, {}};
  for (const SiteStatement& site : said.by_site)
    if (rests_on(scoped.reading.context, site)) scoped.site_leaves.push_back(site.leaf);
  for (const Issue& unread : said.unread) scoped.reading.issues.push_back(unread);
  if (taken.place.field == 14 && taken.reading.time) say_uncounted(input, scoped.reading);
  for (const Issue& issue : scoped.reading.issues) tag_statement(said, issue);
  scoped.said = std::make_shared<const ContextInput>(std::move(input));
  return scoped;
}

}  // namespace gateway::mapping
