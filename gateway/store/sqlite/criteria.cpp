#include "gateway/store/sqlite/criteria.hpp"

#include <algorithm>

#include "gateway/store/sqlite/columns.hpp"
#include "gateway/store/sqlite/conditions.hpp"
#include "gateway/store/sqlite/keys.hpp"

namespace gateway::store::sqlite {
namespace {

using fhir::search::Criterion;
using fhir::search::DateMatch;
using fhir::search::Kind;
using fhir::search::Match;
using fhir::search::NumberMatch;
using fhir::search::PairMatch;
using fhir::search::QuantityMatch;
using fhir::search::ReferenceMatch;
using fhir::search::StringMatch;
using fhir::search::TokenMatch;

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

/// Does any result have several numbers of a parameter, which then lie by themselves?
constexpr std::string_view any_number =
    "SELECT 1 FROM number WHERE parameter = (SELECT number FROM name WHERE text = ?) LIMIT 1";

class Criteria {
 public:
  Criteria(Connection& db, const Search& search, std::int64_t as_of, base::Instant now)
      : db_(db), type_(search.query->type), as_of_(as_of), now_(now) {
    for (const auto& criterion : search.query->criteria) all_.push_back(&criterion);
    for (const auto& criterion : search.scope) all_.push_back(&criterion);
    for (const auto* criterion : all_)  // pairs follow their parts
      if (criterion->parameter->kind != Kind::composite)
        leading_ = std::min(leading_, rank(place(*criterion)));
  }

  base::Result<Sql> where();

 private:
  Place place(const Criterion& criterion) const {
    return place_of(type_, criterion.parameter->name);
  }
  std::string full_name(const Criterion& criterion) const {
    return std::string(owner_of(type_, place(criterion))) + "." +
           std::string(criterion.parameter->name);
  }
  /// "column", or "+column" where another criterion leads.
  std::string column(const Criterion& criterion, std::string_view name) const {
    return (rank(place(criterion)) == leading_ ? "r." : "+r.") + std::string(name);
  }
  /// Is a unit asked for that no value has, while values have others of its system? Nothing would
  /// be found, and what lies there in another unit be taken for absent.
  bool is_foreign(const QuantityMatch& match) {
    if (!match.system || match.system->empty() || !match.code) return false;
    return !integer_of(db_, "SELECT 1 FROM unit WHERE system = ? AND code = ? LIMIT 1",
                       *match.system, *match.code) &&
           integer_of(db_, "SELECT 1 FROM unit WHERE system = ? LIMIT 1", *match.system);
  }
  bool has_generic(const Criterion& criterion, std::string_view sql) {
    return integer_of(db_, sql, full_name(criterion)).has_value();
  }
  std::string_view ordered_column();
  Sql visible(std::string_view alias) const;
  Sql type_facets() const;
  base::Result<Sql> condition(const Criterion& criterion);
  Sql in_generic(const Criterion& criterion, std::string_view table, const Sql& values);
  Sql terms(const Criterion& criterion, std::string_view column_name);
  base::Result<Sql> pairs(const Criterion& criterion);
  base::Result<Sql> by_value(const Criterion& criterion, std::string_view column_name);
  Sql patients(const Criterion& criterion);
  Sql patient_identifiers(const Criterion& criterion);
  Sql ids(const Criterion& criterion);
  static Sql tokens_of(const std::vector<Match>& matches, bool& understood);
  base::Result<Sql> generic(const Criterion& criterion);

