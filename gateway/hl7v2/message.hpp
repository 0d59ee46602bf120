/// Room hl7v2 (floor 2): the grammar of ER7, versions 2.1–2.9: split, escape, character sets,
/// batch, acknowledgement text. Knows no laboratory and no FHIR.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/buffer.hpp"
#include "gateway/base/result.hpp"

namespace gateway::hl7v2 {

/// The message's own delimiters as UTF-8 characters (V2FHIR.md §1.3: one may be non-ASCII).
/// Empty: the message has none and the character has no meaning.
struct Delimiters {
  std::string field = "|", component = "^", repetition = "~", escape = "\\", subcomponent = "&",
              truncation;
  /// MSH-2 as it is written for these delimiters.
  std::string encoding_characters() const;
};

/// One populated leaf: a subcomponent, or a component, repetition or field that has no finer
/// parts, with at least one character between its delimiters (`""` and blanks included).
/// V2FHIR.md §5.1. All positions count from 1.
struct Leaf {
  std::uint32_t begin = 0, size = 0;  // in Message::text(), escapes not decoded
  std::uint32_t segment = 0;          // index into Message::segments()
  std::uint16_t field = 1, repetition = 1, component = 1, subcomponent = 1;
};

/// One segment: its name, how many of that name came before it (+1), and its leaves in order.
struct Segment {
  std::string_view name;                         // "OBX"; a view into the message's text
  std::uint32_t occurrence = 1;                  // counted per segment name in the message
  std::uint32_t line = 1;                        // line in the message, counted from 1
  std::uint32_t first_leaf = 0, leaf_count = 0;  // into Message::leaves()
  std::uint32_t begin = 0, size = 0;  // the whole line, continuations included, in Message::text()
  bool repeated = false;              // another segment of the message has the same name
  /// False for a line that is no segment (V2FHIR.md §2.3 `line-without-segment`): its name is
  /// empty, its text one leaf, its address `LINE[7]-1`.
  bool is_segment() const { return !name.empty(); }
};

/// A place in a message: what `explain`, ERR and issues name.
struct FieldPath {
  std::uint32_t segment = 0;  // index into Message::segments()
  std::uint16_t field = 0, repetition = 0, component = 0, subcomponent = 0;  // 0: the whole
};

/// Something the reader tolerated (V2FHIR.md §5.4): a code of `gateway-issue` and where.
struct Remark {
  std::string code;  // "charset-assumed"
  FieldPath where;
  std::string detail;  // for people; never a value of the message
};

/// A message read into views over one owned buffer, UTF-8 whatever it came in. Immutable, moves,
/// never copies; any thread may read it.
class Message {
 public:
  Message(Message&&) = default;
  Message& operator=(Message&&) = default;

  std::string_view text() const& { return buffer_.text(); }
  const Delimiters& delimiters() const { return delimiters_; }
  std::span<const Segment> segments() const { return segments_; }
  std::span<const Leaf> leaves() const { return leaves_; }
  std::span<const Leaf> leaves(const Segment& segment) const {
    return leaves().subspan(segment.first_leaf, segment.leaf_count);
  }
  std::span<const Remark> remarks() const { return remarks_; }

  /// Index into leaves() of the leaf at this place (missing parts count as 1), or nullopt if
  /// nothing is there. Logarithmic in the segment's leaves.
  std::optional<std::uint32_t> find(std::uint32_t segment, std::uint16_t field,
                                    std::uint16_t repetition = 1, std::uint16_t component = 1,
                                    std::uint16_t subcomponent = 1) const;
  /// All leaves of a field, in order (empty span if none).
  std::span<const Leaf> field(std::uint32_t segment, std::uint16_t number) const;
  /// Highest repetition of the field that has a leaf; 0 if the field is empty.
  std::uint16_t repetitions(std::uint32_t segment, std::uint16_t field) const;

  std::string_view raw(const Leaf& leaf) const { return text().substr(leaf.begin, leaf.size); }
  /// The leaf's text with escapes decoded (HL7 v2.5.1 §2.7, V2FHIR.md §1.4). Unknown sequences
  /// stay as literal text. If `unknown` is given it is set when one was met.
  std::string decoded(const Leaf& leaf, bool* unknown = nullptr) const;

  /// iconv's name of the character set the bytes came in; "US-ASCII" if all were below 0x80.
  const std::string& charset() const { return charset_; }

  /// `OBX[3]-5[2].1.2`: occurrence left out if the segment is the only one of its name, parts that
  /// are 1 and alone left out (INTERFACE.md §2).
  std::string address(const Leaf& leaf) const;
  std::string address(const FieldPath& path) const;

 private:
  friend class Parser;
  Message() = default;
  std::string place(const Segment& segment) const;
  base::Buffer buffer_;
  Delimiters delimiters_;
  std::vector<Segment> segments_;
  std::vector<Leaf> leaves_;
  std::vector<Remark> remarks_;
  std::string charset_;  // iconv's name of what the bytes were in; `\X..\` are bytes of it
};

/// How to read what the message does not say.
struct ReadOptions {
  std::string charset;  // the sender profile's, for bytes ≥ 0x80 under an empty MSH-18; may be ""
  std::uint32_t most_segments = 100'000;
};

/// Reads one message (no MLLP framing, no batch envelope): character set decoded by MSH-18 before
/// anything is split, then segments, fields, repetitions, components, subcomponents. Linear time.
/// Errors: `malformed` (no MSH, delimiters unusable, several segments on one line; `where` is
/// "MSH-2" and the like), `unsupported` (undecodable bytes, with offset; `where` the segment),
/// `too_large`.
base::Result<Message> parse(base::Buffer bytes, const ReadOptions& options = {});

/// The input without MLLP frame bytes around it and blank lines before it. A byte order mark stays:
/// it says the character set, and `parse` and `read_header` pass over it.
std::string_view without_framing(std::string_view bytes);

}  // namespace gateway::hl7v2
