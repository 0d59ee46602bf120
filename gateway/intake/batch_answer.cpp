#include "gateway/intake/batch_answer.hpp"

#include <string>
#include <utility>

#include "gateway/mapping/issue.hpp"

namespace gateway::intake {

BatchAnswer::BatchAnswer(hl7v2::BatchFrame frame, const base::Clock& clock, Answer answer)
    : frame_(std::move(frame)),
      clock_(clock),
      answer_(std::move(answer)),
      parts_(frame_.messages),
      missing_(frame_.messages) {}

void BatchAnswer::give(std::size_t message, Answered answered, bool errors_only) {
  {
    const std::lock_guard lock(mutex_);
    parts_[message] = {std::move(answered), errors_only};
    if (--missing_ != 0) return;
  }
  answer_(together());  // nobody gives any more
}

Answered BatchAnswer::together() {
  Answered all;
  std::vector<hl7v2::BatchAcknowledgement> blocks;
  for (std::size_t message = 0; message < parts_.size(); ++message) {
    auto& [part, errors_only] = parts_[message];
    if (part.close && part.bytes.empty()) return {"", {}, true};
    all.close = all.close || part.close;
    const bool chosen = frame_.is_batch() && (frame_.errors_only || errors_only);
    const auto add = [&](std::string block) {
      if (block.empty() || (chosen && hl7v2::is_positive(block))) return;
      blocks.push_back({std::move(block), message});
    };
    add(std::move(part.bytes));
    for (auto& further : part.further) add(std::move(further));
  }
  if (frame_.is_batch()) {
    all.bytes = hl7v2::write_batch(frame_, blocks, clock_.now(),
                                   mapping::remedy_of("batch-count-mismatch"));
  } else if (!blocks.empty()) {
    all.bytes = std::move(blocks.front().bytes);
    for (std::size_t k = 1; k < blocks.size(); ++k)
      all.further.push_back(std::move(blocks[k].bytes));
  }
  return all;
}

}  // namespace gateway::intake
