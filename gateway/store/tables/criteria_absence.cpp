#include "gateway/store/tables/criteria_class.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::Kind;

constexpr std::string_view where_parameter =
    " WHERE parameter = (SELECT number FROM name WHERE text = ?)";

std::string_view table_of_kind(Kind kind) {
  switch (kind) {
    case Kind::string:
      return "string";
    case Kind::number:
      return "number";
    case Kind::quantity:
      return "quantity";
    case Kind::date:
      return "date";
    default:
      return {};
  }
}

}  // namespace

/// `:missing`: is there any value of it at all?
base::Result<Sql> Criteria::absence(const Criterion& criterion) {
  const auto there = criterion.parameter->either.empty() ? has_value(criterion, place(criterion))
                                                         : any_of(criterion, true);
  if (!there) return there.error();
  return Sql("(").add(*there).add(*criterion.missing ? ") IS NOT TRUE" : ") IS TRUE");
}

base::Result<Sql> Criteria::has_value(const Criterion& criterion, Place where) {
  const auto name = full_name(criterion);
  const auto in_wide_or_rows = [&](std::string_view column_name) {
    const Sql wide = Sql(own(column_name)).add(" IS NOT NULL");
    const Sql rows = Sql("EXISTS (SELECT 1 FROM ")
                         .add(table_of_kind(criterion.parameter->kind))
                         .add(where_parameter, name)
                         .add(" AND row = " + own("row") + ")");
    return column_name.empty() ? rows : Sql(wide).add(" OR ").add(rows);
  };
  switch (where) {
    case Place::id:
    case Place::last_updated:
      return Sql("TRUE");
    case Place::patient:
      return Sql(own("patient") + " <> 0");
    case Place::cycle_day:
      return in_wide_or_rows("cycle_day");
    case Place::cycle_offset:
      return in_wide_or_rows("cycle_offset");
    case Place::date:
      return in_wide_or_rows("local_begin");
    case Place::value:
      return in_wide_or_rows("value");
    case Place::code:
    case Place::facet:
    case Place::origin:
    case Place::listed:
    case Place::rows:
      // Tokens and references have no rows that are found by what holds them; the facets say which
      // of them there are.
      if (where == Place::rows && !table_of_kind(criterion.parameter->kind).empty())
        return in_wide_or_rows("");
      return Sql("+" + own(where == Place::code ? "code" : "facet"))
          .add(" IN (SELECT number FROM term")
          .add(where_parameter, name)
          .add(")");
    case Place::patient_identifier:
      break;
  }
  return Sql("+" + own("patient"))
      .add(" IN (SELECT e.patient FROM entry AS e WHERE e.facet IN (SELECT number FROM term")
      .add(where_parameter, "Patient.identifier")
      .add(") AND ")
      .add(visible("e."))
      .add(")");
}

}  // namespace gateway::store::tables
