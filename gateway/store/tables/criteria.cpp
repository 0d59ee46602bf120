#include "gateway/store/tables/criteria.hpp"

#include <algorithm>

#include "gateway/store/tables/criteria_class.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::Criterion;
using fhir::search::Kind;

/// Which criterion finds the fewest rows, by what it is about: the smallest leads.
int rank(Place place) {
  switch (place) {
    case Place::id:
      return 0;
    case Place::patient:
      return 1;
    case Place::patient_identifier:
      return 2;
    case Place::origin:
    case Place::rows:
    case Place::listed:
      return 3;
    case Place::code:
      return 4;
    case Place::cycle_day:
    case Place::cycle_offset:
      return 5;
    case Place::facet:
      return 6;
    case Place::date:
    case Place::value:
    case Place::last_updated:
      return 7;  // these have no index of their own
  }
  return 7;
}
constexpr int cannot_lead = 7;
constexpr int nothing_else_leads = -1;

/// `:text` and `:code-text`: bodies say it.
bool is_of_words(const Criterion& criterion) {
  const auto kind = criterion.parameter->kind;
  return (kind == Kind::token || kind == Kind::reference) && !criterion.any_of.empty() &&
         std::holds_alternative<fhir::search::StringMatch>(criterion.any_of.front());
}

base::Error words_not_served(const Criterion& criterion) {
  const std::string name(criterion.parameter->name);
  return {
      base::ErrorKind::unsupported,
      "search-bad-value " + name + " by words or beginnings is not served by this store's engine",
      "http." + name, "name the code itself"};
}

/// What is not there is in no index, nor is what refers here but the patient's own rows.
bool has_no_index(const Criterion& criterion) {
  return is_of_words(criterion) || criterion.negated || criterion.missing.has_value() ||
         !criterion.alternatives.empty() ||
         (criterion.backwards && criterion.parameter->name != "patient");
}

}  // namespace

Criteria::Criteria(ReadingConnection& reading, const Search& search, std::int64_t as_of,
                   base::Instant now, Within within)
    : reading_(reading),
      db_(*reading.connection),
      type_(search.query->type),
      as_of_(as_of),
      now_(now),
      within_(std::move(within)),
      is_in_passing_(search.looks_at != 0 && within_.leads.empty()),
      alias_(within_.alias),
      leading_(within_.leads.empty() ? cannot_lead : nothing_else_leads) {
  for (const auto& criterion : search.query->criteria) all_.push_back(&criterion);
  for (const auto& criterion : search.scope) all_.push_back(&criterion);
  if (leading_ == nothing_else_leads) return;
  std::stable_partition(all_.begin(), all_.end(), [this](const Criterion* criterion) {
    return place(*criterion) != Place::listed;  // whether these may lead is asked last
  });
  for (const auto* criterion : all_) leading_ = std::min(leading_, rank_of(*criterion));
}

int Criteria::rank_of(const Criterion& criterion) {
  const auto& parameter = *criterion.parameter;
  // Pairs follow their left parts.
  if (has_no_index(criterion) || parameter.kind == Kind::composite) return cannot_lead;
  if (!parameter.either.empty()) {  // each of them is looked up, so that each needs its index
    int last = 0;
    for (const auto* one : fhir::search::united(parameter))
      last = std::max(last, rank(place_of(type_, one->name)));
    return last;
  }
  // Looking them all up would take longer than finding some in passing.
  if (place(criterion) == Place::listed && !criterion.linked.empty() &&
      leading_ > rank(Place::listed) && are_many(criterion.linked.front()))
    return cannot_lead;
  return rank(place(criterion));
}

bool Criteria::leads(const Criterion& criterion) const {
  return bare_ || (!has_no_index(criterion) && rank(place(criterion)) == leading_);
}

/// "column", or "+column" where another criterion leads.
std::string Criteria::column(const Criterion& criterion, std::string_view name) const {
  return (leads(criterion) ? "" : "+") + own(name);
}

