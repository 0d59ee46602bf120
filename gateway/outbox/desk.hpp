#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// More than so many are discarded only by two people (TRUST T22).
inline constexpr std::size_t most_discarded_alone = 100;

/// A decision of a person, as it is recorded: with the audit row `decision_row` makes of it.
struct DeskDecision {
  store::LetterDecision what = store::LetterDecision::retry;
  std::string actor;   // who decided
  std::string second;  // who agreed, where two were needed
  std::string reason;  // in the person's words
  std::string source;  // the door: "https", "socket"
  std::vector<std::int64_t> sequences;
};
/// The one place that says how retry and discard are audited.
store::AuditRow decision_row(const DeskDecision& decision, base::Instant at);

/// Where people look at dead letters and decide about them. Any thread.
class Desk {
 public:
  /// `changed` is called when something may be sent again.
  Desk(store::Store& store, const base::Clock& clock, std::function<void()> changed)
      : store_(store), clock_(clock), changed_(std::move(changed)) {}

  base::Result<std::vector<store::Letter>> list(const store::LettersAsked& asked);

  struct Decided {
    std::int64_t letters = 0;
    /// Not "": nothing was done yet, since a second person must agree by this word, within an hour.
    std::string awaits;
  };
  /// About all dead letters that are asked for, or those of `sequences`. `malformed` without a
  /// reason; `not_found` where there are none.
  base::Result<Decided> decide(DeskDecision decision, store::LettersAsked which);
  /// Error `not_found`; `forbidden` where it is the same person.
  base::Result<Decided> agree(const std::string& word, const std::string& actor);

 private:
  base::Result<Decided> carry_out(const DeskDecision& decision);

  struct Waiting {
    DeskDecision decision;
    std::int64_t until = 0;  // steady microseconds
  };
  store::Store& store_;
  const base::Clock& clock_;
  const std::function<void()> changed_;
  std::mutex mutex_;
  std::map<std::string, Waiting> waiting_;  // guarded by mutex_; by word
};

}  // namespace gateway::outbox
