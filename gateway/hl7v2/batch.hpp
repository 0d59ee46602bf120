#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::hl7v2 {

/// A stretch of input cut into messages (V2FHIR.md §1.6). Views into the input.
struct Envelope {
  std::vector<std::string_view> messages;  // each from its MSH to before the next MSH, BTS or FTS
  std::string_view file_header, batch_header;  // FHS, BHS lines; empty if absent
  bool is_batch() const { return !file_header.empty() || !batch_header.empty(); }
};

/// Cuts files, batches and bare sequences of messages; MLLP frame bytes, byte order marks and
/// empty lines between messages are passed over. No message at all: one element with the whole
/// input, which `parse` will then refuse by name; empty input: no element.
Envelope split_messages(std::string_view bytes);

}  // namespace gateway::hl7v2
