#include "gateway/store/tables/conditions.hpp"
#include "gateway/store/tables/criteria_class.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"

namespace gateway::store::tables {

using fhir::search::DateMatch;
using fhir::search::NumberMatch;
using fhir::search::QuantityMatch;
using fhir::search::ReferenceMatch;
using fhir::search::TokenMatch;

Sql Criteria::quantity(const QuantityMatch& match) {
  if (!match.unit) return quantity_condition(match);
  return quantity_condition(match, reading_.units.like(db_, *match.unit));
}

Sql Criteria::terms(const Criterion& criterion, std::string_view column_name) {
  bool understood = true;
  const Sql matches = criterion.parameter->kind == fhir::search::Kind::uri
                          ? any<fhir::search::UriMatch>(criterion.any_of, understood, uri_condition)
                          : any<TokenMatch>(criterion.any_of, understood, token_condition);
  if (!understood) return {};
  return Sql(column(criterion, column_name))
      .add(
          " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = ?) "
          "AND ",
          full_name(criterion))
      .add(matches)
      .add(")");
}

Sql Criteria::numbers(const Criterion& criterion, std::string_view column_name) {
  const auto wide = column(criterion, column_name);
  const auto compared_with = [&](std::string_view name, bool& understood) {
    return any<NumberMatch>(criterion.any_of, understood,
                            [&](auto& match) { return number_condition(name, match); });
  };
  bool understood = true;
  const Sql own = compared_with(wide, understood);
  if (!understood) return {};
  return or_rows(criterion, "number", own, compared_with("value", understood));
}

Sql Criteria::dates(const Criterion& criterion) {
  bool understood = true;
  const Sql values = any<DateMatch>(criterion.any_of, understood,
                                    [&](auto& match) { return date_condition(match, now_); });
  return understood ? or_rows(criterion, "date", values, values) : Sql();
}

Sql Criteria::quantities(const Criterion& criterion) {
  bool understood = true;
  const Sql values = any<QuantityMatch>(criterion.any_of, understood,
                                        [this](auto& match) { return quantity(match); });
  return understood ? or_rows(criterion, "quantity", values, values) : Sql();
}

/// When the version was committed.
Sql Criteria::commits(const Criterion& criterion) {
  bool understood = true;
  const Sql values = any<DateMatch>(criterion.any_of, understood, [this](auto& match) {
    return instant_condition(own("started"), match, now_);
  });
  return understood ? values : Sql();
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
  if (first) return Sql("FALSE");
  own.add("))");
  others.add(")");
  if (!has_rows(criterion, "reference")) return any_own ? own : Sql("FALSE");
  const Sql elsewhere = in_rows(criterion, "reference", others);
  return any_own ? Sql("(").add(own).add(" OR ").add(elsewhere).add(")") : elsewhere;
}

Sql Criteria::patient_identifiers(const Criterion& criterion) {
  bool understood = true;
  for (const Match& match : criterion.any_of)
    if (const auto* token = std::get_if<TokenMatch>(&match); token != nullptr && !token->code)
      return {};  // all patients of an authority: nobody's question
  const Sql tokens = any_token(criterion.any_of, understood);
  if (!understood) return {};
  // The loops in this order: from the identifier to its Patient, never through all entries.
  return about(criterion, Sql("SELECT e.patient FROM (SELECT row FROM token WHERE parameter ="
                              " (SELECT number FROM name WHERE text = 'Patient.identifier') AND ")
                              .add(tokens)
                              .add(") AS t CROSS JOIN entry AS e WHERE e.row = t.row AND ")
                              .add(visible("e.")));
}

/// Rows about one of these patients: their own, or, of what speaks of several, by a reference.
Sql Criteria::about(const Criterion& criterion, const Sql& patients) {
  Sql own(column(criterion, "patient"));
  own.add(" IN (").add(patients).add(")");
  const Criterion others{.parameter = fhir::search::find_parameter(type_, "patient")};
  if (others.parameter == nullptr || !has_rows(others, "reference")) return own;
  return Sql("(")
      .add(own)
      .add(" OR ")
      .add(column(criterion, "row"))
      .add(
          " IN (SELECT row FROM reference WHERE parameter = (SELECT number FROM name WHERE text = "
          "?) AND type = (SELECT number FROM name WHERE text = 'Patient') AND id IN (SELECT id "
          "FROM patient WHERE number IN (",
          full_name(others))
      .add(patients)
      .add("))))");
}

/// Looked up here, since the current version may lie in a run.
Sql Criteria::ids(const Criterion& criterion) {
  Sql rows(column(criterion, "row"));
  rows.add(" IN (0");  // no row
  Sql older("SELECT row FROM history WHERE key IN (");
  for (const Match& match : criterion.any_of) {
    const auto* token = std::get_if<TokenMatch>(&match);
    if (token == nullptr) return {};
    const auto locator = locator_key({type_, token->code.value_or("")});
    if (const auto at = locate(db_, locator)) rows.add(", ?", at->row);
    older.add(&match == &criterion.any_of.front() ? "?" : ", ?", OwnedBlob{locator});
  }
  older.add(")");
  Query query(db_, older.text, older.values);
  while (query.row()) rows.add(", ?", query.integer(0));
  return rows.add(")");
}

}  // namespace gateway::store::tables
