#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/issue.hpp"
#include "gateway/mapping/loss_account.hpp"

namespace gateway::mapping {

/// A place of one segment: field, repetition, component, subcomponent, all counted from 1.
struct At {
  std::uint16_t field = 1, repetition = 1, component = 1, subcomponent = 1;
};

/// Which resource of the conversion (a draft's number; V2FHIR.md §3.1 orders them at the end).
using DraftNumber = std::uint32_t;

/// The only way the mapping reads a message (V2FHIR.md §5.3): `take` hands out a leaf and marks
/// where it went, `set_aside` says why it goes nowhere, and a leaf that neither names is unmapped
/// by construction. `peek` looks without claiming – to decide – and so can only under-count.
/// A `""` leaf reads as empty and is set aside as `null` when taken; blanks likewise as `blank`.
class FieldReader {
 public:
  FieldReader(const hl7v2::Message& message, LossAccount& account);

  const hl7v2::Message& message() const { return message_; }

  /// Decoded text, "" if nothing is there; nothing is marked.
  std::string peek(std::uint32_t segment, At at) const;
  bool populated(std::uint32_t segment, std::uint16_t field) const;
  bool is_null(std::uint32_t segment, At at) const;  // `""`
  std::uint16_t repetitions(std::uint32_t segment, std::uint16_t field) const;
  /// Leaves of one repetition (`repetition` 0: of all) as indices into Message::leaves().
  std::vector<std::uint32_t> leaves(std::uint32_t segment, std::uint16_t field,
                                    std::uint16_t repetition = 0) const;

  /// Decoded text of the leaf; marks it mapped to `path` of `draft`. Trailing blanks kept.
  std::string take(std::uint32_t segment, At at, DraftNumber draft, std::string path);
  /// The whole field or repetition joined with the sender's delimiters, every leaf marked (E5).
  std::string take_whole(std::uint32_t segment, std::uint16_t field, std::uint16_t repetition,
                         DraftNumber draft, const std::string& path);
  /// A further landing of a leaf that is read already, or read elsewhere.
  void land(std::uint32_t leaf, DraftNumber draft, std::string path);
  /// Marks every leaf of the field (or of one place) that has no fate yet.
  void set_aside(std::uint32_t segment, std::uint16_t field, Reason reason);
  void set_aside(std::uint32_t segment, At at, Reason reason);
  /// Marks whatever is left of a segment (a segment set aside as a whole).
  void set_aside_segment(std::uint32_t segment, Reason reason);

  /// "OBX[3]-5" for issues.
  std::string address(std::uint32_t segment, std::uint16_t field) const;

 private:
  const hl7v2::Message& message_;
  LossAccount& account_;
};

}  // namespace gateway::mapping
