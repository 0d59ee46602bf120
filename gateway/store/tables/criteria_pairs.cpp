#include "gateway/store/tables/conditions.hpp"
#include "gateway/store/tables/criteria_class.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::Match;
using fhir::search::pair_mark;
using fhir::search::PairMatch;
using fhir::search::QuantityMatch;
using fhir::search::TokenMatch;

/// "(SELECT number FROM name WHERE …)": the names under which the values of this left part lie
/// (fhir::search::paired).
Sql names_of(const std::string& parameter, const TokenMatch& left) {
  const auto behind = [](std::string text) {  // whatever the text goes on with
    text.back() = pair_mark + 1;
    return text;
  };
  const std::string all = parameter + pair_mark;
  Sql sql("(SELECT number FROM name WHERE ");
  if (left.code && left.system)
    return sql.add("text = ?)", fhir::search::paired(parameter, *left.system, *left.code));
  const std::string from = left.code ? all + *left.code + pair_mark : all;
  sql.add("text >= ? AND text < ?", from, behind(from));
  if (left.system) {
    const std::string end = pair_mark + *left.system;
    sql.add(" AND substr(text, length(text) - length(?) + 1) = ?", end, end);
  }
  return sql.add(")");
}

}  // namespace

/// A parameter that is the union of others, itself among them or not. Where an engine looks up but
/// one side of an OR by its index, a union that leads is asked side by side.
base::Result<Sql> Criteria::any_of(const Criterion& criterion, bool of_absence) {
  const bool was_bare = bare_;
  const bool leads_here = !of_absence && leading_ == rank_of(criterion);
  bare_ = bare_ || leads_here;
  const bool apart = leads_here && !db_.looks_up_alternatives();
  const std::string outer = alias_;
  if (apart) alias_ = outer + "u";
  const std::string begin = apart ? "SELECT " + own("row") + " FROM " +
                                        std::string(table_of(type_)) + " AS " + alias_ + " WHERE "
                                  : "";
  Sql sql;
  base::Result<void> done;
  for (const auto* one : fhir::search::united(*criterion.parameter)) {
    fhir::search::Parameter alone = *one;
    alone.either = {};
    Criterion part{.parameter = &alone, .any_of = criterion.any_of};
    part.missing = of_absence ? std::optional(false) : std::nullopt;
    const auto condition = of_absence ? has_value(part, place(part)) : presence(part);
    if (!condition) {
      done = condition.error();
      break;
    }
    if (!sql.empty()) sql.add(apart ? " UNION ALL " : " OR ");
    sql.add(begin).add(*condition);
  }
  bare_ = was_bare;
  alias_ = outer;
  if (!done) return done.error();
  return Sql(apart ? own("row") + " IN (" : "(").add(sql).add(")");
}

/// Any of them: both parts of one result, which has each once.
base::Result<Sql> Criteria::pairs(const Criterion& criterion) {
  const auto* left = fhir::search::find_parameter(type_, criterion.parameter->left);
  const auto* right = fhir::search::find_parameter(type_, criterion.parameter->right);
  Sql sql("(FALSE");
  for (const Match& match : criterion.any_of) {
    const auto* pair = std::get_if<PairMatch>(&match);
    if (pair == nullptr) return not_served(criterion);
    const auto one = condition({.parameter = left, .any_of = {as_match(pair->left)}});
    if (!one) return one.error();
    const auto other = condition({.parameter = right, .any_of = {as_match(pair->right)}});
    if (!other) return other.error();
    sql.add(" OR (").add(*one).add(" AND ").add(*other).add(")");
  }
  return sql.add(")");
}

/// Any of them: pairs that are kept as such.
base::Result<Sql> Criteria::indexed_pairs(const Criterion& criterion) {
  const auto name = full_name(criterion);
  Sql sql("(FALSE");
  for (const Match& match : criterion.any_of) {
    const auto* pair = std::get_if<PairMatch>(&match);
    const auto* left = pair == nullptr ? nullptr : std::get_if<TokenMatch>(&pair->left);
    if (left == nullptr) return not_served(criterion);
    const bool in_facet = place(criterion) == Place::facet;
    sql.add(" OR ")
        .add(column(criterion, in_facet ? "facet" : "row"))
        .add(in_facet ? " IN (SELECT number FROM term" : " IN (SELECT row FROM quantity")
        .add(" WHERE parameter IN ")
        .add(names_of(name, *left))
        .add(" AND ");
    if (const auto* token = std::get_if<TokenMatch>(&pair->right); token && in_facet)
      sql.add(token_condition(*token));
    else if (const auto* quantity = std::get_if<QuantityMatch>(&pair->right); quantity && !in_facet)
      sql.add(this->quantity(*quantity));
    else
      return not_served(criterion);
    sql.add(")");
  }
  return sql.add(")");
}

}  // namespace gateway::store::tables
