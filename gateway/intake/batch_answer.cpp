#include "gateway/intake/batch_answer.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace gateway::intake {

BatchAnswer::BatchAnswer(hl7v2::BatchFrame frame, const base::Clock& clock, Answer answer)
    : frame_(std::move(frame)),
      clock_(clock),
      answer_(std::move(answer)),
      parts_(frame_.messages),
      missing_(frame_.messages) {}

void BatchAnswer::give(std::size_t message, Answered answered) {
  {
    const std::lock_guard lock(mutex_);
    parts_[message] = std::move(answered);
    if (--missing_ != 0) return;
  }
  answer_(together());  // nobody gives any more
}

Answered BatchAnswer::together() {
  Answered all;
  std::vector<std::string> blocks;
  for (auto& part : parts_) {
    if (part.close && part.bytes.empty()) return {"", {}, true};
    all.close = all.close || part.close;
    if (part.bytes.empty()) continue;
    blocks.push_back(std::move(part.bytes));
    for (auto& further : part.further) blocks.push_back(std::move(further));
  }
  if (frame_.is_batch()) {
    all.bytes = hl7v2::write_batch(frame_, blocks, clock_.now());
  } else if (!blocks.empty()) {
    all.bytes = std::move(blocks.front());
    all.further.assign(std::make_move_iterator(blocks.begin() + 1),
                       std::make_move_iterator(blocks.end()));
  }
  return all;
}

}  // namespace gateway::intake
