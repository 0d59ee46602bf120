#include "gateway/store/tables/conditions.hpp"
#include "gateway/store/tables/criteria_class.hpp"
#include "gateway/store/tables/keys.hpp"

namespace gateway::store::tables {

using fhir::search::DateMatch;
using fhir::search::Match;
using fhir::search::NumberMatch;
using fhir::search::QuantityMatch;
using fhir::search::ReferenceMatch;
using fhir::search::StringMatch;
using fhir::search::TokenMatch;
using fhir::search::UriMatch;

/// Does any result have values of this parameter that lie by themselves: several, say, where the
/// wide row holds one?
bool Criteria::has_rows(const Criterion& criterion, std::string_view table) {
  const std::string sql = "SELECT 1 FROM " + std::string(table) +
                          " WHERE parameter = (SELECT number FROM name WHERE text = ?) LIMIT 1";
  return integer_of(db_, sql, full_name(criterion)).has_value();
}

Sql Criteria::in_rows(const Criterion& criterion, std::string_view table, const Sql& values) {
  return Sql(column(criterion, "row"))
      .add(" IN (SELECT row FROM ")
      .add(table)
      .add(" WHERE parameter = (SELECT number FROM name WHERE text = ?) AND ", full_name(criterion))
      .add(values)
      .add(")");
}

/// `wide`, or `rows` where some values lie by themselves.
Sql Criteria::or_rows(const Criterion& criterion, std::string_view table, const Sql& wide,
                      const Sql& rows) {
  if (!has_rows(criterion, table)) return wide;
  return Sql("(").add(wide).add(" OR ").add(in_rows(criterion, table, rows)).add(")");
}

Sql any_token(const std::vector<Match>& matches, bool& understood) {
  return any<TokenMatch>(matches, understood, [](const TokenMatch& match) {
    Sql sql("(");
    sql.add("code = ?", match.code.value_or(""));
    if (match.system)
      sql.add(" AND system = (SELECT number FROM name WHERE text = ?)", *match.system);
    return sql.add(")");
  });
}

/// " AND …": the type of an identifier is in no index, its body says it.
Sql Criteria::typed(const std::vector<Match>& matches) const {
  Sql sql;
  for (const Match& match : matches)
    if (const auto* token = std::get_if<TokenMatch>(&match);
        token != nullptr && !token->type_code.empty())
      sql.add(sql.empty() ? " AND (is_typed(" : " OR is_typed(")
          .add(own("arrival") + ", " + own("slot"))
          .add(", ?, ?, ?)", token->type_system, token->type_code, token->code.value_or(""));
  return sql.empty() ? sql : sql.add(")");
}

/// What no index holds: words beside codes, and the beginnings of codes.
Sql Criteria::words(const Criterion& criterion) const {
  Sql sql("(");
  for (const Match& match : criterion.any_of) {
    const auto& words = std::get<StringMatch>(match);
    const bool of_code = words.how == StringMatch::How::prefix;
    sql.add(&match == &criterion.any_of.front() ? "says(" : " OR says(")
        .add(own("arrival") + ", " + own("slot"))
        .add(", ?, ?, ?)", criterion.parameter->name, words.folded, std::int64_t{of_code ? 1 : 0});
  }
  return sql.add(")");
}

/// Tokens of a system, whatever their code: the facets name the systems.
Sql Criteria::of_systems(const Criterion& criterion, const std::vector<Match>& systems) const {
  bool understood = true;
  return Sql(column(criterion, "facet"))
      .add(
          " IN (SELECT number FROM term WHERE parameter = (SELECT number FROM name WHERE text = ?)"
          " AND code = '' AND ",
          full_name(criterion))
      .add(any<TokenMatch>(systems, understood,
                           [](const TokenMatch& match) {
                             return Sql("system = ").add("?", match.system.value_or(""));
                           }))
      .add(")");
}

/// Tokens kept by their value, `row` being what `column_name` of the wide row says.
base::Result<Sql> Criteria::by_value(const Criterion& criterion, std::string_view column_name) {
  std::vector<Match> systems, values;
  for (Match match : criterion.any_of) {  // a reference is kept as a token of its type
    if (const auto* reference = std::get_if<ReferenceMatch>(&match))
      match = TokenMatch{reference->type.empty() ? std::nullopt : std::optional(reference->type),
                         turned(reference->id)};
    const auto* token = std::get_if<TokenMatch>(&match);
    (token != nullptr && !token->code ? systems : values).push_back(std::move(match));
  }
  Sql sql("(");
  if (!systems.empty()) sql.add(of_systems(criterion, systems));
  if (!systems.empty() && !values.empty()) sql.add(" OR ");
  if (values.empty()) return sql.add(")");
  bool understood = true;
  sql.add(column(criterion, column_name))
      .add(
          " IN (SELECT row FROM token WHERE parameter = (SELECT number FROM name WHERE text = ?)"
          " AND ",
          full_name(criterion))
      .add(any_token(values, understood))
      .add(")")
      .add(typed(values))
      .add(")");
  if (!understood) return not_served(criterion);
  return sql;
}

base::Result<Sql> Criteria::rows(const Criterion& criterion) {
  const auto& matches = criterion.any_of;
  bool understood = true;
  Sql values;
  std::string_view table;
  if (matches.empty()) return Sql("FALSE");
  if (std::holds_alternative<TokenMatch>(matches[0])) {
    return by_value(criterion, "row");
  } else if (std::holds_alternative<UriMatch>(matches[0])) {
    table = "token";
    values = any<UriMatch>(matches, understood, uri_condition);
  } else if (std::holds_alternative<StringMatch>(matches[0])) {
    table = "string";
    values = any<StringMatch>(matches, understood, string_condition);
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
    values = any<QuantityMatch>(matches, understood, [this](auto& m) { return quantity(m); });
  } else {
    table = "date";
    values =
        any<DateMatch>(matches, understood, [this](auto& m) { return date_condition(m, now_); });
  }
  if (!understood) return not_served(criterion);
  return in_rows(criterion, table, values);
}

}  // namespace gateway::store::tables
