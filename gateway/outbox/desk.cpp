#include "gateway/outbox/desk.hpp"

#include <utility>

#include "gateway/base/hash.hpp"

namespace gateway::outbox {
namespace {

constexpr std::int64_t longest_wait = std::chrono::microseconds(std::chrono::hours(1)).count();
constexpr std::size_t most_waiting = 100;
constexpr std::size_t longest_reason = 1'000;
constexpr std::size_t page = 1'000;

/// "3, 5–7": sequences are sorted.
std::string listed(const std::vector<std::int64_t>& sequences) {
  std::string out;
  for (std::size_t i = 0; i < sequences.size();) {
    std::size_t last = i;
    while (last + 1 < sequences.size() && sequences[last + 1] == sequences[last] + 1) ++last;
    out += (out.empty() ? "" : ", ") + std::to_string(sequences[i]);
    if (last > i) out += "-" + std::to_string(sequences[last]);
    i = last + 1;
  }
  return out;
}

}  // namespace

store::AuditRow decision_row(const DeskDecision& decision, base::Instant at) {
  const bool discards = decision.what == store::LetterDecision::discard;
  store::AuditRow row;
  row.event = discards ? "outbox-discard" : "outbox-retry";
  row.at = at;
  row.agent = decision.actor;
  row.source = decision.source;
  row.outcome = "200";
  row.detail = std::to_string(decision.sequences.size()) +
               " deliveries: " + listed(decision.sequences) + "; reason: " + decision.reason;
  if (!decision.second.empty()) row.detail += "; agreed: " + decision.second;
  return row;
}

base::Result<std::vector<store::Letter>> Desk::list(const store::LettersAsked& asked) {
  return store_.letters(asked);
}

base::Result<Desk::Decided> Desk::decide(DeskDecision decision, store::LettersAsked which) {
  if (decision.reason.empty() || decision.reason.size() > longest_reason)
    return base::Error{base::ErrorKind::malformed, "a decision needs a reason of 1 to 1,000 bytes",
                       "reason", "say why, in a few words"};
  if (decision.sequences.empty()) {
    which.dead = true;
    which.most = page;
    while (true) {
      const auto letters = store_.letters(which);
      if (!letters) return letters.error();
      for (const auto& letter : *letters) decision.sequences.push_back(letter.sequence);
      if (letters->size() < page) break;
      which.after = letters->back().sequence;
    }
  }
  if (decision.sequences.empty())
    return base::Error{base::ErrorKind::not_found, "there is no such dead letter", "",
                       "`immunogate outbox list` shows what there is"};
  if (decision.what == store::LetterDecision::retry ||
      decision.sequences.size() <= most_discarded_alone)
    return carry_out(decision);
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady_microseconds();
  std::erase_if(waiting_, [&](const auto& one) { return one.second.until < now; });
  if (waiting_.size() >= most_waiting)
    return base::Error{base::ErrorKind::unavailable, "too many decisions await a second person", "",
                       "agree to some, or ask again in an hour"};
  // No secret: whoever agrees shows who they are. It names what they agree to.
  const std::string word = base::base32(
      base::sha256(decision.actor + std::to_string(clock_.now().microseconds) + decision.reason),
      8);
  const auto count = static_cast<std::int64_t>(decision.sequences.size());
  waiting_[word] = {std::move(decision), now + longest_wait};
  return Decided{count, word};
}

base::Result<Desk::Decided> Desk::agree(const std::string& word, const std::string& actor) {
  DeskDecision decision;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(word);
    if (found == waiting_.end() || found->second.until < clock_.steady_microseconds())
      return base::Error{base::ErrorKind::not_found, "no decision awaits agreement by this word",
                         "", "it is kept for an hour, and not over a restart"};
    if (found->second.decision.actor == actor)
      return base::Error{base::ErrorKind::forbidden,
                         "whoever asks for this may not agree to it as well", "",
                         "have a second person agree"};
    decision = std::move(found->second.decision);
    waiting_.erase(found);
  }
  decision.second = actor;
  return carry_out(decision);
}

base::Result<Desk::Decided> Desk::carry_out(const DeskDecision& decision) {
  const auto row = decision_row(decision, clock_.now());
  const auto decided = store_.decide(decision.sequences, decision.what, {&row, 1});
  if (!decided) return decided.error();
  changed_();
  return Decided{*decided, ""};
}

}  // namespace gateway::outbox
