#pragma once
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/time.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::http::admin {

/// Why a person opens what is masked: as it is said, and as v3-ActReason has it.
struct OpeningReason {
  std::string_view word, purpose;
};
/// `reason` of a query; nullopt: none is given. Error `malformed`: there is no such reason.
base::Result<std::optional<OpeningReason>> reason_asked(std::string_view query);
inline constexpr std::string_view opening_reasons =
    "treatment, quality, fault-finding or patient-request";
/// A reviewer's: what waits for a decision is their work.
inline constexpr OpeningReason worklist{"worklist", "HOPERAT"};
inline constexpr std::string_view reviewer = "reviewer";

struct Opening {
  OpeningReason reason;
  base::Instant until;
};

/// What is open to whom (TRUST.md §4.3): content is masked until its reader gives a reason, and
/// stays open to that reader for half an hour. Any thread.
class Openings {
 public:
  Openings(const base::Clock& clock, observe::Metrics& metrics, NoteShown note)
      : clock_(clock), metrics_(metrics), note_(std::move(note)) {}
  /// What holds for this person and `what` ("arrival 12", "Patient/p…"): begun by a reason, or by
  /// one given before; nullopt: it is masked.
  std::optional<Opening> of(const Caller& who, const std::string& what,
                            std::optional<OpeningReason> reason);
  /// Notes and counts it before it is shown. `what` says in words what is opened; `patient`: an id,
  /// "" where it is filed under nobody; `results`: how many are shown, 0 where it is no list.
  base::Result<void> note(const Caller& who, const std::string& what, const Opening& opening,
                          const std::string& patient, std::size_t results = 0);

 private:
  const base::Clock& clock_;
  observe::Metrics& metrics_;
  const NoteShown note_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Opening> open_;  // who, what; guarded by mutex_
};

}  // namespace gateway::http::admin
