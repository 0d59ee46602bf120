#include "gateway/mapping/context_rows.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/context_extension.hpp"
#include "gateway/mapping/context_sharing.hpp"
#include "gateway/mapping/context_statements.hpp"
#include "gateway/mapping/rows.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_text = 32 << 20;  // bytes, over all readings of an order

template <class T>
std::span<const T> first_of(const std::vector<T>& all) {
  return std::span(all).first(std::min(all.size(), most_statements));
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
  if (input.statements.size() > most_statements)
    input.statements.erase(input.statements.begin() + most_statements, input.statements.end());
  for (const Row* row : first_of(order.patient->stating)) {
    remember_statement(desk, said, *row);
    add_row(desk, input, *row, Source::patient_obx);
  }
  said.by_site = said_by_site(desk, order, input.retracted);
  said.unread = unread_segments(desk, order);
  add_texts(desk, input, *order.segments);
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
  ScopedContext scoped{cycle_context(input), {}, {}, {}};
  for (const SiteStatement& site : said.by_site)
    if (rests_on(scoped.reading.context, site)) scoped.site_leaves.push_back(site.leaf);
  for (const Issue& unread : said.unread) scoped.reading.issues.push_back(unread);
  if (taken.place.field == 14 && taken.reading.time) say_uncounted(input, scoped.reading);
  for (const Issue& issue : scoped.reading.issues) tag_statement(said, issue);
  scoped.said = std::make_shared<const ContextInput>(std::move(input));
  scoped.written = written_context(scoped.reading.context);
  return scoped;
}

}  // namespace gateway::mapping
