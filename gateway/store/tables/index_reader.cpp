#include "gateway/store/tables/index_reader.hpp"

#include "gateway/base/hash.hpp"
#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/index_writer.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {
namespace {

template <class... Parts>
std::string line(std::string_view parameter, const Parts&... parts) {
  std::string out(parameter);
  const auto add = [&out](const auto& part) {
    out += out.find(' ') == std::string::npos ? ' ' : '\x1f';
    if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>)
      out += std::to_string(part);
    else
      out += part;
  };
  (add(parts), ...);
  return out;
}

/// The names after "Type." of a number in `name`.
constexpr std::string_view short_name = "substr(n.text, instr(n.text, '.') + 1)";

void wide_lines(Query& query, std::string_view type, KeptIndex& out) {
  const auto name_of = [type](Place place) -> std::string_view {
    for (const auto& parameter : fhir::search::parameters())
      if (parameter.type == type && place_of(type, parameter.name) == place) return parameter.name;
    return "?";
  };
  if (!query.is_null(4))
    out.lines.insert(line(name_of(Place::date), query.integer(4), query.integer(5),
                          query.integer(6), query.integer(7)));
  if (!query.is_null(8))
    out.lines.insert(line(name_of(Place::cycle_day), base::hex(query.bytes(8))));
  if (!query.is_null(9))
    out.lines.insert(line(name_of(Place::cycle_offset), base::hex(query.bytes(9))));
  if (!query.is_null(10))
    out.lines.insert(line(name_of(Place::value), base::hex(query.bytes(10)), query.integer(11),
                          query.text(12), query.text(13), query.text(14)));
  out.lines.insert(line("(patient)", query.text(15)));
}

void generic_lines(Connection& db, std::int64_t row, KeptIndex& out) {
  const std::string from = "SELECT " + std::string(short_name);
  const auto each = [&](std::string_view columns_and_table, auto make) {
    Query query(db,
                from + std::string(columns_and_table) +
                    " JOIN name n ON n.number = g.parameter WHERE g.row = ?",
                row);
    while (query.row()) out.lines.insert(make(query));
  };
  each(", g.folded, g.exact FROM string g",
       [](Query& q) { return line(q.text(0), q.text(1), q.text(2)); });
  each(", g.value FROM number g", [](Query& q) { return line(q.text(0), base::hex(q.bytes(1))); });
  each(
      ", g.value, g.comparator, u.system, u.code, u.text FROM quantity g JOIN unit u ON u.number = "
      "g.unit",
      [](Query& q) {
        return line(q.text(0), base::hex(q.bytes(1)), q.integer(2), q.text(3), q.text(4),
                    q.text(5));
      });
  each(", g.local_begin, g.local_end, g.instant_begin, g.instant_end FROM date g", [](Query& q) {
    return line(q.text(0), q.integer(1), q.integer(2), q.integer(3), q.integer(4));
  });
}

}  // namespace

std::optional<KeptIndex> read_index(Connection& db, std::string_view type, std::int64_t row) {
  KeptIndex out;
  std::int64_t code = 0, facet = 0;
  {
    static constexpr std::string_view columns =
        "SELECT r.started, r.ended, r.version, r.key, r.local_begin, r.local_end, r.instant_begin, "
        "r.instant_end,"
        " r.cycle_day, r.cycle_offset, r.value, r.comparator, u.system, u.code, u.text, "
        "coalesce(p.id, ''),"
        " r.code, r.facet, r.origin, r.arrival, r.slot, r.partition FROM ";
    static constexpr std::string_view joins =
        " AS r LEFT JOIN unit u ON u.number = r.unit LEFT JOIN patient p ON p.number = r.patient "
        "WHERE r.row = ?";
    Query query(db, Sql(columns).add(table_of(type)).add(joins).text, row);
    if (!query.row()) return std::nullopt;
    out.started = query.integer(0);
    out.ended = query.integer(1);
    out.version = query.integer(2);
    out.key = query.text(3);
    wide_lines(query, type, out);
    code = query.integer(16);
    facet = query.integer(17);
    out.origin = query.integer(18);
    out.arrival = query.integer(19);
    out.slot = query.integer(20);
    out.partition = query.integer(21);
  }
  Query terms(db,
              "SELECT substr(n.text, instr(n.text, '.') + 1), t.system, t.code FROM term t"
              " JOIN name n ON n.number = t.parameter WHERE t.number IN (?, ?)",
              code, facet);
  while (terms.row()) out.lines.insert(line(terms.text(0), terms.text(1), terms.text(2)));
  generic_lines(db, row, out);
  return out;
}

