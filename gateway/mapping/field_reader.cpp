#include "gateway/mapping/field_reader.hpp"

#include <algorithm>

#include "gateway/hl7v2/header.hpp"

namespace gateway::mapping {
namespace {

/// A place within a segment as one number that orders as the leaves do.
std::uint64_t key_of(std::uint16_t field, std::uint16_t repetition, std::uint16_t component,
                     std::uint16_t subcomponent) {
  return std::uint64_t{field} << 48 | std::uint64_t{repetition} << 32 |
         std::uint64_t{component} << 16 | subcomponent;
}

constexpr std::uint16_t none = 0, last = 0xFFFF;

/// Bytes of the white space that the text begins with; 0 if it begins with anything else. FHIR R4
/// takes no string that is nothing but that.
std::size_t space_at(std::string_view text) {
  const char first = text.front();
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first != '\xC2' && first != '\xE1' && first != '\xE2' && first != '\xE3') return 0;
  if (text.starts_with("\u00A0")) return 2;
  constexpr std::string_view others[] = {"\u1680", "\u2028", "\u2029",
                                         "\u202F", "\u205F", "\u3000"};
  for (const std::string_view other : others)
    if (text.starts_with(other)) return other.size();
  const bool is_of_width =  // U+2000 to U+200A
      text.size() > 2 && text.starts_with("\xE2\x80") &&
      static_cast<unsigned char>(text[2]) <= 0x8A;
  return is_of_width ? 3 : 0;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const std::size_t space = space_at(text);
    if (space == 0) return false;
    text.remove_prefix(space);
  }
  return true;
}

/// Does anything but blanks stand outside the escape sequences?
bool speaks_plainly(std::string_view raw, std::string_view escape) {
  while (!raw.empty()) {
    if (raw.starts_with(escape)) {
      const std::size_t end = raw.find(escape, escape.size());
      if (end == raw.npos) return true;
      raw.remove_prefix(end + escape.size());
    } else if (const std::size_t space = space_at(raw); space > 0) {
      raw.remove_prefix(space);
    } else {
      return true;
    }
  }
  return false;
}

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

}  // namespace

FieldReader::FieldReader(const hl7v2::Message& message, LossAccount& account,
                         const std::vector<std::string>& silent_words)
    : message_(message), account_(account), silent_words_(silent_words) {
  account_.leaves.resize(message.leaves().size());
  fields_.resize(message.segments().size());
  first_starts_.reserve(message.segments().size());
  places_.reserve(message.leaves().size());
  account_.landings.reserve(2 * message.leaves().size());
  for (const hl7v2::Segment& segment : message.segments()) note_fields(segment);
  constexpr int truncation_since = 20700;
  const auto version = message.find(0, 12, 1, 1);
  if (version && hl7v2::version_number(message.raw(message.leaves()[*version])) >= truncation_since)
    truncation_ = message.delimiters().truncation;
  const std::string& escape = message.delimiters().escape;
  const auto text = message.text();
  const bool escaped =
      !escape.empty() && text.find(escape, text.find(escape) + escape.size()) != text.npos;
  // A line that went on where the one before it broke off: its end is within a leaf.
  const auto remarks = message.remarks();
  continued_ = std::any_of(remarks.begin(), remarks.end(),
                           [](const auto& remark) { return remark.code == "line-continued"; });
  is_plain_ = !escaped && !continued_ && !has_control(text);
}

/// Its places and, of each field up to the last one with a leaf, where its leaves begin.
void FieldReader::note_fields(const hl7v2::Segment& segment) {
  first_starts_.push_back(static_cast<std::uint32_t>(starts_.size()));
  auto& fields = fields_[first_starts_.size() - 1];
  std::uint32_t next = 0;  // field whose start is not known yet
  for (const hl7v2::Leaf& leaf : message_.leaves(segment)) {
    fields |= std::uint64_t{1} << (leaf.field & 63U);
    for (; next <= std::min<std::uint32_t>(leaf.field, most_starts); ++next) {
      starts_.push_back(static_cast<std::uint32_t>(places_.size()));
      components_.push_back(0);
    }
    components_.back() |= std::uint64_t{1} << (leaf.component & 63U);
    places_.push_back(key_of(leaf.field, leaf.repetition, leaf.component, leaf.subcomponent));
  }
  starts_.push_back(static_cast<std::uint32_t>(places_.size()));  // behind the last one
  components_.push_back(0);
}

