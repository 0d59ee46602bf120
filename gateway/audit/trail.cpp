#include "gateway/audit/trail.hpp"

#include <algorithm>
#include <utility>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/meets.hpp"

namespace gateway::audit {
namespace {

using fhir::search::Criterion;
using fhir::search::DateMatch;
using fhir::search::Prefix;
using fhir::search::Query;
using fhir::search::ReferenceMatch;
using fhir::search::StringMatch;
using fhir::search::TokenMatch;

constexpr std::size_t verified_at_once = 1000;
constexpr std::int64_t hour = 3'600'000'000;

bool is_date(const Criterion& criterion) {
  const auto name = criterion.parameter->name;
  return name == "date" || name == "_lastUpdated";
}

/// `recorded` is an instant in UTC: a day that is searched is one of UTC, too.
std::pair<std::int64_t, std::int64_t> range_of(const DateMatch& match) {
  if (match.value.offset_minutes) return {match.value.instant_begin(), match.value.instant_end()};
  return {match.value.local_begin_seconds() * base::microseconds_a_second,
          match.value.local_end_seconds() * base::microseconds_a_second};
}

bool lies(std::int64_t at, const DateMatch& match) {
  const auto [begin, end] = range_of(match);
  switch (match.prefix) {
    case Prefix::eq:
    case Prefix::ap:
      return at >= begin && at < end;
    case Prefix::ne:
      return at < begin || at >= end;
    case Prefix::gt:
    case Prefix::sa:
      return at >= end;
    case Prefix::ge:
      return at >= begin;
    case Prefix::lt:
    case Prefix::eb:
      return at < begin;
    case Prefix::le:
      return at < end;
  }
  return false;
}

bool holds(const Criterion& criterion, const fhir::Version& event,
           const fhir::search::IndexRows& rows) {
  const auto any = [&](auto fits) {
    return std::any_of(criterion.any_of.begin(), criterion.any_of.end(), fits);
  };
  if (criterion.parameter->name == "_id")
    return any([&](const auto& match) {
      const auto* token = std::get_if<TokenMatch>(&match);
      return token != nullptr && token->code == event.key.id;
    });
  if (is_date(criterion))
    return any([&](const auto& match) {
      const auto* date = std::get_if<DateMatch>(&match);
      return date != nullptr && lies(event.last_updated.microseconds, *date);
    });
  return fhir::search::meets(criterion, rows);
}

bool all_hold(const std::vector<Criterion>& criteria, const fhir::Version& event) {
  if (criteria.empty()) return true;
  const auto body = fhir::JsonView::read(event.body);
  base::invariant(static_cast<bool>(body), "what we render is JSON");
  const auto rows = fhir::search::index_rows(event.key, *body, {});
  return std::all_of(criteria.begin(), criteria.end(),
                     [&](const Criterion& one) { return holds(one, event, rows); });
}

base::Error not_offered(std::string_view code, std::string what, std::string remedy) {
  return {base::ErrorKind::unsupported, std::string(code) + ' ' + std::move(what), "",
          std::move(remedy)};
}

/// Is it asked by a whole value, or of a text by its beginning?
bool is_plain(const Criterion& criterion) {
  if (criterion.negated || criterion.missing || !criterion.linked.empty()) return false;
  return std::all_of(criterion.any_of.begin(), criterion.any_of.end(), [](const auto& match) {
    if (const auto* token = std::get_if<TokenMatch>(&match)) return token->type_code.empty();
    if (const auto* text = std::get_if<StringMatch>(&match))
      return text->how == StringMatch::How::prefix;
    return std::holds_alternative<DateMatch>(match) ||
           std::holds_alternative<ReferenceMatch>(match);
  });
}

base::Result<void> check(const Query& query) {
  for (const Criterion& criterion : query.criteria) {
    const auto& parameter = *criterion.parameter;
    const bool is_its_own = parameter.type != "*" || parameter.name == "_id" || is_date(criterion);
    if (!is_its_own)
      return not_offered("search-bad-value", "this parameter is not offered on the audit trail",
                         "ask by date, patient, agent, entity, outcome, action, type, subtype, "
                         "address or _id");
    if (!is_plain(criterion))
      return not_offered("search-bad-modifier",
                         "modifiers and chains are not offered on the audit trail",
                         "ask by values: date, patient, agent, entity, outcome, action, type");
  }
  const bool by_time =
      query.sort.empty() || (query.sort.size() == 1 && query.sort.front().descending &&
                             (query.sort.front().parameter->name == "date" ||
                              query.sort.front().parameter->name == "_lastUpdated"));
  if (!by_time || !query.includes.empty())
    return not_offered("search-bad-value", "the audit trail comes newest first and alone",
                       "leave _sort, _include and _revinclude out");
  return {};
}

/// What the store looks through: all that can fit, and some beside it.
store::AuditAsk narrowed(const std::vector<Criterion>& criteria) {
  store::AuditAsk asked;
  for (const Criterion& criterion : criteria) {
    if (criterion.any_of.size() != 1) continue;
    if (const auto* patient = std::get_if<ReferenceMatch>(&criterion.any_of.front());
        patient != nullptr && criterion.parameter->name == "patient")
      asked.patient = patient->id;
    const auto* date = std::get_if<DateMatch>(&criterion.any_of.front());
    if (date == nullptr) continue;
    const auto [begin, end] = range_of(*date);
    const auto prefix = date->prefix;
    const bool from = prefix != Prefix::ne && prefix != Prefix::lt && prefix != Prefix::eb &&
                      prefix != Prefix::le;
    const bool until = prefix != Prefix::ne && prefix != Prefix::gt && prefix != Prefix::sa &&
                       prefix != Prefix::ge;
    if (from) asked.from.microseconds = std::max({asked.from.microseconds, begin, std::int64_t{0}});
    if (until) asked.until.microseconds = std::min(asked.until.microseconds, end + hour);
  }
  return asked;
}

}  // namespace

Trail::Trail(store::Store& store, const base::Clock& clock, Self self)
    : store_(store), clock_(clock), self_(std::move(self)) {}

base::Result<std::optional<fhir::Version>> Trail::find(const std::string& id,
                                                       const std::vector<Criterion>& scope) const {
  const auto wanted = read_event_id(id);
  if (!wanted) return std::optional<fhir::Version>();
  const auto records = store_.audited({.before = wanted->row + 1, .most = 1});
  if (!records) return records.error();
  if (records->empty() || records->front().number != wanted->row)
    return std::optional<fhir::Version>();
  for (auto& event : events_of(records->front(), self_))
    if (event.key.id == id && all_hold(scope, event)) return std::optional(std::move(event));
  return std::optional<fhir::Version>();
}

base::Result<Trail::Page> Trail::search(const Query& query, const std::vector<Criterion>& scope,
                                        const std::string& after) const {
  if (auto offered = check(query); !offered) return offered.error();
  auto criteria = query.criteria;
  criteria.insert(criteria.end(), scope.begin(), scope.end());
  auto asked = narrowed(criteria);
  asked.most = verified_at_once;
  const auto from = read_event_id(after);
  if (from) asked.before = from->row + 1;
  const bool counts = query.count_only || (query.total == fhir::search::Total::accurate && !from);
  Page page;
  std::int64_t total = 0;
  for (std::size_t seen = 0;;) {
    const auto records = store_.audited(asked);
    if (!records) return records.error();
    for (const auto& record : *records) {
      for (auto& event : events_of(record, self_)) {
        const auto id = read_event_id(event.key.id);
        if (from && id->row == from->row && id->part <= from->part) continue;
        if (!all_hold(criteria, event)) continue;
        ++total;
        if (query.count_only) continue;
        if (page.events.size() < query.count) {
          page.events.push_back(std::move(event));
        } else {
          page.after = page.events.back().key.id;
          if (!counts) return page;
        }
      }
    }
    if (records->size() < verified_at_once) break;
    asked.before = records->back().number;
    if ((seen += records->size()) >= most_looked_at)
      return not_offered("search-too-costly", "too many rows of the audit trail were looked at",
                         "add patient, or a narrower date");
  }
  if (counts) page.total = total;
  return page;
}

}  // namespace gateway::audit