/// With plus signs: SQLite would see whether the commit that is bound makes an index of what ended
/// useful, and so plan the search anew each time that it runs.
Sql Criteria::visible(std::string_view alias) const {
  const std::string a(alias);
  return Sql(a)
      .add("started <= ? AND (+", as_of_)
      .add(a)
      .add("ended = 0 OR +")
      .add(a)
      .add("ended > ?)", as_of_);
}

/// The same of rows that are counted as they stand now: what ended is looked up in its own small
/// index, so that the index that leads is all that is read of what is counted.
Sql Criteria::standing_now() const {
  return Sql(own("row"))
      .add(" NOT IN (SELECT x.row FROM ")
      .add(table_of(type_))
      .add(" AS x WHERE x.ended > 0)");
}

/// Nothing but one criterion, of terms that lead: their index holds all that it asks.
bool Criteria::is_told_by_index() const {
  if (all_.size() != 1 || leading_ == cannot_lead) return false;
  const auto& only = *all_.front();
  const auto where = place(only);
  return (where == Place::code || where == Place::facet) && only.linked.empty() &&
         only.parameter->either.empty() && leads(only);
}

/// Where much was superseded lately, looking at each row is as quick.
bool Criteria::little_ended() {
  constexpr std::int64_t few = 1000;
  const Sql sql = Sql("SELECT count(*) FROM (SELECT 1 FROM ")
                      .add(table_of(type_))
                      .add(" WHERE ended > 0 LIMIT ?) AS x", few + 1);
  Query query(db_, sql.text, sql.values);
  return query.row() && query.integer(0) <= few;
}

void Criteria::count_as_it_stands() {
  is_as_it_stands_ = is_told_by_index() && little_ended();
}

Sql Criteria::type_facets() const {
  return Sql(leading_ == cannot_lead ? own("facet") : "+" + own("facet"))
      .add(
          " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = "
          "?))",
          type_ + "." + std::string(type_marker));
}

/// The column with an ordered index that leads, "" if none does. Offsets are rarer than days.
std::string_view Criteria::ordered_column() {
  std::string_view leads;
  for (const auto* criterion : all_) {
    if (!criterion->parameter->either.empty()) continue;
    const Place its = place(*criterion);
    if (table_of(type_) != "result" || leading_ != rank(Place::cycle_day) ||
        rank(its) != leading_ || has_no_index(*criterion))
      continue;
    if (has_rows(*criterion, "number")) return {};  // then some matches lie elsewhere
    if (leads != "cycle_offset") leads = its == Place::cycle_day ? "cycle_day" : "cycle_offset";
  }
  return leads;
}

/// All of a type, whatever it asks of them, is not; nor is what looks through all of another.
bool Criteria::is_bounded() const {
  return leading_ != cannot_lead && links_are_bounded_;
}

base::Result<Sql> Criteria::where() {
  Sql sql{table_of(type_)};
  sql.add(" AS ").add(alias_);
  // Said, not left to the planner: for a range with one end it takes all results rather than those
  // with a number.
  const auto leads = ordered_column();
  if (is_in_passing_)
    sql.add(" NOT INDEXED WHERE ");
  else if (leads.empty())
    sql.add(" WHERE ");
  else
    sql.add(" INDEXED BY result_by_")
        .add(leads)
        .add(" WHERE ")
        .add(own(leads))
        .add(" IS NOT NULL AND ");
  if (!within_.leads.empty()) sql.add(within_.leads).add(" AND ");
  sql.add(is_as_it_stands_ ? standing_now() : visible(own("")));
  // The facets of a type lead where nothing else can; entries of all types share one table.
  if (leading_ == cannot_lead || table_of(type_) == "entry") sql.add(" AND ").add(type_facets());
  for (const auto* criterion : all_) {
    const auto one = condition(*criterion);
    if (!one) return one.error();
    sql.add(" AND ").add(*one);
  }
  return sql;
}

