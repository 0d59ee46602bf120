#include <algorithm>
#include <array>

#include "gateway/mapping/cycle_date.hpp"
#include "gateway/mapping/cycle_statement.hpp"
#include "gateway/mapping/value.hpp"

namespace gateway::mapping {
namespace {

using Kind = Value::Kind;

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_coded_type(std::string_view type) {
  return is_one_of(type, {"CWE", "CE", "CNE", "CF", "IS"});
}

Value text_value(std::string text, std::vector<Text> origins) {
  Value value;
  value.kind = Kind::text;
  value.text = std::move(text);
  value.origins = std::move(origins);
  return value;
}

/// Repetitions joined; how the field separates them decides how we do.
Value joined_repetitions(Desk& desk, SegmentIndex obx, std::string_view separator) {
  std::string text;
  std::vector<Text> origins;
  const std::uint16_t count = desk.fields().repetitions(obx, 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Text said = desk.fields().at({obx, 5, k});
    if (k > 1) text += separator;
    text += said.text;
    origins.push_back(said);
  }
  return text_value(std::move(text), std::move(origins));
}

Value absent(std::string reason) {
  Value value;
  value.absent = std::move(reason);
  return value;
}

Value of_number(const Number& number, const Text& said) {
  Value value;
  value.kind = Kind::quantity;
  value.number = number;
  value.origins = {said};
  if (!number.issue.empty()) value.issues.push_back(number.issue);
  return value;
}

Value of_ratio(const Ratio& ratio, const Text& said) {
  Value value;
  value.kind = Kind::ratio;
  value.ratio = ratio;
  value.origins = {said};
  return value;
}

Value numeric(Desk& desk, const Text& said) {
  const NumberReading reading =
      read_number(said.text, desk.profile().decimal_comma, desk.profile().no_result_words);
  if (const auto* number = std::get_if<Number>(&reading)) return of_number(*number, said);
  if (std::holds_alternative<NoResult>(reading)) {
    Value value = absent("not-performed");
    value.notes.push_back({"", said});
    return value;
  }
  Value value = text_value(std::string(said.text), {said});
  value.issues.push_back(std::get<NoNumber>(reading).issue);
  value.unit_in_note = true;
  return value;
}

Value structured(Desk& desk, SegmentIndex obx, const Text& said) {
  const Place place{obx, 5};
  const auto part = [&](std::uint16_t number) {
    return std::string(desk.fields().at(place.part(number)).text);
  };
  const StructuredReading reading =
      read_structured({part(1), part(2), part(3), part(4)}, desk.profile().decimal_comma);
  if (const auto* number = std::get_if<Number>(&reading)) return of_number(*number, said);
  if (const auto* ratio = std::get_if<Ratio>(&reading)) return of_ratio(*ratio, said);
  if (const auto* interval = std::get_if<Interval>(&reading)) {
    Value value;
    value.kind = Kind::range;
    value.interval = *interval;
    value.origins = {said};
    return value;
  }
  const std::string text = std::get<PlainText>(reading).text;
  return text_value(text.empty() ? std::string(said.text) : text, {said});
}

Value quantitative_text(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  const TargetCode* target = row.code.target;
  if (target != nullptr && target->quantitative()) {
    const auto reading = read_quantitative_text(said.text, unit.code.text, target->is_ratio(),
                                                desk.profile().decimal_comma);
    if (reading) {
      if (const auto* number = std::get_if<Number>(&*reading)) return of_number(*number, said);
      return of_ratio(std::get<Ratio>(*reading), said);
    }
  }
  return text_value(std::string(said.text), {said});
}

Value coded(Desk& desk, SegmentIndex obx) {
  Value value;
  value.kind = Kind::coded;
  const std::uint16_t count = desk.fields().repetitions(obx, 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    Concept said = read_concept(desk, {obx, 5, k});
    if (!said.empty()) value.concepts.push_back(std::move(said));
  }
  if (value.concepts.empty()) return joined_repetitions(desk, obx, "; ");
  if (value.concepts.size() > 1) value.issues.push_back("value-repeated");
  return value;
}

Value of_time(Desk& desk, SegmentIndex obx) {
  const TimeReading reading = read_time(desk, {obx, 5});
  Value value;
  if (reading.invalid) {
    value = text_value(std::string(reading.said.text), {reading.said});
    value.issues.push_back("date-invalid");
    return value;
  }
  value.kind = Kind::time;
  value.start = reading;
  if (reading.said.text.find('-') == 4) value.issues.push_back("date-format");
  return value;
}

/// A date as its row may write it: HL7's, FHIR's, or the forms of C28. nullopt: it is none.
std::optional<Value> of_date(Desk& desk, SegmentIndex obx, const Text& said) {
  const CycleDate date = read_context_date(said.text, desk.profile().date_order);
  const bool read = date.kind == CycleDate::Kind::day || date.kind == CycleDate::Kind::imprecise;
  Value value = of_time(desk, obx);
  const bool month = value.kind == Kind::time && date.kind == CycleDate::Kind::imprecise &&
                     value.start.time->precision < date.date.precision;  // "2025-03"
  if (value.kind == Kind::time && !month) return value;
  if (!read) return std::nullopt;
  value = {};
  value.kind = Kind::time;
  value.start = {date.date, said};
  value.issues.push_back("date-format");
  value.notes.push_back({"", said});
  return value;
}

/// TM: HH[MM[SS[.S…]]][±ZZZZ] as a FHIR time; empty if it is none.
std::string clock_text(std::string_view text) {
  const auto zone = text.find_first_of("+-");
  text = text.substr(0, zone);
  std::string digits;
  std::size_t k = 0;
  for (; k < text.size() && text[k] != '.'; ++k) {
    if (text[k] == ':') continue;
    if (text[k] < '0' || text[k] > '9') return {};
    digits += text[k];
  }
  if (digits.size() != 4 && digits.size() != 6) return {};
  digits.resize(6, '0');
  if (digits.substr(0, 2) > "23" || digits.substr(2, 2) > "59" || digits.substr(4, 2) > "59")
    return {};
  std::string clock = digits.substr(0, 2) + ":" + digits.substr(2, 2) + ":" + digits.substr(4, 2);
  const std::string_view fraction = text.substr(std::min(k, text.size()));
  const bool plain =
      fraction.size() > 1 && fraction.substr(1).find_first_not_of("0123456789") == fraction.npos;
  return plain ? clock + std::string(fraction) : clock;
}

Value of_clock(const Text& said) {
  Value value = text_value(clock_text(said.text), {said});
  if (value.text.empty()) {
    value.text = said.text;
    value.issues.push_back("date-invalid");
  } else {
    value.kind = Kind::clock;
  }
  return value;
}

Value of_period(Desk& desk, SegmentIndex obx, const Text& said) {
  Value value;
  value.kind = Kind::period;
  value.start = read_time(desk, Place{obx, 5, 1, 1});
  value.end = read_time(desk, Place{obx, 5, 1, 2});
  const bool backwards =
      value.start.time && value.end.time &&
      value.start.time->local_begin_seconds() > value.end.time->local_end_seconds();
  if (value.start.invalid || value.end.invalid || backwards)
    return text_value(std::string(said.text), {said});
  return value;
}

/// NR: both ends, or one, as plain numbers.
Value of_range(Desk& desk, SegmentIndex obx, const Text& said) {
  const Place place{obx, 5};
  Value value;
  value.kind = Kind::range;
  value.origins = {said};
  for (auto [number, bound] :
       {std::pair{1, &value.interval.low}, std::pair{2, &value.interval.high}}) {
    const std::string_view text =
        desk.fields().at(place.part(static_cast<std::uint16_t>(number))).text;
    if (text.empty()) continue;
    auto read = read_plain_number(text, desk.profile().decimal_comma);
    if (!read) return text_value(std::string(said.text), {said});
    *bound = read->value;
    if (!read->issue.empty()) value.issues.push_back(read->issue);
  }
  const bool backwards =
      value.interval.low && value.interval.high && *value.interval.high < *value.interval.low;
  const bool nothing = !value.interval.low && !value.interval.high;
  return backwards || nothing ? text_value(std::string(said.text), {said}) : value;
}

/// T10, T11: what an empty OBX-5 means.
Value empty_value(const Row& row, bool null) {
  if (null) return absent("unknown");
  const std::string_view sent = row.sent_status.text;
  if (sent == "I" || sent == "P" || sent == "R") return absent("temp-unknown");
  return absent(sent == "X" ? "not-performed" : "unknown");
}

Value by_type(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  const SegmentIndex obx = row.obx();
  const std::string_view type = row.type.text;
  if (is_coded_type(type)) return coded(desk, obx);
  if (is_one_of(type, {"TX", "FT", "TXT", "FX"})) return joined_repetitions(desk, obx, "\n");
  if (desk.fields().repetitions(obx, 5) > 1) {
    Value value = joined_repetitions(desk, obx, "; ");
    value.issues.push_back("value-repeated");
    value.unit_in_note = true;
    return value;
  }
  if (type == "NM") return numeric(desk, said);
  if (type == "SN") return structured(desk, obx, said);
  if (type == "ST") return quantitative_text(desk, row, unit, said);
  if (is_one_of(type, {"DT", "TS", "DTM"})) return of_time(desk, obx);
  if (type == "TM") return of_clock(said);
  if (type == "DR") return of_period(desk, obx, said);
  if (type == "NR") return of_range(desk, obx, said);
  if (type == "CQ") return numeric(desk, desk.fields().code_at(Place{obx, 5}.part(1)));
  if (type.empty()) {
    const bool numeric_row = unit.sent() && read_plain_number(said.text, "no").has_value();
    Value value = numeric_row ? numeric(desk, said) : quantitative_text(desk, row, unit, said);
    value.issues.push_back("value-type-assumed");
    return value;
  }
  Value value = text_value(std::string(said.text), {said});
  const bool known =
      is_one_of(type, {"SI",  "ID",  "NR",  "NA",  "MA",  "CX", "EI", "HD", "XAD", "XPN",
                       "XCN", "XON", "XTN", "TN",  "PN",  "CN", "CQ", "CD", "CNN", "DLN",
                       "JCC", "PPN", "FN",  "AUI", "SPD", "MO", "VR", "PL"});
  if (!known) value.issues.push_back("value-type-unknown");
  return value;
}

}  // namespace

Unit read_unit(Desk& desk, const Row& row) {
  FieldReader& fields = desk.fields();
  const bool own = row.type.text == "CQ" && !fields.populated(row.obx(), 6);  // CQ.2 is a CWE
  const Place place = own ? Place{row.obx(), 5, 1, 2} : Place{row.obx(), 6};
  Unit unit;
  unit.code = fields.code_at(place.part(1));
  const Text words = fields.at(place.part(2));
  unit.text = words ? words : unit.code;
  unit.system = fields.code_at(place.part(3));
  if (unit.sent()) {
    for (const Text& said : {unit.code, words}) {
      if (said.empty() || !unit.ucum.empty()) continue;
      if (auto ucum = desk.catalogue().unit(desk.profile(), said.text)) unit.ucum = *ucum;
    }
  } else if (row.code.map_row != nullptr && !row.code.map_row->unit.empty()) {
    unit.supplied = unit.ucum = row.code.map_row->unit;
  }
  return unit;
}

Value read_value(Desk& desk, const Row& row, const Unit& unit) {
  FieldReader& fields = desk.fields();
  const SegmentIndex obx = row.obx();
  const Text said = fields.at({obx, 5});
  const bool spoken = fields.populated(obx, 5);
  if (row.status == "entered-in-error") return {};
  if (row.status == "cancelled") {
    Value value = absent("not-performed");
    const std::uint16_t count = fields.repetitions(obx, 5);
    for (std::uint16_t k = 1; k <= count; ++k) value.notes.push_back({"", fields.at({obx, 5, k})});
    return value;
  }
  if (!row.lines.empty()) {
    Value value = joined_repetitions(desk, obx, "\n");
    for (const Row* line : row.lines) {
      Value more = joined_repetitions(desk, line->obx(), "\n");
      value.text += "\n" + more.text;
      value.origins.insert(value.origins.end(), more.origins.begin(), more.origins.end());
    }
    if (value.text.find_first_not_of(" \t\r\n") != std::string::npos) return value;
    return empty_value(row, false);
  }
  if (!spoken) return empty_value(row, said.null);
  return by_type(desk, row, unit, said);
}

namespace {

/// The one signed integer of a text: `7`, `day 20`; nullopt where there is none or several.
std::optional<long long> only_integer(std::string_view text) {
  std::optional<long long> found;
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
    const bool fraction =
        k + 1 < text.size() && (text[k] == '.' || text[k] == ',') && is_digit(k + 1);
    if (found || digits > 9 || fraction) return std::nullopt;
    found = negative ? -value : value;
  }
  return found;
}

/// Days of the cycle and offsets are the numbers the context reads them as, and no others: "P+5" is
/// no days after an LH surge, "about 12" no 12 (C2).
std::optional<long long> integer_of(std::string_view text, const TargetCode* target) {
  const std::string_view kind = target != nullptr ? target->context_kind : std::string_view();
  if (kind != "cycle-day" && anchor_of_kind(kind).empty()) return only_integer(text);
  const StatedNumber number = read_stated_count(text, kind);
  constexpr long most = 999'999'999;
  if (!number.value || *number.value > most || *number.value < -most) return std::nullopt;
  return *number.value;
}

bool is_plain_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

std::string plain_words(Desk& desk, const Row& row, const Place& value) {
  FieldReader& fields = desk.fields();
  if (is_one_of(row.type.text, {"TS", "DT", "DTM"}))
    return std::string(fields.code_at(value.part(1)).text);
  if (row.type.text != "SN") return std::string(fields.at(value).text);
  std::string text;
  for (std::uint16_t part = 1; part <= 4; ++part) {
    const std::string_view said = fields.code_at(value.part(part)).text;
    if (part > 1 || said != "=") text += said;
  }
  return text;
}

Value read_value_as(Desk& desk, const Row& row, const Unit& unit, std::string_view form) {
  FieldReader& fields = desk.fields();
  const SegmentIndex obx = row.obx();
  const bool plain =
      row.status != "entered-in-error" && row.status != "cancelled" && fields.populated(obx, 5);
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
  if (!is_coded && (form == "date" || dated_anchor)) {
    const auto date = of_date(desk, obx, said);
    return date ? *date : of_time(desk, obx);
  }
  if (form == "integer") {
    const bool is_time = is_one_of(row.type.text, {"DT", "TS", "DTM"});  // no number of days
    const auto integer = is_time ? std::nullopt : integer_of(words, target);
    if (!integer) return read_value(desk, row, unit);
    Value value = text_value(std::to_string(*integer), {fields.at({obx, 5, 0})});
    value.kind = Kind::integer;
    if (!is_plain_integer(words)) value.notes.push_back({"", said});
    return value;
  }
  if (form == "gestation") {
    Value value = text_value("", {fields.at({obx, 5, 0})});
    value.gestation = read_gestation(words, unit.sent() ? unit.code.text : unit.supplied);
    if (!value.gestation && !is_coded && !is_plain_integer(words)) {
      value = text_value(words, value.origins);  // 9.3: days, or tenths?
      value.unit_in_note = true;
      return value;
    }
    if (!value.gestation) return read_value(desk, row, unit);
    value.kind = Kind::gestation;
    if (!is_plain_integer(words)) value.notes.push_back({"", fields.at({obx, 5, 0})});
    return value;
  }
  if (form == "ratio") {
    const auto reading =
        read_quantitative_text(said.text, unit.code.text, true, desk.profile().decimal_comma);
    if (reading && std::holds_alternative<Ratio>(*reading))
      return of_ratio(std::get<Ratio>(*reading), fields.at({obx, 5, 0}));
  }
  return read_value(desk, row, unit);
}

}  // namespace gateway::mapping
