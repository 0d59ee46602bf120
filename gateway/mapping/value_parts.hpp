#pragma once
#include <string>
#include <utility>
#include <vector>

#include "gateway/mapping/value.hpp"

/// What the readers of OBX-5 share, inside this room.
namespace gateway::mapping {

inline Value text_value(std::string text, std::vector<Text> origins) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(text);
  value.origins = std::move(origins);
  return value;
}

inline Value absent_value(std::string reason) {
  Value value;
  value.absent = std::move(reason);
  return value;
}

/// "There is no result" is no value, whatever type says it (N9, T4).
inline Value no_result(const Text& said) {
  Value value = absent_value("not-performed");
  value.notes.push_back({"", said});
  value.says_no_result = true;
  return value;
}

/// The unit that a gestational age has by its code alone, where its row in targets.csv names one:
/// 49051-6 asks for weeks; "" where the code says neither.
std::string_view unit_of_code(const TargetCode* target);

/// CWE and its older kin.
bool is_coded_type(std::string_view type);

/// DT, TS, DTM.
Value value_of_time(Desk& desk, const Place& place);

/// NM and CQ (N1–N5, N8, N9).
Value value_of_number(Desk& desk, const Row& row, const Unit& unit, const Text& said);
/// SN (N6).
Value value_of_structured(Desk& desk, const Row& row, const Place& place, const Text& said);
/// ST under a quantitative code (N7), else a string.
Value value_of_text(Desk& desk, const Row& row, const Unit& unit, const Text& said);
/// NR: both ends, or one, as plain numbers.
Value value_of_range(Desk& desk, const Place& place, const Text& said);
Value value_of_ratio(const Ratio& ratio, const Text& said);
/// XAD, XPN, XCN, XON, XTN and their elders: the text that people would write.
Value value_of_words(Desk& desk, const Row& row);
/// NA, MA: a series, where unit and interval are known; else the rows as lines.
Value value_of_samples(Desk& desk, const Row& row, const Unit& unit);

/// A number, range or ratio in a text, its unit as OBX-6 writes it: code or words.
QuantitativeText read_quantity_in(std::string_view text, const Unit& unit, bool is_ratio_code,
                                  std::string_view decimal_comma);

}  // namespace gateway::mapping
