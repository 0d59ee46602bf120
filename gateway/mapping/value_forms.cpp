// OBX-5 in the form that its code asks for: context answers and components (C2, S14).
#include "gateway/mapping/cycle_date.hpp"
#include "gateway/mapping/cycle_language.hpp"
#include "gateway/mapping/cycle_statement.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

using ValueKind = Value::Kind;

bool is_time_type(std::string_view type) {
  return type == "DT" || type == "TS" || type == "DTM";
}

bool is_read(const CycleDate& date) {
  return date.kind == CycleDate::Kind::day || date.kind == CycleDate::Kind::imprecise;
}

/// A date that its row writes as HL7, FHIR or C28 do; else the words as sent, which are no date,
/// two of them (C28), or the answer that nobody knows one.
Value of_date(Desk& desk, const Row& row, const std::string& words) {
  const SegmentIndex obx = row.obx();
  const CycleDate date = read_context_date(words, desk.profile().date_order);
  Value value;
  if (row.type.text != "SN") value = value_of_time(desk, {obx, 5});
  const bool month = value.kind == ValueKind::time && date.kind == CycleDate::Kind::imprecise &&
                     value.start.time->precision < date.date.precision;  // "2025-03"
  if (value.kind == ValueKind::time && !month) return value;
  const Text said = desk.fields().at({obx, 5, 0});
  if (is_read(date)) {
    value = {};
    value.kind = ValueKind::time;
    value.start = {date.date, said};
    value.issues.push_back("date-format");
    value.notes.push_back({"", said});
    return value;
  }
  value = text_value(words, {said});
  value.unit_in_note = true;
  const bool none = desk.catalogue().cycle_language().is_no_answer(words) ||
                    is_no_result(words, desk.profile().no_result_words);
  if (!none && date.kind == CycleDate::Kind::none) value.issues.push_back("date-invalid");
  return value;
}

/// A coded answer whose code and words name one date (C1): that date, and the codes beside it.
std::optional<Value> of_coded_date(Desk& desk, const Row& row) {
  const Place place{row.obx(), 5, 1};
  if (desk.fields().repetitions(row.obx(), 5) > 1) return std::nullopt;
  Value value;
  value.concepts.push_back(read_concept(desk, place));
  const Concept& said = value.concepts.front();
  std::vector<std::string_view> writings{said.text.text};
  for (const Coding& coding : said.codings)
    writings.insert(writings.end(), {coding.code.text, coding.display.text});
  if (said.text.empty() && !said.codings.empty()) writings.front() = said.codings.front().code.text;
  if (desk.catalogue().cycle_language().is_no_answer(writings.front())) return std::nullopt;
  const CycleDate date = read_answer_date(writings, desk.profile().date_order);
  if (!is_read(date)) return std::nullopt;
  value.kind = ValueKind::time;
  value.start = {date.date, desk.fields().at({row.obx(), 5, 0})};
  value.codes_beside = true;
  return value;
}

/// "20.0" is the whole number 20.
bool is_fraction(std::string_view behind) {
  const std::string_view digits = behind.substr(1, behind.find_first_not_of("0123456789", 1) - 1);
  return behind.front() == ',' || digits.find_first_not_of('0') != digits.npos;
}

/// The one signed integer of a text: `7`, `20 fields`; nullopt where there is none or several, or
/// one that is a limit (N6).
std::optional<long long> only_integer(std::string_view text) {
  std::optional<long long> found;
  for (const std::string_view limit : {"<", ">", "≤", "≥", "~", "±", "?"})
    if (text.find(limit) != text.npos) return std::nullopt;
  for (std::size_t k = 0; k < text.size();) {
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if (!is_digit(k)) {
      ++k;
      continue;
    }
    const bool negative = k > 0 && text[k - 1] == '-';
    long long value = 0;
    std::size_t digits = 0;
    for (; is_digit(k); ++k, ++digits) value = digits < 9 ? value * 10 + (text[k] - '0') : value;
    const bool decimal =
        k + 1 < text.size() && (text[k] == '.' || text[k] == ',') && is_digit(k + 1);
    if (found || digits > 9 || (decimal && is_fraction(text.substr(k)))) return std::nullopt;
    found = negative ? -value : value;
    if (decimal) k = std::min(text.find_first_not_of("0123456789", k + 1), text.size());
  }
  return found;
}

/// Days of the cycle and offsets are the numbers the context reads them as, and no others: "P+5" is
/// no days after an LH surge, "about 12" no 12 (C2).
std::optional<long long> integer_of(const CycleLanguage& language, std::string_view text,
                                    const TargetCode* target) {
  const std::string_view kind = target != nullptr ? target->context_kind : std::string_view();
  if (kind.empty()) return only_integer(text);
  const StatedNumber number = read_stated_count(language, text, kind);
  constexpr long most = 999'999'999;
  if (!number.value || *number.value > most || *number.value < -most) return std::nullopt;
  return *number.value;
}