/// The leaves of a field, as places.
std::pair<const std::uint64_t*, const std::uint64_t*> FieldReader::field(
    SegmentIndex segment, std::uint16_t number) const {
  const std::uint64_t* all = places_.data();
  if (number >= most_starts) {
    const hl7v2::Segment& of = message_.segments()[segment];
    const auto* begin = all + of.first_leaf;
    const auto* end = begin + of.leaf_count;
    return {std::lower_bound(begin, end, std::uint64_t{number} << 48), end};
  }
  const std::uint32_t at = first_starts_[segment] + number;
  const std::uint32_t end = segment + 1 < first_starts_.size()
                                ? first_starts_[segment + 1]
                                : static_cast<std::uint32_t>(starts_.size());
  if (at + 1 >= end) return {all, all};
  return {all + starts_[at], all + starts_[at + 1]};
}

Text FieldReader::range(const Place& place) const {
  if (!may_hold(place.segment, place.field)) return {};
  const auto [begin, end] = field(place.segment, place.field);
  const auto any = [](bool said, std::uint16_t part) { return said && part != 0 ? part : last; };
  const bool repetition = place.repetition != 0, component = repetition && place.component != 0;
  const auto low = key_of(place.field, place.repetition, repetition ? place.component : none,
                          component ? place.subcomponent : none);
  const auto high = key_of(place.field, any(true, place.repetition),
                           any(repetition, place.component), any(component, place.subcomponent));
  constexpr std::ptrdiff_t few = 64;
  const auto* from = end - begin > few ? std::lower_bound(begin, end, low) : begin;
  while (from != end && *from < low) ++from;
  const auto* to = from;
  while (to != end && *to <= high) ++to;
  Text text;
  text.first_leaf = static_cast<std::uint32_t>(from - places_.data());
  text.leaf_count = static_cast<std::uint32_t>(to - from);
  return text;
}

// What stands before the first leaf is delimiters of empty parts: `^13.2-30.6`.
std::string FieldReader::empty_parts_before(const Place& place, const hl7v2::Leaf& first) const {
  std::string delimiters;
  if (place.component == 0)
    for (std::uint16_t k = 1; k < first.component; ++k)
      delimiters += message_.delimiters().component;
  if (place.subcomponent == 0)
    for (std::uint16_t k = 1; k < first.subcomponent; ++k)
      delimiters += message_.delimiters().subcomponent;
  return delimiters;
}

bool FieldReader::is_silent(std::string_view said) const {
  return !silent_words_.empty() &&
         std::find(silent_words_.begin(), silent_words_.end(), said) != silent_words_.end();
}

std::string_view FieldReader::cleaned(std::string text) {
  std::erase_if(text, is_control);
  return kept_.emplace_back(std::move(text));
}

std::string_view FieldReader::decoded(std::uint32_t index) {
  const hl7v2::Leaf& leaf = message_.leaves()[index];
  const std::string_view raw = message_.raw(leaf);
  if (is_plain_) return raw;
  const std::string& escape = message_.delimiters().escape;
  const bool escaped = !escape.empty() && raw.find(escape) != raw.npos;
  const bool broken = continued_ && raw.find_first_of("\r\n") != raw.npos;
  if (!escaped && !broken && !has_control(raw)) return raw;
  bool unknown = false;
  std::string text = escaped || broken ? message_.decoded(leaf, &unknown) : std::string(raw);
  if (unknown) unknown_escapes_.insert(index);
  if (has_control(text)) control_characters_.insert(index);
  return cleaned(std::move(text));
}