/// All criteria of any of them.
base::Result<Sql> Criteria::alternatives(const Criterion& criterion) {
  Sql sql("(");
  for (std::size_t i = 0; i < criterion.alternatives.size(); ++i) {
    sql.add(i == 0 ? "(TRUE" : " OR (TRUE");
    for (const Criterion& inner : criterion.alternatives[i].criteria) {
      const auto one = condition(inner);
      if (!one) return one.error();
      sql.add(" AND ").add(*one);
    }
    sql.add(")");
  }
  return sql.add(")");
}

base::Result<Sql> Criteria::condition(const Criterion& criterion) {
  if (!criterion.alternatives.empty()) return alternatives(criterion);
  if (criterion.missing) return absence(criterion);
  if (!criterion.linked.empty()) return criterion.backwards ? has(criterion) : chain(criterion);
  auto holds = presence(criterion);
  if (!holds || !criterion.negated) return holds;
  // What has no such value is none of these either.
  return Sql("(").add(*holds).add(") IS NOT TRUE");
}

base::Result<Sql> Criteria::presence(const Criterion& criterion) {
  if (is_of_words(criterion)) {
    if (!db_.asks_bodies_for_words()) return words_not_served(criterion);
    return words(criterion);
  }
  if (!criterion.parameter->either.empty()) return any_of(criterion, false);
  if (criterion.parameter->kind == Kind::composite)
    return criterion.parameter->elements.empty() ? pairs(criterion) : indexed_pairs(criterion);
  const Place where = place(criterion);
  if (where == Place::rows) return rows(criterion);
  if (where == Place::listed) return listed_values(criterion);
  if (where == Place::origin) return by_value(criterion, "origin");
  const Sql sql = in_column(criterion, where);
  if (sql.empty()) return not_served(criterion);
  return sql;
}

Sql Criteria::in_column(const Criterion& criterion, Place where) {
  switch (where) {
    case Place::code:
      return terms(criterion, "code");
    case Place::facet:
      return terms(criterion, "facet");
    case Place::patient:
      return patients(criterion);
    case Place::patient_identifier:
      return patient_identifiers(criterion);
    case Place::id:
      return ids(criterion);
    case Place::cycle_day:
      return numbers(criterion, "cycle_day");
    case Place::cycle_offset:
      return numbers(criterion, "cycle_offset");
    case Place::date:
      return dates(criterion);
    case Place::value:
      return quantities(criterion);
    case Place::last_updated:
      return commits(criterion);
    case Place::rows:
    case Place::listed:
    case Place::origin:
      break;
  }
  return {};
}

base::Error not_served(const fhir::search::Criterion& criterion) {
  const std::string name(criterion.parameter->name);
  return {base::ErrorKind::unsupported,
          "search-bad-value this form of " + name + " is not served",
          "http." + name,
          {}};
}

base::Result<Found> found_by(ReadingConnection& reading, const Search& search, std::int64_t as_of,
                             base::Instant now, bool is_latest) {
  Criteria criteria(reading, search, as_of, now);
  if (is_latest && search.query->count_only) criteria.count_as_it_stands();
  auto where = criteria.where();
  if (!where) return where.error();
  return Found{*std::move(where), criteria.is_bounded()};
}

base::Error too_costly(const fhir::search::Query& query) {
  std::string names;
  for (const char* name : {"patient", "identifier", "code", "category", "name", "status"})
    if (fhir::search::find_parameter(query.type, name) != nullptr)
      names.append(names.empty() ? "" : ", ").append(name);
  const auto name =
      query.criteria.empty() ? "_sort" : std::string(query.criteria.front().parameter->name);
  return {base::ErrorKind::unsupported,
          "search-too-costly no index bounds this search, and it would look through too much",
          "http." + name, "add one of: " + names};
}

base::Error took_too_long() {
  return {base::ErrorKind::unavailable, "timeout this search takes longer than ten seconds", "",
          "ask for less: without _total and _sort, or with further criteria"};
}

}  // namespace gateway::store::tables
