#include "gateway/store/tables/criteria_class.hpp"
#include "gateway/store/tables/key_expressions.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::Linked;

}  // namespace

/// " FROM … WHERE …": the rows of the other type that meet its criteria.
base::Result<Sql> Criteria::rows_of(const Linked& linked, Within within) {
  fhir::search::Query query;
  query.type = linked.type;
  query.criteria = linked.criteria;
  const Search search{.query = &query, .scope = {}, .as_of = as_of_, .after = {}};
  Criteria inner(reading_, search, as_of_, now_, std::move(within));
  const auto where = inner.where();
  if (!where) return where.error();
  links_are_bounded_ = links_are_bounded_ && inner.is_bounded();
  return Sql(" FROM ").add(*where);
}

/// What it refers to is among the rows of any of the linked types.
base::Result<Sql> Criteria::chain(const Criterion& criterion) {
  Sql sql("(");
  bool first = true;
  for (const Linked& linked : criterion.linked) {
    if (!first) sql.add(" OR ");
    first = false;
    if (place(criterion) == Place::listed) {
      const auto listed = listed_chain(criterion, linked);
      if (!listed) return listed.error();
      sql.add(*listed);
      continue;
    }
    const auto rows = rows_of(linked);
    if (!rows) return rows.error();
    switch (place(criterion)) {
      case Place::patient:  // a Patient's own row is about itself
        sql.add(about(criterion, Sql("SELECT r.patient").add(*rows)));
        break;
      case Place::origin:
        sql.add(column(criterion, "origin"))
            .add(" IN (SELECT t.row FROM token AS t WHERE t.code IN (SELECT ")
            .add(turned_expression(db_, linked.type))
            .add(*rows)
            .add(") AND t.")
            .add(of_parameter, full_name(criterion))
            .add(" AND t.system = ")
            .add(named, linked.type)
            .add(")");
        break;
      case Place::rows:
        sql.add(column(criterion, "row"))
            .add(" IN (SELECT f.row FROM reference AS f WHERE f.")
            .add(of_parameter, full_name(criterion))
            .add(" AND f.type = ")
            .add(named, linked.type)
            .add(" AND f.id IN (SELECT ")
            .add(id_expression(db_, linked.type))
            .add(*rows)
            .add("))");
        break;
      default:
        return not_served(criterion);
    }
  }
  return sql.add(")");
}

/// A row of the other type refers to this one.
base::Result<Sql> Criteria::has(const Criterion& criterion) {
  if (place(criterion) == Place::listed) return listed_has(criterion, criterion.linked.front());
  const auto rows = rows_of(criterion.linked.front());
  if (!rows) return rows.error();
  switch (place(criterion)) {
    case Place::patient: {
      Sql own(column(criterion, "patient"));
      own.add(" IN (SELECT r.patient").add(*rows).add(")");
      if (!has_rows(criterion, "reference")) return own;
      return Sql("(")  // of what speaks of several patients, the others
          .add(own)
          .add(" OR ")
          .add(id_expression(db_, type_, alias_))
          .add(" IN (SELECT f.id FROM reference AS f WHERE f.")
          .add(of_parameter, full_name(criterion))
          .add(" AND f.row IN (SELECT r.row")
          .add(*rows)
          .add(")))");
    }
    case Place::origin:
      return Sql("EXISTS (SELECT 1 FROM token AS t WHERE t.code = ")
          .add(turned_expression(db_, type_, alias_))
          .add(" AND t.")
          .add(of_parameter, full_name(criterion))
          .add(" AND t.system = ")
          .add(named, type_)
          .add(" AND t.row IN (SELECT r.origin")
          .add(*rows)
          .add("))");
    case Place::rows:
      return Sql("EXISTS (SELECT 1 FROM reference AS f WHERE f.")
          .add(of_parameter, full_name(criterion))
          .add(" AND f.id = ")
          .add(id_expression(db_, type_, alias_))
          .add(" AND f.type = ")
          .add(named, type_)
          .add(" AND f.row IN (SELECT r.row")
          .add(*rows)
          .add("))");
    default:
      return not_served(criterion);
  }
}

}  // namespace gateway::store::tables
