#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/intake/intake.hpp"

namespace gateway::intake {

/// What the envelope of a batch said (V2FHIR.md §1.6), as far as its answer needs it.
struct BatchEnvelope {
  std::string file_header, batch_header;  // FHS, BHS lines as sent; "" if absent
  std::string batch_trailer;              // BTS line
  std::size_t messages = 0;
  bool is_batch() const { return !file_header.empty() || !batch_header.empty(); }
};

/// The last line of this name in a batch; "" if there is none.
std::string_view last_line_named(std::string_view bytes, std::string_view name);

/// FHS/BHS … BTS/FTS around acknowledgements, sender and receiver swapped, the batch id echoed; a
/// count in BTS-1 that is not the messages found is named in BTS-2 (`batch-count-mismatch`).
/// `now` as HL7 writes it.
std::string enclose(const BatchEnvelope& envelope, const std::vector<std::string>& acknowledgements,
                    std::string_view now);

/// Collects the answers of the messages that came in one block, and says them as one: enclosed
/// where the block had an envelope, one behind the other where not. A batch with one message that
/// ends without an answer is not answered at all: resent, the others are duplicates.
class BatchAnswer {
 public:
  BatchAnswer(BatchEnvelope envelope, const base::Clock& clock, Answer answer);
  void give(std::size_t message, Answered answered);

 private:
  Answered together();

  BatchEnvelope envelope_;
  const base::Clock& clock_;
  Answer answer_;
  std::mutex mutex_;
  std::vector<Answered> parts_;  // guarded by mutex_
  std::size_t missing_;          // guarded by mutex_
};

}  // namespace gateway::intake
