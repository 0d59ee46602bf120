// NA and MA: series of numbers (HL7 v2.5.1 §2.A.38 and .46, V2FHIR.md §3.9).
#include "gateway/mapping/numbers.hpp"
#include "gateway/mapping/value_parts.hpp"

namespace gateway::mapping {
namespace {

/// One sample as SampledData writes it: the digits, or E, U, L for a gap; "" if it is neither.
std::string sample_text(Desk& desk, const Text& said) {
  if (said.empty()) return "E";
  if (said.text == "E" || said.text == "U" || said.text == "L") return std::string(said.text);
  const auto number = read_plain_number(said.text, desk.profile().decimal_comma);
  return number && number->issue.empty() ? number->value.text() : std::string();
}

/// How many components a repetition has.
std::uint16_t components(Desk& desk, const Place& repetition) {
  std::uint16_t last = 0;
  for (const hl7v2::Leaf& leaf : desk.message().field(repetition.segment, repetition.field))
    if (leaf.repetition == repetition.repetition) last = std::max(last, leaf.component);
  return last;
}

/// The rows of an array, one a line, as they were sent.
Value as_lines(Desk& desk, SegmentIndex obx) {
  Value value = text_value("", {});
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(obx, 5); ++k) {
    const Text said = desk.fields().at({obx, 5, k});
    if (k > 1) value.text += '\n';
    value.text += said.text;
    value.origins.push_back(said);
  }
  return value;
}

}  // namespace

/// An array of one channel is a row (NA) or several, which go on from each other; in MA a row is
/// one moment of all channels.
Value value_of_samples(Desk& desk, const Row& row, const Unit& unit) {
  FieldReader& fields = desk.fields();
  const auto& intervals = desk.profile().sample_interval_ms;
  const auto interval = intervals.find(row.code.key_code);
  if (interval == intervals.end() || !unit.sent()) return as_lines(desk, row.obx());
  const bool multiplexed = row.type.text == "MA";
  const std::uint16_t rows = fields.repetitions(row.obx(), 5);
  const std::uint16_t wide = components(desk, {row.obx(), 5, 1});
  Value value;
  for (std::uint16_t k = 1; k <= rows; ++k) {
    const Place place{row.obx(), 5, k};
    const std::uint16_t count = components(desk, place);
    if (multiplexed && count != wide) return as_lines(desk, row.obx());
    for (std::uint16_t component = 1; component <= count; ++component) {
      const Text said = fields.code_at(place.part(component));
      const std::string text = sample_text(desk, said);
      if (text.empty()) return as_lines(desk, row.obx());
      if (!value.text.empty()) value.text += ' ';
      value.text += text;
      if (!said.empty()) value.origins.push_back(said);
    }
  }
  value.kind = Value::Kind::samples;
  value.channels = multiplexed ? wide : 1;
  value.interval_ms = interval->second;
  return value;
}

}  // namespace gateway::mapping
