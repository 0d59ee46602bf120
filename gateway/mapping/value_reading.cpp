#include <algorithm>
#include <utility>

#include "gateway/base/words.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

using ValueKind = Value::Kind;

/// An empty repetition maps to nothing (V2FHIR.md §1.5). Before an answer of context it is a tilde
/// of doubt that nobody escaped (C24).
bool is_kept_empty(const Row& row, std::uint16_t repetition) {
  return row.kind == RowKind::context && repetition == 1;
}

/// The repetition that is the value, where one alone says something.
struct Spoken {
  Place place;
  bool one = true;
};
Spoken spoken_in(Desk& desk, const Row& row) {
  const std::uint16_t count = desk.fields().repetitions(row.obx(), 5);
  Spoken spoken{{row.obx(), 5}};
  bool found = count <= 1;
  for (std::uint16_t k = 1; k <= count && count > 1 && spoken.one; ++k) {
    if (desk.fields().at({row.obx(), 5, k}).empty() && !is_kept_empty(row, k)) continue;
    if (!found) spoken.place.repetition = k;
    spoken.one = !found;
    found = true;
  }
  return spoken;
}

/// Lines of a text, of which an empty one is one, too.
constexpr std::string_view line_end = "\n";

/// Repetitions joined; how the field separates them decides how we do.
Value joined_repetitions(Desk& desk, const Row& row, std::string_view separator) {
  std::string text;
  std::vector<Text> origins;
  bool first = true;
  const std::uint16_t count = desk.fields().repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Text said = desk.fields().at({row.obx(), 5, k});
    if (said.empty() && separator != line_end && !is_kept_empty(row, k)) continue;
    if (!std::exchange(first, false)) text += separator;
    text += said.text;
    origins.push_back(said);
  }
  return text_value(std::move(text), std::move(origins));
}

Value coded(Desk& desk, const Row& row) {
  const SegmentIndex obx = row.obx();
  Value value;
  value.kind = ValueKind::coded;
  const std::uint16_t count = desk.fields().repetitions(obx, 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    Concept said = read_concept(desk, {obx, 5, k});
    if (!said.empty()) value.concepts.push_back(std::move(said));
  }
  if (value.concepts.empty()) return joined_repetitions(desk, row, "; ");
  if (value.concepts.size() > 1) value.issues.push_back("value-repeated");
  return value;
}

/// TM: HH[MM[SS[.S…]]][±ZZZZ] as a FHIR time; empty if it is none.
std::string clock_text(std::string_view text) {
  const auto zone = text.find_first_of(offset_marks);
  if (zone != text.npos && !parse_hl7_offset(text.substr(zone))) return {};  // as in 2024-02-29
  text = text.substr(0, zone);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits;
  for (const char c : text.substr(0, point)) {
    if (c == ':') continue;
    if (c < '0' || c > '9') return {};
    digits += c;
  }
  const std::string_view fraction = text.substr(point);
  if (digits.size() != 6 && (digits.size() != 4 || fraction.size() > 1)) return {};
  digits.resize(6, '0');
  if (digits.substr(0, 2) > "23" || digits.substr(2, 2) > "59" || digits.substr(4, 2) > "59")
    return {};
  std::string clock = digits.substr(0, 2) + ":" + digits.substr(2, 2) + ":" + digits.substr(4, 2);
  if (fraction.size() < 2) return clock;
  const bool plain = fraction.find_first_not_of("0123456789", 1) == fraction.npos;
  return plain ? clock + std::string(fraction) : std::string();
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
    value.kind = ValueKind::clock;
  }
  return value;
}

Value of_period(Desk& desk, const Place& place, const Text& said) {
  Value value;
  value.kind = ValueKind::period;
  value.start = read_time(desk, place.part(1));
  value.end = read_time(desk, place.part(2));
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
         base::is_one_of(type, {"NM", "ST", "TX", "FT", "TM", "ID", "SI", "TXT", "FX"});
}

/// N9, T4: the one word in OBX-5, however it is typed, that says a quantity was not measured.
bool says_no_result(Desk& desk, const Row& row, const Place& place, const Text& said) {
  if (row.code.target == nullptr || !row.code.target->quantitative()) return false;
  if (row.type.text == "SN") return false;  // by its parts
  const auto& words = desk.profile().no_result_words;
  if (!is_coded_type(row.type.text)) return is_no_result(said.text, words);
  const Concept answer = read_concept(desk, place);
  return is_no_result(answer.text.text, words) ||
         std::any_of(answer.codings.begin(), answer.codings.end(), [&](const Coding& coding) {
           return is_no_result(coding.code.text, words) || is_no_result(coding.display.text, words);
         });
}

