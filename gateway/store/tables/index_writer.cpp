#include "gateway/store/tables/index_writer.hpp"

#include <array>
#include <optional>

#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {
namespace {

using fhir::search::DateValue;
using fhir::search::IndexRows;
using fhir::search::QuantityValue;

class Writing {
 public:
  Writing(Connection& connection, Interned& interned, const IndexedVersion& version,
          const IndexRows& rows)
      : connection_(connection),
        interned_(interned),
        version_(version),
        rows_(rows),
        patient_(interned.patient(rows.patient)),
        parameters_(interned.of(version.key.type)),
        type_marker_(parameters_[type_marker].number),
        placed_(parameters_, version.key, rows) {}

  void wide_row();
  void further_rows();

 private:
  /// The only value of a place, or none where there is none or there are several: then all of them
  /// lie in the generic table, and searches look there as well (criteria.cpp).
  template <class Values>
  auto only_value(const Values& values, Place place) -> decltype(values.data()) {
    decltype(values.data()) found = nullptr;
    for (const auto& value : values) {
      if (parameters_[value.parameter].place != place) continue;
      if (found != nullptr) return nullptr;
      found = &value;
    }
    return found;
  }
  std::int64_t terms(Place place);
  std::int64_t origin();
  void token(std::int64_t number, std::string_view code, std::string_view system, std::int64_t row);
  template <class Value>
  static std::optional<std::string> key_of(const Value* value) {
    if (value == nullptr) return std::nullopt;
    return value->value.sort_key();
  }
  Connection& connection_;
  Interned& interned_;
  const IndexedVersion& version_;
  const IndexRows& rows_;
  const Interned::Patient patient_;
  Interned::Parameters& parameters_;
  const std::int64_t type_marker_;
  const PlacedRows placed_;
};

std::int64_t Writing::terms(Place place) {
  std::vector<Term> set;
  set.reserve(rows_.tokens.size() + 1);
  if (place == Place::facet) set.push_back({type_marker_, "", ""});
  for (std::size_t i = 0; i < rows_.tokens.size(); ++i) {
    const auto& token = rows_.tokens[i];
    const auto kept = placed_.tokens[i];
    if (kept.place == place) set.push_back({kept.number, token.system, token.code});
    const bool by_value = kept.place == Place::rows || kept.place == Place::origin;
    if (place == Place::facet && by_value) set.push_back({kept.number, token.system, ""});
  }
  if (place == Place::facet)
    for (const auto& kept : placed_.references)
      if (kept.place != Place::patient) set.push_back({kept.number, "", ""});
  return set.empty() ? 0 : interned_.terms(std::move(set));
}

std::int64_t Writing::origin() {
  std::string shared;
  placed_.for_each_origin([&](auto number, auto code, std::string_view system) {
    put_number(shared, static_cast<std::uint64_t>(number));
    put_text(shared, code);
    put_text(shared, system);
  });
  if (shared.empty()) return 0;
  const auto origin = interned_.origin(std::move(shared), version_.row);
  if (!origin.fresh) return origin.number;
  placed_.for_each_origin([&](auto number, auto code, std::string_view system) {
    token(number, code, system, origin.number);
  });
  return origin.number;
}

void Writing::token(std::int64_t number, std::string_view code, std::string_view system,
                    std::int64_t row) {
  run(connection_,
      "INSERT INTO token (code, parameter, system, row, partition) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING",
      code, number, interned_.name(system), row, patient_.partition);
}

void Writing::wide_row() {
  const auto& type = version_.key.type;
  const auto* date = only_value(rows_.dates, Place::date);
  const auto* value = only_value(rows_.quantities, Place::value);
  const auto day = key_of(only_value(rows_.numbers, Place::cycle_day));
  const auto offset = key_of(only_value(rows_.numbers, Place::cycle_offset));
  const auto amount = key_of(value);
  const auto blob = [](const std::optional<std::string>& key) -> std::optional<Blob> {
    if (!key) return std::nullopt;
    return Blob{*key};
  };
  using Number = std::optional<std::int64_t>;
  const auto of_date = [date](std::int64_t DateValue::*part) {
    return date ? Number(date->*part) : Number();
  };
  static constexpr std::string_view columns =
      " (row, partition, patient, started, ended, arrival, slot, version, code, facet, origin, "
      "local_begin,"
      " local_end, instant_begin, instant_end, cycle_day, cycle_offset, value, comparator, unit, "
      "key)"
      " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  static const std::string into_result = "INSERT INTO result" + std::string(columns);
  static const std::string into_entry = "INSERT INTO entry" + std::string(columns);
  run(connection_, table_of(type) == "result" ? into_result : into_entry, version_.row,
      patient_.partition, patient_.number, version_.started, version_.arrival, version_.slot,
      version_.version, terms(Place::code), terms(Place::facet), origin(),
      of_date(&DateValue::local_begin), of_date(&DateValue::local_end),
      of_date(&DateValue::instant_begin), of_date(&DateValue::instant_end), blob(day), blob(offset),
      blob(amount), value ? Number(comparator_number(value->comparator)) : Number(),
      value ? Number(interned_.unit(value->system, value->code, value->unit)) : Number(),
      Blob{version_.locator});
}

void Writing::further_rows() {
  const auto row = version_.row;
  placed_.for_each_posting([&](std::int64_t number, std::string_view code,
                               std::string_view system) { token(number, code, system, row); },
                           [&](std::int64_t number, std::string_view id, std::string_view type) {
                             run(connection_,
                                 "INSERT INTO reference (parameter, id, type, row, partition)"
                                 " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                 number, id, interned_.name(type), row, patient_.partition);
                           });
  for (const auto& text : rows_.strings)
    run(connection_,
        "INSERT INTO string (row, parameter, partition, folded, exact)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        row, parameters_[text.parameter].number, patient_.partition, text.folded, text.exact);
  const auto* day = only_value(rows_.numbers, Place::cycle_day);
  const auto* offset = only_value(rows_.numbers, Place::cycle_offset);
  for (const auto& number : rows_.numbers)
    if (&number != day && &number != offset)
      run(connection_,
          "INSERT INTO number (row, parameter, partition, value) VALUES (?, ?, ?, ?)"
          " ON CONFLICT DO NOTHING",
          row, parameters_[number.parameter].number, patient_.partition,
          Blob{number.value.sort_key()});
  const auto* value = only_value(rows_.quantities, Place::value);
  for (const auto& quantity : rows_.quantities)
    if (&quantity != value)
      run(connection_,
          "INSERT INTO quantity (row, parameter, partition, value, comparator, unit)"
          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
          row, parameters_[quantity.parameter].number, patient_.partition,
          Blob{quantity.value.sort_key()}, comparator_number(quantity.comparator),
          interned_.unit(quantity.system, quantity.code, quantity.unit));
  const auto* date = only_value(rows_.dates, Place::date);
  for (const auto& other : rows_.dates)
    if (&other != date)
      run(connection_,
          "INSERT INTO date (row, parameter, partition, local_begin, local_end, "
          "instant_begin,"
          " instant_end) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
          row, parameters_[other.parameter].number, patient_.partition, other.local_begin,
          other.local_end, other.instant_begin, other.instant_end);
}

}  // namespace

void write_index(Connection& connection, Interned& interned, const IndexedVersion& version,
                 const IndexRows& rows) {
  Writing writing(connection, interned, version, rows);
  writing.wide_row();
  writing.further_rows();
}

void end_index(Connection& connection, std::string_view type, std::int64_t row,
               std::int64_t ended) {
  run(connection,
      table_of(type) == "result" ? "UPDATE result SET ended = ? WHERE row = ?"
                                 : "UPDATE entry SET ended = ? WHERE row = ?",
      ended, row);
}

void erase_index(Connection& connection, Interned& interned, const fhir::ResourceKey& key,
                 std::int64_t row, const IndexRows& rows) {
  run(connection,
      table_of(key.type) == "result" ? "DELETE FROM result WHERE row = ?"
                                     : "DELETE FROM entry WHERE row = ?",
      row);
  static constexpr std::array<std::string_view, 4> by_row = {
      "DELETE FROM string WHERE row = ?", "DELETE FROM number WHERE row = ?",
      "DELETE FROM quantity WHERE row = ?", "DELETE FROM date WHERE row = ?"};
  for (const auto sql : by_row) run(connection, sql, row);
  PlacedRows(interned.of(key.type), key, rows)
      .for_each_posting(
          [&](std::int64_t number, std::string_view code, std::string_view system) {
            run(connection,
                "DELETE FROM token WHERE code = ? AND parameter = ? AND system = ? AND row = ?",
                code, number, interned.name(system), row);
          },
          [&](std::int64_t number, std::string_view id, std::string_view referred) {
            run(connection,
                "DELETE FROM reference WHERE parameter = ? AND id = ? AND type = ? AND row = ?",
                number, id, interned.name(referred), row);
          });
}

std::int64_t comparator_number(std::string_view comparator) {
  if (comparator == "<") return 1;
  if (comparator == "<=") return 2;
  if (comparator == ">") return 3;
  if (comparator == ">=") return 4;
  return 0;
}

}  // namespace gateway::store::tables
