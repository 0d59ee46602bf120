#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/time.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::http::admin {

/// Why a person opens what is masked: as it is said, and as v3-ActReason has it.
struct OpeningReason {
  std::string_view word, purpose;
};
/// Of those that a person may say; nullopt: there is no such reason.
std::optional<OpeningReason> opening_reason(std::string_view word);
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
  explicit Openings(const base::Clock& clock) : clock_(clock) {}
  /// What holds for this person and `what` ("arrival 12", "Patient/p…"): begun by a reason, or by
  /// one given before; nullopt: it is masked.
  std::optional<Opening> of(const Caller& who, const std::string& what,
                            std::optional<OpeningReason> reason);
  /// What is noted down before it is shown. `patient`: an id, "" where it is filed under nobody.
  store::AuditRow row_of(const Caller& who, const std::string& what, const Opening& opening,
                         const std::string& patient) const;

 private:
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Opening> open_;  // who, what; guarded by mutex_
};

}  // namespace gateway::http::admin
