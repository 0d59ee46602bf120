#include <algorithm>
#include <array>

#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

using Kind = Value::Kind;

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
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

/// TM knows hours alone, FHIR's time does not: no minutes are made up.
bool is_hour(std::string_view text) {
  const bool digits = text.find_first_not_of("0123456789") == text.npos;
  return text.size() == 2 && digits && text <= "23";
}

Value of_clock(const Text& said) {
  if (is_hour(said.text)) return text_value(std::string(said.text), {said});
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

/// T10, T11: what an empty OBX-5 means.
Value empty_value(const Row& row, bool null) {
  if (null) return absent_value("unknown");
  const std::string_view sent = row.sent_status.text;
  if (sent == "I" || sent == "P" || sent == "R") return absent_value("temp-unknown");
  return absent_value(sent == "X" ? "not-performed" : "unknown");
}

/// T4, and I of §8: a result that is not there yet, or never, has no value; what was sent in its
/// place is a note.
Value without_value(Desk& desk, const Row& row, std::string_view reason) {
  Value value = absent_value(std::string(reason));
  const auto note = [&](const Row& of) {
    const std::uint16_t count = desk.fields().repetitions(of.obx(), 5);
    for (std::uint16_t k = 1; k <= count; ++k) {
      const Text said = desk.fields().at({of.obx(), 5, k});
      if (!said.empty()) value.notes.push_back({"", said});
    }
  };
  note(row);
  for (const Row* line : row.lines) note(*line);
  return value;
}

/// E5: components in a type that has none are kept as they were sent, and said.
bool has_odd_parts(std::string_view type, const Text& said) {
  return said.leaf_count > 1 &&
         is_one_of(type, {"NM", "ST", "TX", "FT", "TM", "ID", "SI", "TXT", "FX"});
}

/// N9, T4: the one word in OBX-5, however it is typed, that says a quantity was not measured.
bool says_no_result(Desk& desk, const Row& row, const Text& said) {
  const SegmentIndex obx = row.obx();
  if (row.code.target == nullptr || !row.code.target->quantitative()) return false;
  if (row.type.text == "SN" || desk.fields().repetitions(obx, 5) > 1) return false;  // SN by parts
  const auto& words = desk.profile().no_result_words;
  if (!is_coded_type(row.type.text)) return is_no_result(said.text, words);
  const Concept answer = read_concept(desk, {obx, 5, 1});
  return is_no_result(answer.text.text, words) ||
         std::any_of(answer.codings.begin(), answer.codings.end(), [&](const Coding& coding) {
           return is_no_result(coding.code.text, words) || is_no_result(coding.display.text, words);
         });
}

Value by_type_alone(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  const SegmentIndex obx = row.obx();
  const std::string_view type = row.type.text;
  if (says_no_result(desk, row, said)) {
    Value none = no_result(desk.fields().at({obx, 5, 0}));
    if (type.empty()) none.issues.push_back("value-type-assumed");
    return none;
  }
  if (is_coded_type(type)) return coded(desk, obx);
  const bool one = desk.fields().repetitions(obx, 5) <= 1;
  if (type == "NA" || type == "MA") return value_of_samples(desk, row, unit);
  if (is_one_of(type, {"XAD", "AD", "XPN", "PN", "XCN", "CN", "CNN", "XON", "XTN", "TN"})) {
    Value value = value_of_words(desk, row);
    if (!one) value.issues.push_back("value-repeated");
    return value;
  }
  if (is_one_of(type, {"TX", "FT", "TXT", "FX"})) return joined_repetitions(desk, obx, "\n");
  if (!one) {
    Value value = joined_repetitions(desk, obx, "; ");
    value.issues.push_back("value-repeated");
    value.unit_in_note = true;
    return value;
  }
  if (type == "NM") return value_of_number(desk, row, unit, said);
  if (type == "SN") return value_of_structured(desk, row, said);
  if (type == "ST") return value_of_text(desk, row, unit, said);
  if (is_one_of(type, {"DT", "TS", "DTM"})) return value_of_time(desk, obx);
  if (type == "TM") return of_clock(said);
  if (type == "DR") return of_period(desk, obx, said);
  if (type == "NR") return value_of_range(desk, obx, said);
  if (type == "CQ")
    return value_of_number(desk, row, unit, desk.fields().code_at(Place{obx, 5}.part(1)));
  if (type.empty()) {
    const bool numeric_row = unit.sent() && read_plain_number(said.text, "no").has_value();
    Value value =
        numeric_row ? value_of_number(desk, row, unit, said) : value_of_text(desk, row, unit, said);
    value.issues.push_back("value-type-assumed");
    return value;
  }
  Value value = text_value(std::string(said.text), {said});
  const bool known = is_one_of(type, {"SI", "ID", "NR", "CX", "EI", "HD", "CQ", "CD", "DLN", "JCC",
                                      "PPN", "FN", "AUI", "SPD", "MO", "VR", "PL"});
  if (!known) value.issues.push_back("value-type-unknown");
  return value;
}

Value by_type(Desk& desk, const Row& row, const Unit& unit, const Text& said) {
  Value value = by_type_alone(desk, row, unit, said);
  if (has_odd_parts(row.type.text, said)) value.issues.push_back("unexpected-structure");
  return value;
}

/// `10^9/L` sent as it stands: the caret of the power is also the delimiter of components. What
/// would else be read is a unit "10". Empty where it is not so.
Text power_of_ten(FieldReader& fields, const Place& place, const Text& code, const Text& words) {
  if (code.text != "10" && code.text != "x10" && code.text != "X10" && code.text != "*10")
    return {};
  if (words.empty() || words.text.front() < '0' || words.text.front() > '9') return {};
  Text whole = fields.at(place);
  if (!whole.text.starts_with(code.text) || whole.text.substr(code.text.size(), 1) != "^")
    return {};
  whole.text = whole.text.substr(0, code.text.size() + 1 + words.text.size());
  whole.leaf_count = words.first_leaf + words.leaf_count - whole.first_leaf;
  return whole;
}

}  // namespace

