#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/hl7v2/batch.hpp"
#include "gateway/intake/intake.hpp"

namespace gateway::intake {

/// Collects the answers of the messages that came in one block, and says them as one: enclosed
/// where the block had an envelope, one behind the other where not. Of a batch that asks for the
/// failed ones only (BHS-10), and of messages whose sender does, the positive ones are left out. A
/// batch with one message that ends without an answer is not answered at all: resent, the others
/// are duplicates.
class BatchAnswer {
 public:
  BatchAnswer(hl7v2::BatchFrame frame, const base::Clock& clock, Answer answer);
  /// `errors_only`: the message's sender wants to hear of a batch only what failed.
  void give(std::size_t message, Answered answered, bool errors_only);

 private:
  struct Part {
    Answered answered;
    bool errors_only = false;
  };
  Answered together();

  hl7v2::BatchFrame frame_;
  const base::Clock& clock_;
  Answer answer_;
  std::mutex mutex_;
  std::vector<Part> parts_;  // guarded by mutex_
  std::size_t missing_;      // guarded by mutex_
};

}  // namespace gateway::intake
