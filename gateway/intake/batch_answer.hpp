#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/hl7v2/batch.hpp"
#include "gateway/intake/intake.hpp"

namespace gateway::intake {

/// Collects the answers of the messages that came in one block, and says them as one: enclosed
/// where the block had an envelope, one behind the other where not. A batch with one message that
/// ends without an answer is not answered at all: resent, the others are duplicates.
class BatchAnswer {
 public:
  BatchAnswer(hl7v2::BatchFrame frame, const base::Clock& clock, Answer answer);
  void give(std::size_t message, Answered answered);

 private:
  Answered together();

  hl7v2::BatchFrame frame_;
  const base::Clock& clock_;
  Answer answer_;
  std::mutex mutex_;
  std::vector<Answered> parts_;  // guarded by mutex_
  std::size_t missing_;          // guarded by mutex_
};

}  // namespace gateway::intake