std::set<std::string> index_lines(std::string_view type, const fhir::search::IndexRows& rows) {
  std::set<std::string> out;
  const auto in_set = [type](std::string_view parameter) {
    const auto place = place_of(type, parameter);
    return place == Place::code || place == Place::facet;
  };
  const auto by_value = [type](std::string_view parameter) {
    const auto place = place_of(type, parameter);
    return place == Place::rows || place == Place::origin;
  };
  out.insert(line(type_marker, "", ""));
  out.insert(line("(patient)", rows.patient));
  for (const auto& token : rows.tokens) {
    if (in_set(token.parameter)) out.insert(line(token.parameter, token.system, token.code));
    if (by_value(token.parameter)) out.insert(line(token.parameter, token.system, ""));
  }
  for (const auto& reference : rows.references)
    if (place_of(type, reference.parameter) != Place::patient)
      out.insert(line(reference.parameter, "", ""));
  for (const auto& text : rows.strings) out.insert(line(text.parameter, text.folded, text.exact));
  for (const auto& number : rows.numbers)
    out.insert(line(number.parameter, base::hex(number.value.sort_key())));
  for (const auto& quantity : rows.quantities)
    out.insert(line(quantity.parameter, base::hex(quantity.value.sort_key()),
                    comparator_number(quantity.comparator), quantity.system, quantity.code,
                    quantity.unit));
  for (const auto& date : rows.dates)
    out.insert(line(date.parameter, date.local_begin, date.local_end, date.instant_begin,
                    date.instant_end));
  return out;
}

std::vector<std::string> missing_postings(Connection& db, const fhir::ResourceKey& key,
                                          std::int64_t row, std::int64_t origin,
                                          const fhir::search::IndexRows& rows, Postings& seen) {
  const std::string_view type = key.type;
  std::vector<std::string> missing;
  const auto look = [&](std::string_view parameter, Place place, std::string_view code,
                        std::string_view system) {
    const bool shared = place == Place::origin;
    if (shared && origin == 0) return;
    const auto there =
        integer_of(db,
                   "SELECT 1 FROM token WHERE code = ?"
                   " AND parameter = (SELECT number FROM name WHERE text = ?)"
                   " AND system = (SELECT number FROM name WHERE text = ?) AND row = ?",
                   code, std::string(owner_of(type, place)) + "." + std::string(parameter), system,
                   shared ? origin : row);
    if (!there) missing.emplace_back(parameter);
  };
  for (const auto& token : rows.tokens) {
    const auto place = place_of(type, token.parameter);
    if (place != Place::rows && place != Place::origin) continue;
    seen.tokens += place == Place::rows ? 1 : 0;
    look(token.parameter, place, token.code, token.system);
  }
  for (const auto& reference : rows.references) {
    const auto place = place_of(type, reference.parameter);
    const bool own =
        place == Place::patient && reference.type == "Patient" && reference.id == rows.patient;
    if (place == Place::origin)
      look(reference.parameter, place, turned(reference.id), reference.type);
    const bool by_head = place == Place::listed && are_of_one_order(key.id, reference.id);
    if (own || by_head || place == Place::origin) continue;
    ++seen.references;
    const auto there = integer_of(
        db,
        "SELECT 1 FROM reference WHERE parameter = (SELECT number FROM name WHERE text = ?)"
        " AND id = ? AND type = (SELECT number FROM name WHERE text = ?) AND row = ?",
        std::string(type) + "." + std::string(reference.parameter), reference.id, reference.type,
        row);
    if (!there) missing.emplace_back(reference.parameter);
  }
  return missing;
}

}  // namespace gateway::store::tables