Text FieldReader::text_at(const Place& place) {
  Text text = range(place);
  if (text.leaf_count == 0) return text;
  std::string joined;
  std::uint32_t speaking = 0;
  const auto leaves = message_.leaves();
  for (std::uint32_t index = text.first_leaf; index < text.first_leaf + text.leaf_count; ++index) {
    std::string_view said = decoded(index);
    const std::string_view raw = message_.raw(leaves[index]);
    if (!truncation_.empty() && raw.ends_with(truncation_)) truncated_.insert(index);
    if (raw == "\"\"") {
      set_aside(Text{{}, index, 1}, Reason::null);
      text.null = text.leaf_count == 1;
      said = {};
    } else if (is_blank(said)) {
      set_aside(Text{{}, index, 1}, Reason::blank);
      said = {};
    } else if (is_silent(said)) {
      set_aside(Text{{}, index, 1}, Reason::profile);
      said = {};
    } else {
      ++speaking;
    }
    if (index == text.first_leaf) {
      joined = empty_parts_before(place, leaves[index]);
      if (text.leaf_count == 1 && joined.empty()) {
        text.text = said;
        return text;
      }
    } else {
      const std::size_t end = leaves[index - 1].begin + leaves[index - 1].size;
      joined += message_.text().substr(end, leaves[index].begin - end);
    }
    joined += said;
  }
  if (speaking > 0) text.text = kept_.emplace_back(std::move(joined));
  return text;
}

Text FieldReader::trimmed_at(const Place& place) {
  Text text = text_at(place);
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.text.empty() && is_space(text.text.back())) text.text.remove_suffix(1);
  while (!text.text.empty() && is_space(text.text.front())) text.text.remove_prefix(1);
  const auto doubled = [&] {
    for (std::size_t k = 1; k < text.text.size(); ++k) {
      if (is_space(text.text[k]) && (is_space(text.text[k - 1]) || text.text[k] != ' '))
        return true;
    }
    return false;
  };
  if (doubled()) {
    std::string single;
    for (const char c : text.text) {
      if (!is_space(c))
        single += c;
      else if (single.back() != ' ')
        single += ' ';
    }
    text.text = kept_.emplace_back(std::move(single));
  }
  return text;
}

bool FieldReader::speaks(const Place& place) const {
  const Text text = range(place);
  const auto leaves = message_.leaves().subspan(text.first_leaf, text.leaf_count);
  return std::any_of(leaves.begin(), leaves.end(), [this](const hl7v2::Leaf& leaf) {
    const std::string_view raw = message_.raw(leaf);
    if (raw == "\"\"" || is_blank(raw) || is_silent(raw)) return false;
    const std::string& escape = message_.delimiters().escape;
    if (is_plain_ || escape.empty()) return true;
    return speaks_plainly(raw, escape) || !is_blank(message_.decoded(leaf));
  });
}

Text FieldReader::unread(const Place& place) const {
  if (!is_plain_ || !truncation_.empty() || place.repetition == 0 || place.component != 0)
    return {};
  const Text text = range(place);
  const auto* const fates = account_.leaves.data() + text.first_leaf;
  const bool is_read = std::any_of(fates, fates + text.leaf_count, [](const LeafFate& fate) {
    return fate.fate != Fate::unmapped;
  });
  return is_read ? Text{} : text;
}

void FieldReader::land(const Text& text, std::uint32_t resource, PathId path) {
  for (std::uint32_t index = text.first_leaf; index < text.first_leaf + text.leaf_count; ++index) {
    LeafFate& fate = account_.leaves[index];
    if (fate.fate == Fate::set_aside &&
        (fate.reason == Reason::null || fate.reason == Reason::blank ||
         fate.reason == Reason::profile)) {
      continue;
    }
    fate.fate = Fate::mapped;
    account_.landings.push_back({index, resource, path});
  }
}

void FieldReader::set_aside(const Text& text, Reason reason) {
  for (std::uint32_t index = text.first_leaf; index < text.first_leaf + text.leaf_count; ++index) {
    LeafFate& fate = account_.leaves[index];
    if (fate.fate == Fate::unmapped) fate = {Fate::set_aside, reason};
  }
}

