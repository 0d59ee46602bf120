// NA and MA: series of numbers (HL7 v2.5.1 §2.A.38 and .46, V2FHIR.md §3.9).
#include <algorithm>
#include <functional>

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

/// How many components each repetition has, where all have as many; else 0.
std::uint16_t common_width(Desk& desk, SegmentIndex obx) {
  std::vector<std::uint16_t> widths(desk.fields().repetitions(obx, 5));
  for (const hl7v2::Leaf& leaf : desk.message().field(obx, 5)) {
    std::uint16_t& width = widths[leaf.repetition - 1U];
    width = std::max(width, leaf.component);
  }
  const bool equal =
      std::adjacent_find(widths.begin(), widths.end(), std::not_equal_to<>()) == widths.end();
  return equal && !widths.empty() ? widths.front() : std::uint16_t{0};
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

/// Channels of samples. In NA a row is a channel, in MA one moment of all of them (HL7 v2.5.1
/// §7.14.1); FHIR writes moment by moment. Rows of several lengths are no such array.
Value value_of_samples(Desk& desk, const Row& row, const Unit& unit) {
  FieldReader& fields = desk.fields();
  const auto& intervals = desk.profile().sample_interval_ms;
  const auto interval = intervals.find(row.code.key_code);
  if (interval == intervals.end() || !unit.sent()) return as_lines(desk, row.obx());
  const std::uint16_t rows = fields.repetitions(row.obx(), 5);
  const std::uint16_t wide = common_width(desk, row.obx());
  if (wide == 0) return as_lines(desk, row.obx());
  Value value;
  std::vector<std::string> samples;  // as sent, row by row
  for (std::uint16_t k = 1; k <= rows; ++k) {
    const Place place{row.obx(), 5, k};
    for (std::uint16_t component = 1; component <= wide; ++component) {
      const Text said = fields.code_at(place.part(component));
      samples.push_back(sample_text(desk, said));
      if (samples.back().empty()) return as_lines(desk, row.obx());
      if (!said.empty()) value.origins.push_back(said);
    }
  }
  const bool multiplexed = row.type.text == "MA";
  const std::size_t channels = multiplexed ? wide : rows, moments = multiplexed ? rows : wide;
  for (std::size_t moment = 0; moment < moments; ++moment)
    for (std::size_t channel = 0; channel < channels; ++channel) {
      if (!value.text.empty()) value.text += ' ';
      value.text += samples[multiplexed ? moment * wide + channel : channel * wide + moment];
    }
  value.kind = Value::Kind::samples;
  value.channels = static_cast<int>(channels);
  value.interval_ms = interval->second;
  return value;
}

}  // namespace gateway::mapping
