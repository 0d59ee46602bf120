#pragma once
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/loss_account.hpp"

namespace gateway::mapping {

using SegmentIndex = std::uint32_t;  // into Message::segments()

/// A place of one segment, counted from 1. Component 0: the whole repetition; subcomponent 0: the
/// whole component. Repetition 0: the whole field.
struct Place {
  SegmentIndex segment = 0;
  std::uint16_t field = 0, repetition = 1, component = 0, subcomponent = 0;

  /// The k-th part: a component of a repetition, a subcomponent of a component.
  Place part(std::uint16_t number) const {
    Place place = *this;
    (component == 0 ? place.component : place.subcomponent) = number;
    return place;
  }
  friend bool operator==(const Place&, const Place&) = default;
  Place repeated(std::uint16_t number) const {
    Place place = *this;
    place.repetition = number;
    return place;
  }
};

/// Text that a message says, and the leaves it came from. Whoever writes it says where it landed
/// (Pen); what nobody writes or sets aside is unmapped by construction (V2FHIR.md §5.3). The view
/// lives as long as the FieldReader.
struct Text {
  std::string_view text;
  std::uint32_t first_leaf = 0, leaf_count = 0;
  bool null = false;  // `""`: the sender deletes

  bool empty() const { return text.empty(); }
  explicit operator bool() const { return !text.empty(); }
};

/// The only way the mapping reads a message. A `""` leaf reads as empty and is set aside as `null`,
/// blanks likewise as `blank`, control characters are taken out. Several leaves at one place are
/// joined with the sender's delimiters (V2FHIR.md §1.3 E5).
class FieldReader {
 public:
  /// `silent_words`: texts that a sender writes where it says nothing (`N/A`): they read as empty
  /// and are set aside as `profile`.
  FieldReader(const hl7v2::Message& message, LossAccount& account,
              const std::vector<std::string>& silent_words);

  const hl7v2::Message& message() const { return message_; }
  LossAccount& account() { return account_; }

  /// Decoded text of everything at the place.
  Text at(const Place& place) { return may_hold(place) ? text_at(place) : Text{}; }
  Text at(SegmentIndex segment, std::uint16_t field) { return at(Place{segment, field}); }
  /// The same as a code or identifier: edge blanks trimmed, inner runs of blanks made one
  /// (FHIR R4, code).
  Text code_at(const Place& place) { return may_hold(place) ? trimmed_at(place) : Text{}; }

  bool populated(const Place& place) const { return may_hold(place) && speaks(place); }
  bool populated(SegmentIndex segment, std::uint16_t field) const {
    return populated(Place{segment, field, 0});
  }
  /// The leaves of a repetition that nobody has read yet and that are said without anything odd
  /// (escapes, control characters, lines that go on); none of anything else.
  Text unread(const Place& place) const;
  std::uint16_t repetitions(SegmentIndex segment, std::uint16_t field) const {
    return may_hold(segment, field) ? message_.repetitions(segment, field) : std::uint16_t{0};
  }
  std::string_view name(SegmentIndex segment) const { return message_.segments()[segment].name; }

  /// Marks the leaves of a text as landed there.
  void land(const Text& text, std::uint32_t resource, PathId path);
  /// Marks what has no fate yet; `land` overrules it.
  void set_aside(const Text& text, Reason reason);
  void set_aside(const Place& place, Reason reason) { set_aside(range(place), reason); }
  void set_aside_field(SegmentIndex segment, std::uint16_t field, Reason reason) {
    set_aside(Place{segment, field, 0}, reason);
  }
  /// What decides how another field is read is read once: its further repetitions keep their fate.
  void set_aside_type(SegmentIndex segment, std::uint16_t field) {
    set_aside(Place{segment, field}, Reason::type);
  }
  void set_aside_segment(SegmentIndex segment, Reason reason);
  /// A duplicate, if it is the same text; what says anything else keeps its fate.
  void set_aside_duplicate(const Text& said, const Text& of);
  /// What another leaf says as well in other words: that there were several births, by a number.
  void set_aside_implied(const Text& said, const Text& of);
  /// Leaves of `segment` without a fate that say the same as those of `other` at the same place.
  void set_aside_repeated(SegmentIndex segment, SegmentIndex other);
  /// The same for two places of equal type (a practitioner named twice).
  void set_aside_repeated(const Place& place, const Place& other);

  /// What nobody read and says nothing is `null` or `blank` all the same (V2FHIR.md §1.5).
  void settle_silent();
  /// Once all is written: a duplicate is one only where what it repeats is mapped, else it has the
  /// fate of that (V2FHIR.md §5.2).
  void settle_duplicates();

  /// Leaves that were read and hold an escape sequence nobody knows, or characters that FHIR
  /// forbids and that were taken out.
  const std::set<std::uint32_t>& unknown_escapes() const { return unknown_escapes_; }
  const std::set<std::uint32_t>& control_characters() const { return control_characters_; }
  /// Leaves that were read and that their sender cut short (V2FHIR.md §1.3 E4).
  const std::set<std::uint32_t>& truncated() const { return truncated_; }

  /// "OBX[3]-5" for issues.
  std::string address(const Place& place) const;
  std::string address(SegmentIndex segment, std::uint16_t field) const {
    return address(Place{segment, field});
  }

 private:
  void note_fields(const hl7v2::Segment& segment);
  std::pair<const std::uint64_t*, const std::uint64_t*> field(SegmentIndex segment,
                                                              std::uint16_t number) const;
  Text text_at(const Place& place);
  Text trimmed_at(const Place& place);
  bool speaks(const Place& place) const;
  Text range(const Place& place) const;  // leaves, no text
  bool is_silent(std::string_view said) const;
  bool is_nothing(std::uint32_t leaf) const;
  void repeat(std::uint32_t leaf, std::uint32_t of);
  std::string empty_parts_before(const Place& place, const hl7v2::Leaf& first) const;
  std::string_view cleaned(std::string text);
  std::string_view decoded(std::uint32_t leaf);

  /// Most fields that are asked for are not there: one look tells.
  bool may_hold(SegmentIndex segment, std::uint16_t field) const {
    return (fields_[segment] >> (field & 63U) & 1U) != 0;
  }
  /// Likewise most components.
  bool may_hold(const Place& place) const {
    if (!may_hold(place.segment, place.field)) return false;
    if (place.repetition == 0 || place.component == 0 || place.field >= most_starts) return true;
    const auto components = components_[first_starts_[place.segment] + place.field];
    return (components >> (place.component & 63U) & 1U) != 0;
  }

  const hl7v2::Message& message_;
  LossAccount& account_;
  const std::vector<std::string>& silent_words_;
  std::vector<std::uint64_t> fields_;  // by segment: bit n mod 64 is set if field n has a leaf
  std::vector<std::uint64_t> places_;  // by leaf: its place in the segment, as one number
  /// Of each segment, where the leaves of its fields begin, up to the last field that has one or to
  /// this number; above it is looked for.
  static constexpr std::uint16_t most_starts = 64;
  std::vector<std::uint32_t> starts_, first_starts_;
  std::vector<std::uint64_t> components_;  // as starts_: bit n mod 64 is set if component n has one
  bool is_plain_ = false;   // no leaf behind MSH-2 has an escape or control character
  bool continued_ = false;  // some leaf holds the end of a line
  std::string truncation_;  // the mark of a text cut short; none before v2.7
  std::set<std::uint32_t> unknown_escapes_, control_characters_, truncated_;
  std::deque<std::string> kept_;  // decoded texts; addresses stay
};

}  // namespace gateway::mapping
