#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/value.hpp"

namespace gateway::mapping {

/// One half of a blood pressure (S16); without a row nobody sent it.
struct PressureHalf {
  std::string_view code;  // 8480-6 or 8462-4
  const Row* row = nullptr;
  std::string_view status;
  Unit unit;
  Value value;
};

/// A component row that joined (S14), and has something to say.
struct SaidComponent {
  const Row* row = nullptr;
  Unit unit;
  Value value;
};

/// A component as it was written: what profiles ask for.
struct WrittenComponent {
  std::string_view code;
  Value::Kind kind = Value::Kind::none;
  bool in_set = false;  // the answer is one of ours; of a blood pressure: the unit is mm[Hg]
};

/// What is decided about a result before its first member is written.
struct Decision {
  Unit unit;
  Value value;
  SampleType sample;
  const RowCode* code = nullptr;     // the row's; of a row without one what was ordered, if it is
  std::string stand_in;              // RIO code that replaces a withheld one
  std::string_view withheld_by;      // "specimen" or "unit"
  bool timeless = false;             // a vital sign without a day: R4 refuses its LOINC code
  std::vector<PressureHalf> halves;  // of a blood pressure: both
  std::vector<SaidComponent> said_components;
  std::vector<WrittenComponent> components;  // once they are written
};
Decision decide(Desk& desk, const Row& row, const OrderWork& order);

/// `code`, or what replaces it (S11, S13), with `original-code`.
void write_result_code(Desk& desk, Draft& draft, const Row& row, const Decision& decision);
/// `code` of a vital sign that R4 would refuse for want of a day.
void write_timeless_code(Desk& desk, Draft& draft, const Row& row);
void raise_code_issues(Desk& desk, Draft& draft, const Row& row, const Decision& decision);
void raise_value_issues(Desk& desk, Draft& draft, const Row& row, const Unit& unit,
                        const Value& value);
/// R8: the answer of a component row that its map lacks; a word where a code is expected has no row
/// either.
void raise_answer_issue(Desk& desk, Draft& draft, const Row& row, const Value& value);
/// OBX-7 (F7, N10). Under a code withheld by the specimen the range stays text.
void write_range(Desk& desk, Draft& draft, const Row& row, const Unit& unit, bool text_only);
std::vector<SaidComponent> read_components(Desk& desk, const Row& row);
/// `component`: rows that joined, what the code implies (S14, S15), halves of a pressure (S16).
void write_result_components(Desk& desk, Draft& draft, const Row& row, Decision& decision);

/// Does the unit contradict the property of one of the code's codings (S13)?
bool unit_contradicts(const RowCode& code, const Unit& unit);

/// The profiles that a result meets (DOMAIN.md §7), into `meta.profile`.
void claim_profiles(Draft& draft, const Row& row, const Decision& decision);

}  // namespace gateway::mapping
