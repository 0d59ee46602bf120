#include "gateway/store/tables/conditions.hpp"

#include <algorithm>
#include <cstdlib>

namespace gateway::store::tables {
namespace {

using fhir::search::Prefix;

OwnedBlob key(const base::DecimalText& value) {
  return {value.sort_key()};
}

Sql on(std::string_view column, std::string_view rest, const base::DecimalText& value) {
  return Sql(column).add(rest, key(value));
}

/// What a number is compared with: the number that is asked, the range that its precision stands
/// for, and the range near it.
struct Bounds {
  base::DecimalText value, low, high, least, most;

  explicit Bounds(const base::DecimalText& asked)
      : value(asked),
        low(asked.precision_range().first),
        high(asked.precision_range().second),
        least(asked.approximate_range().first),
        most(asked.approximate_range().second) {}
  template <class Convert>
  void convert(const Convert& converted) {
    for (auto* one : {&value, &low, &high, &least, &most}) *one = converted(*one);
  }
};

/// `value` alone, or together with its comparator: 0 none, 1 <, 2 <=, 3 >, 4 >=.
Sql certain(Prefix prefix, const Bounds& bounds) {
  const auto& [value, low, high, least, most] = bounds;
  Sql sql;
  switch (prefix) {
    case Prefix::eq:
      return sql.add("(comparator = 0 AND value >= ? AND value < ?)", key(low), key(high));
    case Prefix::ap:
      return sql.add("(comparator = 0 AND value >= ? AND value <= ?)", key(least), key(most));
    case Prefix::ne:
      return sql.add(
          "((comparator = 0 AND (value < ? OR value >= ?)) OR (comparator = 1 AND value <= ?)"
          " OR (comparator = 2 AND value < ?) OR (comparator IN (3, 4) AND value >= ?))",
          key(low), key(high), key(low), key(low), key(high));
    case Prefix::gt:
    case Prefix::sa:
      return sql.add("((comparator IN (0, 4) AND value > ?) OR (comparator = 3 AND value >= ?))",
                     key(value), key(value));
    case Prefix::ge:
      return sql.add("(comparator IN (0, 3, 4) AND value >= ?)", key(value));
    case Prefix::lt:
    case Prefix::eb:
      return sql.add("((comparator IN (0, 2) AND value < ?) OR (comparator = 1 AND value <= ?))",
                     key(value), key(value));
    case Prefix::le:
      return sql.add("(comparator IN (0, 1, 2) AND value <= ?)", key(value));
  }
  return Sql("FALSE");
}

/// Half-open target [first, last) against half-open search range, R4 search, date and period.
Sql period(std::string_view first, std::string_view last, Prefix prefix, std::int64_t begin,
           std::int64_t end) {
  const std::string b(first), e(last);
  const auto within = [&] {
    // The second bound says nothing new, but gives the index a range.
    return Sql("(" + b)
        .add(" >= ? AND ", begin)
        .add(b)
        .add(" < ? AND ", end)
        .add(e)
        .add(" <= ?)", end);
  };
  switch (prefix) {
    case Prefix::eq:
      return within();
    case Prefix::ne:
      return Sql("(" + b).add(" < ? OR ", begin).add(e).add(" > ?)", end);
    case Prefix::gt:
      return Sql(e).add(" > ?", end);
    case Prefix::lt:
      return Sql(b).add(" < ?", begin);
    case Prefix::ge:
      return Sql("(" + e).add(" > ? OR ", end).add(within()).add(")");
    case Prefix::le:
      return Sql("(" + b).add(" < ? OR ", begin).add(within()).add(")");
    case Prefix::sa:
      return Sql(b).add(" >= ?", end);
    case Prefix::eb:
      return Sql(e).add(" <= ?", begin);
    case Prefix::ap:
      return Sql("(" + b).add(" < ? AND ", end).add(e).add(" > ?)", begin);
  }
  return Sql("FALSE");
}

/// U+10FFFF lies behind whatever continues a prefix.
std::string behind(const std::string& prefix) {
  return prefix + "\xF4\x8F\xBF\xBF";
}

bool is_local(const base::PartialTime& time) {
  return time.precision <= base::PartialTime::Precision::day || !time.offset_minutes;
}

/// R4 `ap` for dates: 10 % of the distance to now on both sides, at least one unit of precision.
void widen(std::int64_t& begin, std::int64_t& end, std::int64_t now) {
  const auto by = std::max(std::abs(now - begin) / 10, end - begin);
  begin -= by;
  end += by;
}

}  // namespace

Sql token_condition(const fhir::search::TokenMatch& match) {
  if (match.system && match.code)
    return Sql().add("(code = ? AND system = ?)", *match.code, *match.system);
  if (match.code) return Sql().add("code = ?", *match.code);
  if (match.system) return Sql().add("system = ?", *match.system);
  return Sql("TRUE");
}

Sql uri_condition(const fhir::search::UriMatch& match) {
  using How = fhir::search::UriMatch::How;
  switch (match.how) {
    case How::is:
      break;
    case How::below:
      return Sql().add("(code >= ? AND code < ?)", match.text, behind(match.text));
    case How::above:
      return Sql().add("substr(?, 1, length(code)) = code", match.text);
  }
  return Sql().add("code = ?", match.text);
}

Sql string_condition(const fhir::search::StringMatch& match) {
  using How = fhir::search::StringMatch::How;
  switch (match.how) {
    case How::exact:
      return Sql().add("(folded = ? AND exact = ?)", match.folded, match.exact);
    case How::contains:
      return Sql().add("instr(folded, ?) > 0", match.folded);
    case How::prefix:
      break;
  }
  return Sql().add("(folded >= ? AND folded < ?)", match.folded, behind(match.folded));
}

Sql number_condition(std::string_view column, const fhir::search::NumberMatch& match) {
  const auto& value = match.value;
  const std::string c(column);
  switch (match.prefix) {
    case Prefix::eq: {
      const auto [low, high] = value.precision_range();
      return Sql("(").add(on(c, " >= ? AND ", low)).add(on(c, " < ?)", high));
    }
    case Prefix::ne: {
      const auto [low, high] = value.precision_range();
      return Sql("(").add(on(c, " < ? OR ", low)).add(on(c, " >= ?)", high));
    }
    case Prefix::ap: {
      const auto [least, most] = value.approximate_range();
      return Sql("(").add(on(c, " >= ? AND ", least)).add(on(c, " <= ?)", most));
    }
    case Prefix::gt:
    case Prefix::sa:
      return on(c, " > ?", value);
    case Prefix::ge:
      return on(c, " >= ?", value);
    case Prefix::lt:
    case Prefix::eb:
      return on(c, " < ?", value);
    case Prefix::le:
      return on(c, " <= ?", value);
  }
  return Sql("FALSE");
}

Sql quantity_condition(const fhir::search::QuantityMatch& match) {
  Sql sql = certain(match.prefix, Bounds(match.value));
  if (!match.code && !match.system) return sql;
  const bool with_system = match.system && !match.system->empty();
  sql.add(" AND unit IN (SELECT number FROM unit WHERE ");
  if (with_system && match.code) {
    sql.add("system = ? AND code = ?", *match.system, *match.code);
  } else if (with_system) {
    sql.add("system = ?", *match.system);
  } else {
    sql.add("code = ? OR text = ?", match.code.value_or(""), match.code.value_or(""));
  }
  return Sql("(").add(sql.add("))"));
}

Sql quantity_condition(const fhir::search::QuantityMatch& match,
                       const std::vector<UnitsInUse::Group>& units) {
  Sql sql;
  for (const auto& group : units) {
    Bounds bounds(match.value);
    bounds.convert([&](const auto& number) { return match.unit->in(group.unit, number); });
    sql.add(sql.empty() ? "((" : " OR (").add(certain(match.prefix, bounds)).add(" AND unit IN (");
    for (const auto number : group.numbers)
      sql.add(number == group.numbers.front() ? "?" : ", ?", number);
    sql.add("))");
  }
  return sql.empty() ? Sql("FALSE") : sql.add(")");
}

Sql date_condition(const fhir::search::DateMatch& match, base::Instant now) {
  const bool local = is_local(match.value);
  auto begin = local ? match.value.local_begin_seconds() : match.value.instant_begin();
  auto end = local ? match.value.local_end_seconds() : match.value.instant_end();
  if (match.prefix == Prefix::ap)
    widen(begin, end, local ? now.microseconds / 1'000'000 : now.microseconds);
  return local ? period("local_begin", "local_end", match.prefix, begin, end)
               : period("instant_begin", "instant_end", match.prefix, begin, end);
}

Sql instant_condition(std::string_view column, const fhir::search::DateMatch& match,
                      base::Instant now) {
  const bool local = is_local(match.value);  // then the server's calendar, which is UTC
  auto begin = local ? match.value.local_begin_seconds() * 1'000'000 : match.value.instant_begin();
  auto end = local ? match.value.local_end_seconds() * 1'000'000 : match.value.instant_end();
  if (match.prefix == Prefix::ap) widen(begin, end, now.microseconds);
  const std::string c(column);
  switch (match.prefix) {
    case Prefix::eq:
    case Prefix::ap:
      return Sql("(" + c).add(" >= ? AND ", begin).add(c).add(" < ?)", end);
    case Prefix::ne:
      return Sql("(" + c).add(" < ? OR ", begin).add(c).add(" >= ?)", end);
    case Prefix::gt:
    case Prefix::sa:
      return match.value.precision == base::PartialTime::Precision::fraction
                 ? Sql(c).add(" > ?", begin)
                 : Sql(c).add(" >= ?", end);
    case Prefix::ge:
      return Sql(c).add(" >= ?", begin);
    case Prefix::lt:
    case Prefix::eb:
      return Sql(c).add(" < ?", begin);
    case Prefix::le:
      return Sql(c).add(" < ?", end);
  }
  return Sql("FALSE");
}

}  // namespace gateway::store::tables
