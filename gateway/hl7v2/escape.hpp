#pragma once
#include <string>
#include <string_view>

#include "gateway/hl7v2/message.hpp"

namespace gateway::hl7v2 {

/// A leaf's text with its escapes decoded (V2FHIR.md §1.4), line ends inside it as newlines.
/// Unknown, unterminated, empty and `\Zxx\` sequences stay as literal text and set `unknown`.
/// `charset` is iconv's name of the message's set, for `\Xdd..\`. Linear; the result is at most 12
/// times as long.
std::string decode_escapes(std::string_view raw, const Delimiters& delimiters,
                           const std::string& charset, bool* unknown = nullptr);

/// Text as it may stand in a field: delimiters, escape character and line ends escaped. A delimiter
/// the message cannot escape (it has no escape character) becomes a blank.
std::string encode_escapes(std::string_view text, const Delimiters& delimiters);

}  // namespace gateway::hl7v2