Value by_type_alone(Desk& desk, const Row& row, const Unit& unit, const Spoken& spoken,
                    const Text& said) {
  const auto& [place, one] = spoken;
  const SegmentIndex obx = row.obx();
  const std::string_view type = row.type.text;
  if (one && says_no_result(desk, row, place, said)) {
    Value none = no_result(desk.fields().at({obx, 5, 0}));
    if (type.empty()) none.issues.push_back("value-type-assumed");
    return none;
  }
  if (is_coded_type(type)) return coded(desk, row);
  if (type == "NA" || type == "MA") return value_of_samples(desk, row, unit);
  if (base::is_one_of(type, {"XAD", "AD", "XPN", "PN", "XCN", "CN", "CNN", "XON", "XTN", "TN"})) {
    Value value = value_of_words(desk, row);
    if (!one) value.issues.push_back("value-repeated");
    return value;
  }
  if (base::is_one_of(type, {"TX", "FT", "TXT", "FX"}))
    return joined_repetitions(desk, row, line_end);
  if (!one) {
    Value value = joined_repetitions(desk, row, "; ");
    value.issues.push_back("value-repeated");
    value.unit_in_note = true;
    return value;
  }
  if (type == "NM") return value_of_number(desk, row, unit, said);
  if (type == "SN") return value_of_structured(desk, row, place, said);
  if (type == "ST") return value_of_text(desk, row, unit, said);
  if (base::is_one_of(type, {"DT", "TS", "DTM"})) return value_of_time(desk, place);
  if (type == "TM") return of_clock(said);
  if (type == "DR") return of_period(desk, place, said);
  if (type == "NR") return value_of_range(desk, place, said);
  if (type == "CQ") return value_of_number(desk, row, unit, desk.fields().code_at(place.part(1)));
  if (type.empty()) {
    const bool numeric_row = unit.sent() && read_plain_number(said.text, "no").has_value();
    Value value =
        numeric_row ? value_of_number(desk, row, unit, said) : value_of_text(desk, row, unit, said);
    value.issues.push_back("value-type-assumed");
    return value;
  }
  Value value = text_value(std::string(said.text), {said});
  const bool known = base::is_one_of(type, {"SI", "ID", "NR", "CX", "EI", "HD", "CQ", "CD", "DLN",
                                            "JCC", "PPN", "FN", "AUI", "SPD", "MO", "VR", "PL"});
  if (!known) value.issues.push_back("value-type-unknown");
  return value;
}

Value by_type(Desk& desk, const Row& row, const Unit& unit) {
  const Spoken spoken = spoken_in(desk, row);
  const Text said = desk.fields().at(spoken.place);
  Value value = by_type_alone(desk, row, unit, spoken, said);
  if (has_odd_parts(row.type.text, said)) value.issues.push_back("unexpected-structure");
  return value;
}

}  // namespace

bool is_coded_type(std::string_view type) {
  return base::is_one_of(type, {"CWE", "CE", "CNE", "CF", "IS"});
}

Value value_of_time(Desk& desk, const Place& place) {
  const TimeReading reading = read_time(desk, place);
  Value value;
  if (reading.invalid) {
    value = text_value(std::string(reading.said.text), {reading.said});
    value.issues.push_back("date-invalid");
    return value;
  }
  value.kind = ValueKind::time;
  value.start = reading;
  if (reading.said.text.find('-') == 4) value.issues.push_back("date-format");
  return value;
}

Unit read_unit(Desk& desk, const Row& row) {
  const bool own = row.type.text == "CQ" && !desk.fields().populated(row.obx(), 6);
  Unit unit{read_sent_unit(desk, own ? spoken_in(desk, row).place.part(2) : Place{row.obx(), 6})};
  if (unit.sent()) return unit;
  if (row.code.map_row != nullptr && !row.code.map_row->unit.empty())
    unit.supplied = unit.ucum = row.code.map_row->unit;
  else
    unit.supplied = unit.ucum = unit_of_code(row.code.target);
  return unit;
}

Value answers_as_text(Desk& desk, const Row& row) {
  Value value = joined_repetitions(desk, row, "; ");
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
    Value value = joined_repetitions(desk, row, line_end);
    for (const Row* line : row.lines) {
      Value more = joined_repetitions(desk, *line, line_end);
      value.text += "\n" + more.text;
      value.origins.insert(value.origins.end(), more.origins.begin(), more.origins.end());
    }
    if (value.text.find_first_not_of(" \t\r\n") != std::string::npos) return value;
    return empty_value(row, false);
  }
  if (!spoken) return empty_value(row, said.null);
  return by_type(desk, row, unit);
}

}  // namespace gateway::mapping
