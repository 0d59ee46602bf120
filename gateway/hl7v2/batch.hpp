#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::hl7v2 {

/// A trailer that counts other than was found: BTS-1 the messages of its batch, FTS-1 the batches
/// of its file (`batch-count-mismatch`). A trailer that says no number says nothing.
struct Miscount {
  std::string_view trailer;  // "BTS", "FTS"
  std::uint64_t announced = 0, found = 0;
};

/// A stretch of input cut into messages (V2FHIR.md §1.6). Views into the input.
struct Envelope {
  struct Batch {
    std::string_view header;  // its BHS
    std::size_t first = 0;    // of its messages
  };
  std::vector<std::string_view> messages;  // each from its MSH to before the next MSH, BTS or FTS
  std::vector<std::string_view> lines;     // FHS, BHS, BTS, FTS, in order
  std::vector<Batch> batches;
  std::string_view file_header, batch_header;  // first FHS, BHS lines; empty if absent
  std::vector<Miscount> miscounts;             // the first of each trailer, BTS before FTS
  bool is_batch() const { return !file_header.empty() || !batch_header.empty(); }

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
  std::string file_header;  // FHS line as sent; "" if absent
  struct Batch {
    std::string header;     // its BHS line as sent
    std::size_t first = 0;  // of its messages
  };
  std::vector<Batch> batches;
  std::vector<Miscount> miscounts;
  std::size_t messages = 0;
  bool errors_only = false;  // BHS-10
  bool is_batch() const { return !file_header.empty() || !batches.empty(); }
};
BatchFrame frame_of(const Envelope& envelope);

struct BatchAcknowledgement {
  std::string bytes;
  std::size_t message = 0;  // which of the batch it answers
};

/// The answer to a batch: the acknowledgements, each as `write` gave it, in FHS, BHS … BTS, FTS as
/// far as the envelope had them (an envelope with neither: the bare sequence). Sender and receiver
/// swapped, BHS-11 and BHS-12 repeat the batch's id, each as far as it is `echoable`; BTS-1 counts
/// the acknowledgements; BTS-2 and FTS-2 say what the batch miscounted, with `remedy` behind it.
/// Several batches of a file are answered by as many.
std::string write_batch(const BatchFrame& frame,
                        const std::vector<BatchAcknowledgement>& acknowledgements,
                        base::Instant now, std::string_view remedy = {});

/// "batch-count-mismatch: BTS-1 announces 3, 2 found"
std::string to_text(const Miscount& miscount);

/// Does this acknowledgement say AA or CA?
bool is_positive(std::string_view acknowledgement);

}  // namespace gateway::hl7v2
