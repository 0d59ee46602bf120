#include "gateway/store/tables/sorting.hpp"

#include <optional>

#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/key_expressions.hpp"
#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::Kind;
using fhir::search::SortKey;

constexpr std::string_view and_parameter =
    " AND parameter = (SELECT number FROM name WHERE text = ?)";

/// The least or greatest value of a row in a generic table.
Sql outermost(std::string_view table, std::string_view column, const SortKey& key,
              const std::string& name) {
  return Sql(key.descending ? "(SELECT max(" : "(SELECT min(")
      .add(column)
      .add(") FROM ")
      .add(table)
      .add(" WHERE row = r.row")
      .add(and_parameter, name)
      .add(")");
}

Sql or_outermost(std::string_view wide, std::string_view table, std::string_view column,
                 const SortKey& key, const std::string& name) {
  return Sql("coalesce(").add(wide).add(", ").add(outermost(table, column, key, name)).add(")");
}

std::optional<Sql> expression(const Connection& db, const std::string& type, const SortKey& key) {
  const auto name = type + "." + std::string(key.parameter->name);
  switch (place_of(type, key.parameter->name)) {
    case Place::id:
      return id_expression(db, type);
    case Place::last_updated:
      return Sql("r.started");
    case Place::patient:
      return Sql("(SELECT p.id FROM patient AS p WHERE p.number = r.patient)");
    case Place::code:
      return Sql("(SELECT min(t.code) FROM term AS t WHERE t.number = r.code")
          .add(and_parameter, name)
          .add(")");
    case Place::facet:
      return Sql("(SELECT min(t.code) FROM term AS t WHERE t.number = r.facet")
          .add(and_parameter, name)
          .add(")");
    case Place::cycle_day:
      return or_outermost("r.cycle_day", "number", "value", key, name);
    case Place::cycle_offset:
      return or_outermost("r.cycle_offset", "number", "value", key, name);
    case Place::date:
      return or_outermost("r.instant_begin", "date", "instant_begin", key, name);
    case Place::value:
      return or_outermost("r.value", "quantity", "value", key, name);
    case Place::patient_identifier:
      return std::nullopt;
    case Place::origin:
    case Place::listed:
    case Place::rows:
      break;
  }
  if (!key.parameter->short_for.empty() ||
      (key.parameter->elements.empty() && key.parameter->name != "order"))
    return std::nullopt;
  switch (key.parameter->kind) {
    case Kind::string:
      return outermost("string", "folded", key, name);
    case Kind::number:
      return outermost("number", "value", key, name);
    case Kind::quantity:
      return outermost("quantity", "value", key, name);
    case Kind::date:
      return outermost("date", "instant_begin", key, name);
    case Kind::token:  // kept by value alone: the body says what is a row's
    case Kind::reference:
    case Kind::uri:
      return Sql(key.descending ? "last_of" : "first_of")
          .add("(r.arrival, r.slot, ?)", key.parameter->name);
    case Kind::special:
    case Kind::composite:
      break;
  }
  return std::nullopt;
}

struct After {
  std::int64_t row = 0;
  std::vector<Value> values;
};

std::optional<After> read_after(std::string_view bytes, std::size_t keys) {
  After after;
  const auto row = take_number(bytes);
  if (!row) return std::nullopt;
  after.row = static_cast<std::int64_t>(*row);
  for (std::size_t i = 0; i < keys; ++i) {
    if (bytes.empty()) return std::nullopt;
    const char kind = bytes.front();
    bytes.remove_prefix(1);
    if (kind == 'n') {
      after.values.emplace_back(nullptr);
    } else if (kind == 'i') {
      const auto number = take_number(bytes);
      if (!number) return std::nullopt;
      after.values.emplace_back(static_cast<std::int64_t>(*number));
    } else {
      const auto text = take_text(bytes);
      if (!text || (kind != 't' && kind != 'b')) return std::nullopt;
      if (kind == 't')
        after.values.emplace_back(std::string(*text));
      else
        after.values.emplace_back(OwnedBlob{std::string(*text)});
    }
  }
  if (!bytes.empty()) return std::nullopt;
  return after;
}

/// Behind in the first key; or equal in it and behind in the second; … or equal in all and of a
/// higher row. Backwards, all of it turned round.
Sql beyond(const std::vector<SortKey>& sort, const After& after, bool backwards) {
  Sql sql(" AND (");
  Sql equal;
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const auto column = "s" + std::to_string(i);
    const bool empty = std::holds_alternative<std::nullptr_t>(after.values[i]);
    sql.add(equal);
    if (sort[i].descending != backwards) {
      if (empty)
        sql.add(column).add(" IS NOT NULL");
      else
        sql.add(column).add(" < ?", after.values[i]);
    } else {
      if (empty)
        sql.add("FALSE");
      else
        sql.add("(").add(column).add(" > ? OR ", after.values[i]).add(column).add(" IS NULL)");
    }
    sql.add(" OR ");
    equal.add(column).add(" IS NOT DISTINCT FROM ? AND ", after.values[i]);
  }
  return sql.add(equal).add(backwards ? "r.row < ?)" : "r.row > ?)", after.row);
}

}  // namespace

base::Result<Sorting> sort_of(const Connection& db, const Search& search) {
  const auto& query = *search.query;
  Sorting sorting;
  sorting.order = " ORDER BY ";
  for (std::size_t i = 0; i < query.sort.size(); ++i) {
    const auto value = expression(db, query.type, query.sort[i]);
    const auto column = "s" + std::to_string(i);
    if (!value)
      return base::Error{
          base::ErrorKind::malformed,
          "search-bad-value " + std::string(query.sort[i].parameter->name) + " has no order",
          "http._sort", "sort by _lastUpdated, _id or a parameter with values of its own"};
    sorting.columns.add(", ").add(*value).add(" AS ").add(column);
    sorting.order += column + (query.sort[i].descending != search.backwards ? " DESC NULLS FIRST, "
                                                                            : " ASC NULLS LAST, ");
  }
  sorting.order += search.backwards ? "r.row DESC" : "r.row";
  if (search.after.empty()) return sorting;
  const auto from = read_after(search.after, query.sort.size());
  if (!from)
    return base::Error{
        base::ErrorKind::malformed, "cursor-forged this page never was", "http._cursor", {}};
  sorting.beyond = beyond(query.sort, *from, search.backwards);
  return sorting;
}

std::string place_after(const Query& row, int first_column, std::size_t keys) {
  std::string out;
  put_number(out, static_cast<std::uint64_t>(row.integer(0)));
  for (std::size_t i = 0; i < keys; ++i) {
    const auto value = row.value(first_column + static_cast<int>(i));
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      out += 'i';
      put_number(out, static_cast<std::uint64_t>(*number));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      out += 't';
      put_text(out, *text);
    } else if (const auto* blob = std::get_if<OwnedBlob>(&value)) {
      out += 'b';
      put_text(out, blob->bytes);
    } else {
      out += 'n';
    }
  }
  return out;
}

}  // namespace gateway::store::tables
