#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/hl7v2/header.hpp"

namespace gateway::hl7v2 {

/// One line of an ERR segment (HL7 v2.5.1 §2.15.5). Texts never hold a value of the message.
struct ErrorLine {
  std::string segment;  // "OBX"; may be empty
  int sequence = 0;     // occurrence of the segment, 0 = not said
  int field = 0, repetition = 0, component = 0, subcomponent = 0;  // 0 = not said
  int code = 207;                                                  // table 0357
  char severity = 'E';                                             // E, W, I
  std::string issue;       // our `gateway-issue` code, ERR-5; may be empty
  std::string diagnostic;  // ERR-7
  std::string text;        // ERR-8, for people
};

/// What is to be said. `code` is AA AE AR CA CE CR.
struct Acknowledgement {
  std::string code;
  std::string text;  // MSA-3 (left out from v2.7 on)
  std::vector<ErrorLine> errors;
};

/// The bytes of the acknowledgement, segments ended by CR, no MLLP framing, in the sender's
/// delimiters, version and character set (V2FHIR.md §1.8). `control_id` is ours (≤ 20 characters).
/// MSA-2 repeats the sender's MSH-10 verbatim if it is ≤ 199 bytes without control characters,
/// else stays empty (TRUST T14). ERR in the form of the version. A header that could not be read
/// is a default one (`^~\&`, 2.5.1).
std::string write(const Acknowledgement& acknowledgement, const Header& header, base::Instant now,
                  std::string_view control_id);

}  // namespace gateway::hl7v2
