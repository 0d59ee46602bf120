#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::hl7v2 {

/// A stretch of input cut into messages (V2FHIR.md §1.6). Views into the input.
struct Envelope {
  std::vector<std::string_view> messages;  // each from its MSH to before the next MSH, BTS or FTS
  std::string_view file_header, batch_header;    // first FHS, BHS lines; empty if absent
  std::string_view batch_trailer, file_trailer;  // last BTS, FTS lines; empty if absent
  bool is_batch() const { return !file_header.empty() || !batch_header.empty(); }

  /// What BTS-1 says, if it says a number.
  std::optional<std::uint64_t> declared_messages() const;
  /// Does BHS-10 ask for the failed ones only?
  bool errors_only() const;
};

/// Cuts files, batches and bare sequences of messages; MLLP frame bytes, byte order marks and
/// empty lines between messages are passed over. No message at all: one element with the whole
/// input, which `parse` will then refuse by name; empty input, or an envelope round nothing: no
/// element. A message in UTF-16 or UTF-32 is not looked into: one element. Linear.
Envelope split_messages(std::string_view bytes);

/// What the answer to a batch needs of its envelope. Owns it: the answers come later.
struct BatchFrame {
  std::string file_header, batch_header;  // FHS, BHS lines as sent; "" if absent
  std::optional<std::uint64_t> declared;  // BTS-1
  std::size_t messages = 0;
  bool errors_only = false;  // BHS-10
  bool is_batch() const { return !file_header.empty() || !batch_header.empty(); }
};
BatchFrame frame_of(const Envelope& envelope);

/// The answer to a batch: the acknowledgements, each as `write` gave it, in FHS, BHS … BTS, FTS as
/// far as the envelope had them (an envelope with neither: the bare sequence). Sender and receiver
/// swapped, BHS-11 and BHS-12 repeat the batch's id, each as far as it is `echoable`; BTS-1 counts
/// the acknowledgements, BTS-2 names a BTS-1 of the batch that counted other than was found. Where
/// BHS-10 asks for the failed ones only, the positive ones are left out.
std::string write_batch(const BatchFrame& frame, const std::vector<std::string>& acknowledgements,
                        base::Instant now);

}  // namespace gateway::hl7v2
