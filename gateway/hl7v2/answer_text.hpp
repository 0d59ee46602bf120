#pragma once
#include <string>
#include <string_view>

#include "gateway/hl7v2/header.hpp"

namespace gateway::hl7v2 {

/// Words in an answer: the sender's own, which must not break out of their field, and ours, in its
/// character set (V2FHIR.md §1.8, TRUST T14).
class AnswerText {
 public:
  explicit AnswerText(const Header& header);

  /// Ours (UTF-8), escaped and encoded. What the set lacks becomes `\X..\` of its UTF-8 bytes, or
  /// `?` if the message has no escape character.
  std::string encode(std::string_view text) const;

  /// A field of the sender's bytes as it was, or "" if it holds control characters, our field
  /// separator or what is no text of its set and so would swallow what follows it.
  std::string echo(std::string_view field) const;

  /// May MSA-2 repeat this MSH-10? At most 199 bytes, and what `echo` asks; no ESC or TAB either.
  bool echoes_control_id(std::string_view control_id) const;

 private:
  std::string encode_character(const std::string& character) const;

  Delimiters delimiters_;  // UTF-8
  std::string separator_;  // MSH-1 as sent
  std::string charset_;    // iconv's name; US-ASCII where bytes ≥ 0x80 say nothing
};

}  // namespace gateway::hl7v2