void FieldReader::repeat(std::uint32_t leaf, std::uint32_t of) {
  LeafFate& fate = account_.leaves[leaf];
  if (fate.fate == Fate::unmapped && leaf != of)
    fate = {Fate::set_aside, Reason::duplicate, false, of};
}

void FieldReader::set_aside_duplicate(const Text& said, const Text& of) {
  if (said.text == of.text) set_aside_implied(said, of);
}

void FieldReader::set_aside_implied(const Text& said, const Text& of) {
  if (said.empty() || of.empty()) return;
  for (std::uint32_t k = 0; k < said.leaf_count; ++k)
    repeat(said.first_leaf + k, of.first_leaf + std::min(k, of.leaf_count - 1));
}

/// Nobody reads it, so that what is odd about it is not kept.
bool FieldReader::is_nothing(std::uint32_t index) const {
  const std::string_view raw = message_.raw(message_.leaves()[index]);
  if (is_plain_) return is_blank(raw);
  std::string text = message_.decoded(message_.leaves()[index]);
  std::erase_if(text, is_control);
  return is_blank(text);
}

void FieldReader::settle_silent() {
  const auto leaves = message_.leaves();
  for (std::uint32_t index = 0; index < leaves.size(); ++index) {
    LeafFate& fate = account_.leaves[index];
    if (fate.fate != Fate::unmapped) continue;
    if (message_.raw(leaves[index]) == "\"\"")
      fate = {Fate::set_aside, Reason::null};
    else if (is_nothing(index))
      fate = {Fate::set_aside, Reason::blank};
  }
}

void FieldReader::settle_duplicates() {
  constexpr int most_steps = 8;  // a repetition of a repetition
  const auto is_duplicate = [](const LeafFate& fate) {
    return fate.fate == Fate::set_aside && fate.reason == Reason::duplicate;
  };
  for (LeafFate& fate : account_.leaves) {
    if (!is_duplicate(fate)) continue;
    const LeafFate* first = &account_.leaves[fate.of];
    for (int step = 0; step < most_steps && is_duplicate(*first); ++step) {
      fate.of = first->of;
      first = &account_.leaves[fate.of];
    }
    if (first->fate != Fate::mapped) fate = {first->fate, first->reason};
  }
}

void FieldReader::set_aside_segment(SegmentIndex segment, Reason reason) {
  const hl7v2::Segment& all = message_.segments()[segment];
  set_aside(Text{{}, all.first_leaf, all.leaf_count}, reason);
}

void FieldReader::set_aside_repeated(SegmentIndex segment, SegmentIndex other) {
  const hl7v2::Segment& all = message_.segments()[segment];
  for (std::uint32_t index = all.first_leaf; index < all.first_leaf + all.leaf_count; ++index) {
    const hl7v2::Leaf& leaf = message_.leaves()[index];
    const auto same =
        message_.find(other, leaf.field, leaf.repetition, leaf.component, leaf.subcomponent);
    if (same && message_.raw(message_.leaves()[*same]) == message_.raw(leaf))
      repeat(index, static_cast<std::uint32_t>(*same));
  }
}

void FieldReader::set_aside_repeated(const Place& place, const Place& other) {
  const Text mine = range(place);
  const auto leaves = message_.leaves();
  for (std::uint32_t index = mine.first_leaf; index < mine.first_leaf + mine.leaf_count; ++index) {
    const hl7v2::Leaf& leaf = leaves[index];
    const auto repetition = other.repetition == 0 ? leaf.repetition : other.repetition;
    const auto same =
        message_.find(other.segment, other.field, repetition, leaf.component, leaf.subcomponent);
    if (same && message_.raw(leaves[*same]) == message_.raw(leaf))
      repeat(index, static_cast<std::uint32_t>(*same));
  }
}

std::string FieldReader::address(const Place& place) const {
  return message_.address(hl7v2::FieldPath{place.segment, place.field, place.repetition,
                                           place.component, place.subcomponent});
}

}  // namespace gateway::mapping