  Connection& db_;
  const std::string type_;
  const std::int64_t as_of_;
  const base::Instant now_;
  std::vector<const Criterion*> all_;
  int leading_ = cannot_lead;
};

/// Any of them: condition OR condition …
template <class M, class Condition>
Sql any(const std::vector<Match>& matches, bool& understood, Condition condition) {
  Sql sql("(");
  bool first = true;
  for (const Match& match : matches) {
    const auto* wanted = std::get_if<M>(&match);
    if (wanted == nullptr) {
      understood = false;
      continue;
    }
    if (!first) sql.add(" OR ");
    sql.add(condition(*wanted));
    first = false;
  }
  if (first) sql.add("0");
  return sql.add(")");
}

base::Error not_served(const Criterion& criterion) {
  const std::string name(criterion.parameter->name);
  return {base::ErrorKind::unsupported,
          "search-bad-value this form of " + name + " is not served",
          "http." + name,
          {}};
}

base::Error unit_unknown(const Criterion& criterion) {
  const std::string name(criterion.parameter->name);
  return {base::ErrorKind::unsupported,
          "search-unit-unknown no value is kept in the unit of " + name +
              ", and units are not converted yet",
          "http." + name, "ask in the unit the laboratory sends, or leave the unit out"};
}

Sql Criteria::visible(std::string_view alias) const {
  const std::string a(alias);
  return Sql(a)
      .add("started <= ? AND (", as_of_)
      .add(a)
      .add("ended = 0 OR ")
      .add(a)
      .add("ended > ?)", as_of_);
}

Sql Criteria::type_facets() const {
  return Sql(leading_ == cannot_lead ? "r.facet" : "+r.facet")
      .add(
          " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = "
          "?))",
          type_ + "." + std::string(type_marker));
}

/// The column with an ordered index that leads, "" if none does. Offsets are rarer than days.
std::string_view Criteria::ordered_column() {
  std::string_view leads;
  for (const auto* criterion : all_) {
    const Place its = place(*criterion);
    if (table_of(type_) != "result" || leading_ != rank(Place::cycle_day) || rank(its) != leading_)
      continue;
    if (has_generic(*criterion, any_number)) return {};  // then some matches lie elsewhere
    if (leads != "cycle_offset") leads = its == Place::cycle_day ? "cycle_day" : "cycle_offset";
  }
  return leads;
}

base::Result<Sql> Criteria::where() {
  Sql sql{table_of(type_)};
  sql.add(" AS r");
  // Said, not left to the planner: for a range with one end it takes all results rather than those
  // with a number.
  const auto leads = ordered_column();
  if (leads.empty())
    sql.add(" WHERE ");
  else
    sql.add(" INDEXED BY result_by_")
        .add(leads)
        .add(" WHERE r.")
        .add(leads)
        .add(" IS NOT NULL AND ");
  sql.add(visible("r."));
  // The facets of a type lead where nothing else can; entries of all types share one table.
  if (leading_ == cannot_lead || table_of(type_) == "entry") sql.add(" AND ").add(type_facets());
  for (const auto* criterion : all_) {
    const auto one = condition(*criterion);
    if (!one) return one.error();
    sql.add(" AND ").add(*one);
  }
  return sql;
}

base::Result<Sql> Criteria::condition(const Criterion& criterion) {
  const auto& matches = criterion.any_of;
  if (criterion.parameter->kind == Kind::composite) return pairs(criterion);
  for (const Match& match : matches)
    if (const auto* quantity = std::get_if<QuantityMatch>(&match);
        quantity != nullptr && is_foreign(*quantity))
      return unit_unknown(criterion);
  bool understood = true;
  const auto numbers = [&](std::string_view name) {
    const auto wide = column(criterion, name);
    Sql sql =
        any<NumberMatch>(matches, understood, [&](auto& m) { return number_condition(wide, m); });
    if (!has_generic(criterion, any_number)) return sql;
    bool again = true;
    return Sql("(")
        .add(sql)
        .add(" OR ")
        .add(in_generic(
            criterion, "number",
            any<NumberMatch>(matches, again, [](auto& m) { return number_condition("value", m); })))
        .add(")");
  };
  const auto dates = [&] {
    return any<DateMatch>(matches, understood, [&](auto& m) { return date_condition(m, now_); });
  };
  const auto quantities = [&] {
    return any<QuantityMatch>(matches, understood, [](auto& m) { return quantity_condition(m); });
  };
  const auto or_generic = [&](Sql sql, std::string_view probe, std::string_view table) {
    if (!has_generic(criterion, probe)) return sql;
    return Sql("(").add(sql).add(" OR ").add(in_generic(criterion, table, sql)).add(")");
  };
  Sql sql;
  switch (place(criterion)) {
    case Place::rows:
      return generic(criterion);
    case Place::code:
      sql = terms(criterion, "code");
      break;
    case Place::facet:
      sql = terms(criterion, "facet");
      break;
    case Place::origin:
      return by_value(criterion, "origin");
      break;
    case Place::patient:
      sql = patients(criterion);
      break;
    case Place::patient_identifier:
      sql = patient_identifiers(criterion);
      break;
    case Place::id:
      sql = ids(criterion);
      break;
    case Place::cycle_day:
      sql = numbers("cycle_day");
      break;
    case Place::cycle_offset:
      sql = numbers("cycle_offset");
      break;
    case Place::date:
      sql = or_generic(
          dates(),
          "SELECT 1 FROM date WHERE parameter = (SELECT number FROM name WHERE text = ?) LIMIT 1",
          "date");
      break;
    case Place::value:
      sql = or_generic(quantities(),
                       "SELECT 1 FROM quantity WHERE parameter = (SELECT number FROM name WHERE "
                       "text = ?) LIMIT 1",
                       "quantity");
      break;
    case Place::last_updated:
      sql = any<DateMatch>(matches, understood,
                           [](auto& m) { return instant_condition("r.started", m); });
      break;
  }
  if (sql.empty() || !understood) return not_served(criterion);
  return sql;
}

Sql Criteria::in_generic(const Criterion& criterion, std::string_view table, const Sql& values) {
  return Sql(column(criterion, "row"))
      .add(" IN (SELECT row FROM ")
      .add(table)
      .add(" WHERE parameter = (SELECT number FROM name WHERE text = ?) AND ", full_name(criterion))
      .add(values)
      .add(")");
}

Sql Criteria::terms(const Criterion& criterion, std::string_view column_name) {
  bool understood = true;
  const Sql matches = any<TokenMatch>(criterion.any_of, understood, token_condition);
  if (!understood) return {};
  return Sql(column(criterion, column_name))
      .add(
          " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = ?) "
          "AND ",
          full_name(criterion))
      .add(matches)
      .add(")");
}

/// Any of them: token and number of one result.
base::Result<Sql> Criteria::pairs(const Criterion& criterion) {
  const auto* token = fhir::search::find_parameter(type_, criterion.parameter->token);
  const auto* number = fhir::search::find_parameter(type_, criterion.parameter->number);
  Sql sql("(0");
  for (const Match& match : criterion.any_of) {
    const auto* pair = std::get_if<PairMatch>(&match);
    if (pair == nullptr) return not_served(criterion);
    const auto left = condition(Criterion{token, {Match(pair->token)}});
    if (!left) return left.error();
    const auto right = condition(Criterion{number, {Match(pair->number)}});
    if (!right) return right.error();
    sql.add(" OR (").add(*left).add(" AND ").add(*right).add(")");
  }
  return sql.add(")");
}

/// Tokens kept by their value, `row` being what `column_name` of the wide row says. Those of a
/// system, whatever their code, are found by the facets, which name the systems.
base::Result<Sql> Criteria::by_value(const Criterion& criterion, std::string_view column_name) {
  bool understood = true;
  bool any_code = false;
  auto values = criterion.any_of;
  for (Match& match : values) {  // a reference is kept as a token of its type
    if (const auto* reference = std::get_if<ReferenceMatch>(&match))
      match = TokenMatch{reference->type.empty() ? std::nullopt : std::optional(reference->type),
                         turned(reference->id)};
    const auto* token = std::get_if<TokenMatch>(&match);
    any_code = any_code || (token != nullptr && !token->code);
  }
  Sql sql;
  if (any_code) {
    if (values.size() > 1) return not_served(criterion);  // a system beside another value
    sql.add(column(criterion, "facet"))
        .add(
            " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = "
            "?) AND code = '' AND ",
            full_name(criterion))
        .add(any<TokenMatch>(values, understood,
                             [](const TokenMatch& match) {
                               return Sql("system = ").add("?", match.system.value_or(""));
                             }))
        .add(")");
  } else {
    sql.add(column(criterion, column_name))
        .add(
            " IN (SELECT row FROM token WHERE parameter = (SELECT number FROM name WHERE text = ?)"
            " AND ",
            full_name(criterion))
        .add(tokens_of(values, understood))
        .add(")");
  }
  if (!understood) return not_served(criterion);
  return sql;
}

Sql Criteria::patients(const Criterion& criterion) {
  Sql own(column(criterion, "patient"));
  own.add(" IN (SELECT number FROM patient WHERE id IN (");
  Sql others("(");
  bool any_own = false, first = true;
  for (const Match& match : criterion.any_of) {
    const auto* reference = std::get_if<ReferenceMatch>(&match);
    if (reference == nullptr) return {};
    if (reference->type.empty() || reference->type == "Patient") {
      own.add(any_own ? ", ?" : "?", reference->id);
      any_own = true;
    }
    others.add(first ? "(id = ?" : " OR (id = ?", reference->id);
    if (!reference->type.empty())
      others.add(" AND type = (SELECT number FROM name WHERE text = ?)", reference->type);
    others.add(")");
    first = false;
  }
  if (first) return Sql("0");
  own.add("))");
  others.add(")");
  const bool generic = has_generic(
      criterion,
      "SELECT 1 FROM reference WHERE parameter = (SELECT number FROM name WHERE text = ?) LIMIT 1");
  if (!generic) return any_own ? own : Sql("0");
  const Sql elsewhere = in_generic(criterion, "reference", others);
  return any_own ? Sql("(").add(own).add(" OR ").add(elsewhere).add(")") : elsewhere;
}

Sql Criteria::patient_identifiers(const Criterion& criterion) {
  bool understood = true;
  for (const Match& match : criterion.any_of)
    if (const auto* token = std::get_if<TokenMatch>(&match); token != nullptr && !token->code)
      return {};  // all patients of an authority: nobody's question
  const Sql tokens = tokens_of(criterion.any_of, understood);
  if (!understood) return {};
  // The loops in this order: from the identifier to its Patient, never through all entries.
  return Sql(column(criterion, "patient"))
      .add(
          " IN (SELECT e.patient FROM (SELECT row FROM token WHERE parameter ="
          " (SELECT number FROM name WHERE text = 'Patient.identifier') AND ")
      .add(tokens)
      .add(") AS t CROSS JOIN entry AS e ON e.row = t.row WHERE ")
      .add(visible("e."))
      .add(")");
}

Sql Criteria::ids(const Criterion& criterion) {
  bool understood = true;
  const auto keys = any<TokenMatch>(criterion.any_of, understood, [&](const TokenMatch& match) {
    return Sql().add("key = ?", OwnedBlob{locator_key({type_, match.code.value_or("")})});
  });
  if (!understood) return {};
  return Sql(column(criterion, "row"))
      .add(" IN (SELECT row FROM resource WHERE ")
      .add(keys)
      .add(" UNION ALL SELECT row FROM history WHERE ")
      .add(keys)
      .add(")");
}

Sql Criteria::tokens_of(const std::vector<Match>& matches, bool& understood) {
  return any<TokenMatch>(matches, understood, [](const TokenMatch& match) {
    Sql sql("(");
    sql.add("code = ?", match.code.value_or(""));
    if (match.system)
      sql.add(" AND system = (SELECT number FROM name WHERE text = ?)", *match.system);
    return sql.add(")");
  });
}

base::Result<Sql> Criteria::generic(const Criterion& criterion) {
  const auto& matches = criterion.any_of;
  bool understood = true;
  Sql values;
  std::string_view table;
  if (matches.empty()) return Sql("0");
  if (std::holds_alternative<TokenMatch>(matches[0])) {
    return by_value(criterion, "row");
  } else if (std::holds_alternative<StringMatch>(matches[0])) {
    table = "string";
    values = any<StringMatch>(matches, understood, [](const StringMatch& match) {
      // U+10FFFF lies behind whatever continues the prefix.
      return Sql().add("(folded >= ? AND folded < ?)", match.folded,
                       match.folded + "\xF4\x8F\xBF\xBF");
    });
  } else if (std::holds_alternative<ReferenceMatch>(matches[0])) {
    table = "reference";
    values = any<ReferenceMatch>(matches, understood, [](const ReferenceMatch& match) {
      Sql sql;
      sql.add("(id = ?", match.id);
      if (!match.type.empty())
        sql.add(" AND type = (SELECT number FROM name WHERE text = ?)", match.type);
      return sql.add(")");
    });
  } else if (std::holds_alternative<NumberMatch>(matches[0])) {
    table = "number";
    values =
        any<NumberMatch>(matches, understood, [](auto& m) { return number_condition("value", m); });
  } else if (std::holds_alternative<QuantityMatch>(matches[0])) {
    table = "quantity";
    values = any<QuantityMatch>(matches, understood, [](auto& m) { return quantity_condition(m); });
  } else {
    table = "date";
    values =
        any<DateMatch>(matches, understood, [this](auto& m) { return date_condition(m, now_); });
  }
  if (!understood) return not_served(criterion);
  return in_generic(criterion, table, values);
}

}  // namespace

base::Result<Sql> where_of(Connection& db, const Search& search, std::int64_t as_of,
                           base::Instant now) {
  return Criteria(db, search, as_of, now).where();
}

}  // namespace gateway::store::sqlite
