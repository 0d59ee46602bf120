#include <map>
#include <set>

#include "gateway/store/tables/criteria_class.hpp"
#include "gateway/store/tables/key_expressions.hpp"
#include "gateway/store/tables/keys.hpp"

namespace gateway::store::tables {

// The results of a report have no rows of their own (columns.hpp, `listed`): a report and what it
// lists share the head of their locators, and the body has the last word.

namespace {

using fhir::search::Linked;
using fhir::search::Match;
using fhir::search::ReferenceMatch;

// What is looked up beforehand; of more, some are found in passing.
constexpr int many = 2000;

/// "SELECT row FROM …": all rows whose locators lie there, superseded ones too.
Sql rows_in_order(const std::string& type, const Sql& head) {
  return Sql("SELECT row FROM resource WHERE")
      .add(in_order(type, head))
      .add(" UNION ALL SELECT row FROM history WHERE")
      .add(in_order(type, head))
      .add(" UNION ALL SELECT x.row FROM ")
      .add(in_run(type, head));
}

Sql head_of(std::string_view row) {
  return Sql("substr(" + std::string(row) + ".key, 1, " + std::to_string(head_size) + ")");
}

/// "SELECT row FROM …": those of a type in each order of `heads`, "(SELECT … AS head …)". One term
/// for each way to lie, however many orders: SQLite bears 500.
Sql rows_in_orders(const std::string& type, const Sql& heads) {
  const Sql of_orders = Sql(" FROM ").add(heads).add(" AS h CROSS JOIN ");
  const Sql range = in_order(type, Sql("h.head"));
  Sql sql = Sql("SELECT l.row").add(of_orders).add("resource AS l WHERE").add(range);
  sql.add(" UNION ALL SELECT l.row").add(of_orders).add("history AS l WHERE").add(range);
  return sql.add(" UNION ALL SELECT x.row").add(of_orders).add(in_run(type, Sql("h.head")));
}

/// "(VALUES (?), …)" of these blobs.
Sql values_of(const std::set<std::string>& blobs) {
  Sql sql("(VALUES ");
  for (const auto& blob : blobs)
    sql.add(&blob == &*blobs.begin() ? "(?)" : ", (?)", OwnedBlob{blob});
  return sql.add(")");
}

/// "lists(report, result)": does the body of the one list the other? (body_functions.hpp)
Sql lists(std::string_view report, const Sql& result) {
  const std::string of(report);
  return Sql("lists(" + of + ".arrival, " + of + ".slot, ").add(result).add(")");
}

}  // namespace

bool Criteria::are_many(const Linked& linked) {
  if (const auto known = many_.find(&linked); known != many_.end()) return known->second;
  const auto rows = rows_of(linked);
  if (!rows) return false;
  const Sql count = Sql("SELECT count(*) FROM (SELECT 1").add(*rows).add(" LIMIT ?) AS v", many);
  Query counted(db_, count.text, count.values);
  return many_[&linked] = counted.row() && counted.integer(0) == many;
}

/// Reports that list a result which meets the criteria.
base::Result<Sql> Criteria::listed_chain(const Criterion& criterion, const Linked& linked) {
  const auto inner = alias_ + "o";
  const auto within = rows_of(
      linked,
      {inner, Sql(inner + ".row IN (").add(rows_in_order(linked.type, head_of(alias_))).add(")")});
  if (!within) return within.error();
  const Sql in_passing = Sql("EXISTS (SELECT 1")
                             .add(*within)
                             .add(" AND ")
                             .add(lists(alias_, Sql(inner + ".key")))
                             .add(")");
  const auto rows = rows_of(linked);
  if (!rows) return rows.error();
  Sql elsewhere;  // those of another order, which are few
  if (has_rows(criterion, "reference"))
    elsewhere.add("SELECT f.row FROM reference AS f WHERE f.")
        .add(of_parameter, full_name(criterion))
        .add(" AND f.type = ")
        .add(named, linked.type)
        .add(" AND f.id IN (SELECT ")
        .add(id_expression(db_, linked.type))
        .add(*rows)
        .add(")");
  Sql is_listed = Sql("(").add(in_passing);
  if (!elsewhere.empty())
    is_listed.add(" OR +").add(own("row")).add(" IN (").add(elsewhere).add(")");
  is_listed.add(")");
  if (!leads(criterion) || are_many(linked)) return is_listed;
  const Sql heads = Sql("(SELECT DISTINCT ").add(head_of("r")).add(" AS head").add(*rows).add(")");
  Sql sql = Sql("(").add(own("row")).add(" IN (").add(rows_in_orders(type_, heads));
  if (!elsewhere.empty()) sql.add(" UNION ALL ").add(elsewhere);
  return sql.add(") AND ").add(is_listed).add(")");
}

/// Results that a report lists which meets the criteria.
base::Result<Sql> Criteria::listed_has(const Criterion& criterion, const Linked& linked) {
  const auto inner = alias_ + "o";
  const auto within = rows_of(
      linked,
      {inner, Sql(inner + ".row IN (").add(rows_in_order(linked.type, head_of(alias_))).add(")")});
  if (!within) return within.error();
  Sql sql = Sql("(EXISTS (SELECT 1")
                .add(*within)
                .add(" AND ")
                .add(lists(inner, Sql(own("key"))))
                .add(")");
  if (has_rows(criterion, "reference")) {
    const auto rows = rows_of(linked);
    if (!rows) return rows.error();
    sql.add(" OR EXISTS (SELECT 1 FROM reference AS f WHERE f.")
        .add(of_parameter, full_name(criterion))
        .add(" AND f.id = ")
        .add(id_expression(db_, type_, alias_))
        .add(" AND f.type = ")
        .add(named, type_)
        .add(" AND f.row IN (SELECT r.row")
        .add(*rows)
        .add("))");
  }
  return sql.add(")");
}

/// Reports that list one of these.
base::Result<Sql> Criteria::listed_values(const Criterion& criterion) {
  std::set<std::string> heads, locators;
  std::map<std::string, std::vector<std::string>> ids;  // by type
  for (const Match& match : criterion.any_of) {
    const auto* reference = std::get_if<ReferenceMatch>(&match);
    if (reference == nullptr) return not_served(criterion);
    const auto locator = locator_key({reference->type, reference->id});
    heads.emplace(shared_head(locator));
    locators.insert(locator);
    ids[reference->type].push_back(reference->id);
  }
  if (heads.empty()) return Sql("FALSE");
  const Sql orders = Sql("(SELECT column1 AS head FROM ").add(values_of(heads)).add(" AS v)");
  Sql sql = Sql("((").add(column(criterion, "row")).add(" IN (");
  sql.add(rows_in_orders(type_, orders)).add(") AND EXISTS (SELECT 1 FROM ");
  sql.add(values_of(locators)).add(" AS k WHERE ").add(lists(alias_, Sql("k.column1"))).add("))");
  if (has_rows(criterion, "reference")) {
    Sql others;
    for (const auto& [type, of_type] : ids) {
      others.add(others.empty() ? "((type = " : " OR (type = ")
          .add(named, type)
          .add(" AND id IN (");
      for (const auto& id : of_type) others.add(&id == &of_type.front() ? "?" : ", ?", id);
      others.add("))");
    }
    sql.add(" OR ").add(in_rows(criterion, "reference", others.add(")")));
  }
  return sql.add(")");
}

}  // namespace gateway::store::tables