bool is_plain_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// A coded answer sent as plain text: the sender's code, where the answer map knows it (S14).
std::optional<Value> known_answer(Desk& desk, const Row& row) {
  if (is_coded_type(row.type.text) || row.code.target == nullptr || !row.code.target->component)
    return std::nullopt;
  const Text said = desk.fields().code_at({row.obx(), 5, 0});
  if (desk.catalogue().answer(desk.profile(), row.code.target->code, "", said.text) == nullptr)
    return std::nullopt;
  Value value;
  value.kind = ValueKind::coded;
  Concept answer;
  answer.codings.push_back({desk.own_system(""), said, {}, {}, {}});
  value.concepts.push_back(std::move(answer));
  return value;
}

}  // namespace

std::string_view unit_of_code(const TargetCode* target) {
  if (target == nullptr || target->value_form != "gestation") return "";
  const std::string_view unit = target->unit;
  return unit.find(' ') == unit.npos ? unit : "";
}

std::string plain_words(Desk& desk, const Row& row, const Place& value) {
  FieldReader& fields = desk.fields();
  if (is_time_type(row.type.text)) {
    const TimeReading read = read_time(desk, value);  // TS.2 says how much of it counts
    return read.time ? read.time->to_fhir() : std::string(read.said.text);
  }
  if (row.type.text != "SN") return std::string(fields.at(value).text);
  std::string text;
  for (std::uint16_t part = 1; part <= 4; ++part) {
    const std::string_view said = fields.code_at(value.part(part)).text;
    if (part > 1 || said != "=") text += said;
  }
  return text;
}

namespace {

/// A whole number, or what was sent as its text: 12.5, `<12` and 12–14 are no day of a cycle (C2).
Value of_integer(Desk& desk, const Row& row, const Unit& unit, const std::string& words,
                 const Text& said) {
  const auto integer = is_time_type(row.type.text)
                           ? std::nullopt
                           : integer_of(desk.catalogue().cycle_language(), words, row.code.target);
  const std::vector<Text> origins{desk.fields().at({row.obx(), 5, 0})};
  if (integer) {
    Value value = text_value(std::to_string(*integer), origins);
    value.kind = ValueKind::integer;
    if (!is_plain_integer(words)) value.notes.push_back({"", said});
    return value;
  }
  Value value = read_value(desk, row, unit);
  if (!value.is_number() && value.kind != ValueKind::ratio) return value;
  value = text_value(words, origins);
  value.unit_in_note = true;
  return value;
}

Value of_gestation(Desk& desk, const Row& row, const Unit& unit, const std::string& words) {
  const std::vector<Text> origins{desk.fields().at({row.obx(), 5, 0})};
  const auto read = read_gestation(words, unit.sent() ? unit.code.text : unit.supplied);
  const bool whole = is_coded_type(row.type.text) || is_plain_integer(words);
  if (!read && (whole || is_no_result(words, desk.profile().no_result_words)))
    return read_value(desk, row, unit);
  Value value = text_value(words, origins);
  value.gestation = read;
  if (read) {
    value.kind = ValueKind::gestation;
    if (!is_plain_integer(words)) value.notes.push_back({"", origins.front()});
  } else {
    value.unit_in_note = true;  // 9.3: days, or tenths?
  }
  return value;
}

}  // namespace

Value read_value_as(Desk& desk, const Row& row, const Unit& unit, std::string_view form) {
  FieldReader& fields = desk.fields();
  const SegmentIndex obx = row.obx();
  const bool plain = row.status != "entered-in-error" && row.status != "cancelled" &&
                     !row.is_pending() && fields.populated(obx, 5);
  if (!plain || form.empty() || form == "text") return read_value(desk, row, unit);
  const Text said = is_coded_type(row.type.text) && !fields.at(Place{obx, 5}.part(2)).empty()
                        ? fields.at(Place{obx, 5}.part(2))
                        : fields.code_at(Place{obx, 5}.part(1));
  const bool is_coded = is_coded_type(row.type.text);
  if (!is_coded && fields.repetitions(obx, 5) > 1) return read_value(desk, row, unit);
  const std::string words =
      is_coded ? std::string(said.text) : plain_words(desk, row, Place{obx, 5});
  const TargetCode* target = row.code.target;
  const bool dated_anchor =
      target != nullptr && !anchor_of_kind(target->context_kind).empty() &&
      read_context_date(words, desk.profile().date_order).kind == CycleDate::Kind::day;
  const bool other_time = row.type.text == "TM" || row.type.text == "DR";  // neither is one date
  if ((form == "date" || dated_anchor) && !other_time) {
    const auto date = is_coded ? of_coded_date(desk, row) : of_date(desk, row, words);
    return date ? *date : read_value(desk, row, unit);
  }
  if (form == "integer") return of_integer(desk, row, unit, words, said);
  if (form == "gestation") return of_gestation(desk, row, unit, words);
  if (form == "coded") {
    if (auto answer = known_answer(desk, row)) return *answer;
  }
  if (form == "ratio") {
    const auto reading = read_quantity_in(said.text, unit, true, desk.profile().decimal_comma);
    if (reading && std::holds_alternative<Ratio>(*reading))
      return value_of_ratio(std::get<Ratio>(*reading), fields.at({obx, 5, 0}));
  }
  return read_value(desk, row, unit);
}

}  // namespace gateway::mapping