bool is_coded_type(std::string_view type) {
  return is_one_of(type, {"CWE", "CE", "CNE", "CF", "IS"});
}

Value value_of_time(Desk& desk, SegmentIndex obx) {
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

Unit read_unit(Desk& desk, const Row& row) {
  FieldReader& fields = desk.fields();
  const bool own = row.type.text == "CQ" && !fields.populated(row.obx(), 6);  // CQ.2 is a CWE
  const Place place = own ? Place{row.obx(), 5, 1, 2} : Place{row.obx(), 6};
  Unit unit;
  unit.code = fields.code_at(place.part(1));
  Text words = fields.at(place.part(2));
  if (const Text power = power_of_ten(fields, place, unit.code, words)) {
    unit.code = power;
    words = {};
  }
  const Text alternate = fields.code_at(place.part(4));
  unit.text = words ? words : unit.code ? unit.code : alternate;
  unit.system = ucum_system(desk, fields.code_at(place.part(3)));
  if (unit.sent()) {
    const Text first = unit.code;
    for (const Text* said : std::array<const Text*, 3>{&first, &words, &alternate}) {
      if (said->empty() || !unit.ucum.empty()) continue;
      if (auto ucum = desk.catalogue().unit(desk.profile(), said->text)) unit.ucum = *ucum;
      if (said != &alternate || unit.ucum.empty()) continue;
      unit.code = alternate;
      unit.system = ucum_system(desk, fields.code_at(place.part(6)));
    }
  } else if (row.code.map_row != nullptr && !row.code.map_row->unit.empty()) {
    unit.supplied = unit.ucum = row.code.map_row->unit;
  } else {
    unit.supplied = unit.ucum = unit_of_code(row.code.target);
  }
  return unit;
}

Value answers_as_text(Desk& desk, const Row& row) {
  Value value = joined_repetitions(desk, row.obx(), "; ");
  value.issues.push_back("value-repeated");
  return value;
}

Value read_value(Desk& desk, const Row& row, const Unit& unit) {
  FieldReader& fields = desk.fields();
  const SegmentIndex obx = row.obx();
  const Text said = fields.at({obx, 5});
  const bool spoken = fields.populated(obx, 5);
  if (row.status == "entered-in-error") return {};
  if (row.status == "cancelled") return without_value(desk, row, "not-performed");
  if (row.is_pending() && !said.null) return without_value(desk, row, "temp-unknown");
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

}  // namespace gateway::mapping
