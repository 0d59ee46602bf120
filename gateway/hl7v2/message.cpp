#include "gateway/hl7v2/message.hpp"

#include <algorithm>

#include "gateway/hl7v2/escape.hpp"

namespace gateway::hl7v2 {
namespace {

/// A place within a segment as one number that orders as the leaves do.
std::uint64_t key(std::uint16_t field, std::uint16_t repetition, std::uint16_t component,
                  std::uint16_t subcomponent) {
  return std::uint64_t{field} << 48 | std::uint64_t{repetition} << 32 |
         std::uint64_t{component} << 16 | subcomponent;
}

std::uint64_t key(const Leaf& leaf) {
  return key(leaf.field, leaf.repetition, leaf.component, leaf.subcomponent);
}

/// The leaves from `low` to `high`, both included. `leaves` are those of one segment.
std::span<const Leaf> between(std::span<const Leaf> leaves, std::uint64_t low, std::uint64_t high) {
  const auto before = [](const Leaf& leaf, std::uint64_t k) { return key(leaf) < k; };
  const auto begin = std::lower_bound(leaves.begin(), leaves.end(), low, before);
  const auto end = std::lower_bound(begin, leaves.end(), high + 1, before);
  return leaves.subspan(static_cast<std::size_t>(begin - leaves.begin()),
                        static_cast<std::size_t>(end - begin));
}

constexpr std::uint16_t last = 0xFFFE;  // above every limit of the parser

}  // namespace

std::optional<std::uint32_t> Message::find(std::uint32_t segment, std::uint16_t field,
                                           std::uint16_t repetition, std::uint16_t component,
                                           std::uint16_t subcomponent) const {
  if (segment >= segments_.size()) return std::nullopt;
  const auto all = leaves(segments_[segment]);
  const std::uint64_t wanted = key(field, repetition, component, subcomponent);
  const auto found =
      std::lower_bound(all.begin(), all.end(), wanted,
                       [](const Leaf& leaf, std::uint64_t k) { return key(leaf) < k; });
  if (found == all.end() || key(*found) != wanted) return std::nullopt;
  return segments_[segment].first_leaf + static_cast<std::uint32_t>(found - all.begin());
}

std::span<const Leaf> Message::field(std::uint32_t segment, std::uint16_t number) const {
  if (segment >= segments_.size()) return {};
  return between(leaves(segments_[segment]), key(number, 0, 0, 0), key(number, last, last, last));
}

std::uint16_t Message::repetitions(std::uint32_t segment, std::uint16_t number) const {
  const auto found = field(segment, number);
  return found.empty() ? std::uint16_t{0} : found.back().repetition;
}

std::string Message::decoded(const Leaf& leaf, bool* unknown) const {
  const std::string_view name = segments_[leaf.segment].name;
  const bool delimiters = leaf.field <= 2 && (name == "MSH" || name == "FHS" || name == "BHS");
  if (delimiters) return std::string(raw(leaf));
  return decode_escapes(raw(leaf), delimiters_, charset_, unknown);
}

std::string Message::place(const Segment& segment) const {
  if (!segment.is_segment()) return "LINE[" + std::to_string(segment.line) + "]";
  std::string out(segment.name);
  if (segment.repeated) out += "[" + std::to_string(segment.occurrence) + "]";
  return out;
}

std::string Message::address(const Leaf& leaf) const {
  return address(
      FieldPath{leaf.segment, leaf.field, leaf.repetition, leaf.component, leaf.subcomponent});
}

std::string Message::address(const FieldPath& path) const {
  if (path.segment >= segments_.size()) return {};
  const Segment& segment = segments_[path.segment];
  std::string out = place(segment);
  if (path.field == 0) return out;
  out += "-" + std::to_string(path.field);
  // A part that is 1 is left out where no leaf beside it has a higher number.
  const auto alone = [](std::span<const Leaf> beside, std::uint16_t Leaf::*part) {
    return beside.empty() || beside.back().*part <= 1;
  };
  const std::uint16_t repetition = std::max<std::uint16_t>(path.repetition, 1);
  const std::uint16_t component = std::max<std::uint16_t>(path.component, 1);
  const auto all = leaves(segment);
  if (path.repetition > 1 ||
      (path.repetition == 1 && !alone(field(path.segment, path.field), &Leaf::repetition))) {
    out += "[" + std::to_string(path.repetition) + "]";
  }
  const auto of_component = between(all, key(path.field, repetition, component, 0),
                                    key(path.field, repetition, component, last));
  const bool with_subcomponent =
      path.subcomponent > 1 ||
      (path.subcomponent == 1 && !alone(of_component, &Leaf::subcomponent));
  const auto of_repetition =
      between(all, key(path.field, repetition, 0, 0), key(path.field, repetition, last, last));
  if (with_subcomponent || path.component > 1 ||
      (path.component == 1 && !alone(of_repetition, &Leaf::component))) {
    out += "." + std::to_string(component);
  }
  if (with_subcomponent) out += "." + std::to_string(path.subcomponent);
  return out;
}

std::string_view without_framing(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of("\x0B\x1C\r\n");
  if (first == std::string_view::npos) return {};
  bytes.remove_prefix(first);
  return bytes.substr(0, bytes.find('\x1C'));
}

}  // namespace gateway::hl7v2
