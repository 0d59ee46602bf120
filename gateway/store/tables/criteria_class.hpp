#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/criteria.hpp"

namespace gateway::store::tables {

/// Of SQL: rows of the parameter, and the number, whose name is bound.
constexpr std::string_view of_parameter = "parameter = (SELECT number FROM name WHERE text = ?)";
constexpr std::string_view named = "(SELECT number FROM name WHERE text = ?)";

/// What a search within another one's condition is called, and what leads it: a condition that
/// names rows of the outer one.
struct Within {
  std::string alias = "r";
  Sql leads = {};
};

/// The condition of one search, put together criterion by criterion: what a wide row or an index
/// of its own answers (criteria_columns.cpp), what is kept in rows by itself (criteria_rows.cpp),
/// what is not there (criteria_absence.cpp), what other resources are (criteria_links.cpp), what a
/// report lists (criteria_listed.cpp), and pairs of values (criteria_pairs.cpp).
/// Lives as long as the search.
class Criteria {
 public:
  Criteria(ReadingConnection& reading, const Search& search, std::int64_t as_of, base::Instant now)
      : Criteria(reading, search, as_of, now, {}) {}
  Criteria(ReadingConnection& reading, const Search& search, std::int64_t as_of, base::Instant now,
           Within within);
  base::Result<Sql> where();
  bool is_bounded() const;
  /// Before `where`, of a count at the latest commit: by the index alone, where that can be.
  void count_as_it_stands();

 private:
  using Criterion = fhir::search::Criterion;
  using Match = fhir::search::Match;

  /// Whose parameter it is: of `_has` the other type's.
  std::string_view owner(const Criterion& criterion) const {
    return criterion.parameter->type == "*" ? std::string_view(type_) : criterion.parameter->type;
  }
  Place place(const Criterion& criterion) const {
    return place_of(owner(criterion), criterion.parameter->name);
  }
  std::string full_name(const Criterion& criterion) const {
    return std::string(owner_of(owner(criterion), place(criterion))) + "." +
           std::string(criterion.parameter->name);
  }
  /// "r.name": a column of this search's own rows.
  std::string own(std::string_view name) const { return alias_ + '.' + std::string(name); }
  int rank_of(const Criterion& criterion);
  bool leads(const Criterion& criterion) const;
  std::string column(const Criterion& criterion, std::string_view name) const;
  Sql visible(std::string_view alias) const;
  Sql standing_now() const;
  bool is_told_by_index() const;
  bool little_ended();
  Sql type_facets() const;
  std::string_view ordered_column();
  base::Result<Sql> condition(const Criterion& criterion);
  base::Result<Sql> alternatives(const Criterion& criterion);
  base::Result<Sql> presence(const Criterion& criterion);
  base::Result<Sql> absence(const Criterion& criterion);
  base::Result<Sql> chain(const Criterion& criterion);
  base::Result<Sql> has(const Criterion& criterion);
  base::Result<Sql> rows_of(const fhir::search::Linked& linked, Within within = {});
  base::Result<Sql> listed_chain(const Criterion& criterion, const fhir::search::Linked& linked);
  base::Result<Sql> listed_has(const Criterion& criterion, const fhir::search::Linked& linked);
  base::Result<Sql> listed_values(const Criterion& criterion);
  bool are_many(const fhir::search::Linked& linked);
  base::Result<Sql> has_value(const Criterion& criterion, Place where);
  Sql in_column(const Criterion& criterion, Place where);
  base::Result<Sql> any_of(const Criterion& criterion, bool of_absence);
  base::Result<Sql> pairs(const Criterion& criterion);
  base::Result<Sql> indexed_pairs(const Criterion& criterion);

  Sql quantity(const fhir::search::QuantityMatch& match);
  Sql terms(const Criterion& criterion, std::string_view column_name);
  Sql numbers(const Criterion& criterion, std::string_view column_name);
  Sql dates(const Criterion& criterion);
  Sql quantities(const Criterion& criterion);
  Sql commits(const Criterion& criterion);
  Sql patients(const Criterion& criterion);
  Sql patient_identifiers(const Criterion& criterion);
  Sql about(const Criterion& criterion, const Sql& patients);
  Sql ids(const Criterion& criterion);

  bool has_rows(const Criterion& criterion, std::string_view table);
  Sql in_rows(const Criterion& criterion, std::string_view table, const Sql& values);
  Sql or_rows(const Criterion& criterion, std::string_view table, const Sql& wide, const Sql& rows);
  Sql of_systems(const Criterion& criterion, const std::vector<Match>& systems) const;
  base::Result<Sql> by_value(const Criterion& criterion, std::string_view column_name);
  Sql words(const Criterion& criterion) const;
  Sql typed(const std::vector<Match>& matches) const;
  base::Result<Sql> rows(const Criterion& criterion);

  ReadingConnection& reading_;
  Connection& db_;
  const std::string type_;
  const std::int64_t as_of_;
  const base::Instant now_;
  std::vector<const Criterion*> all_;
  const Within within_;
  const bool is_in_passing_;  // Search::looks_at: no index leads, so that pages go on by row
  std::string alias_;         // of the rows that are asked
  int leading_;
  bool bare_ = false;  // inside a union that leads
  bool links_are_bounded_ = true;
  bool is_as_it_stands_ = false;
  std::map<const fhir::search::Linked*, bool> many_;  // what are_many found
};

/// Any of them: condition OR condition … `understood` becomes false where a match is of another
/// form.
template <class M, class Condition>
Sql any(const std::vector<fhir::search::Match>& matches, bool& understood, Condition condition) {
  Sql sql("(");
  bool first = true;
  for (const fhir::search::Match& match : matches) {
    const auto* wanted = std::get_if<M>(&match);
    if (wanted == nullptr) {
      understood = false;
      continue;
    }
    if (!first) sql.add(" OR ");
    sql.add(condition(*wanted));
    first = false;
  }
  if (first) sql.add("FALSE");
  return sql.add(")");
}

/// Any of the tokens, in a table with `system` and `code`.
Sql any_token(const std::vector<fhir::search::Match>& matches, bool& understood);

base::Error not_served(const fhir::search::Criterion& criterion);

}  // namespace gateway::store::tables
