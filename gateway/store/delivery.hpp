#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/ids.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::store {

/// A resource as it was sent: our version, and what the target calls the one it has since (an ETag;
/// "" where it does not say).
struct Sent {
  fhir::ResourceKey key;
  std::int64_t version = 0;
  std::string tag;
};

/// One arrival's resources on their way to one target, leased to the caller. Of a Bundle about
/// several patients each has a delivery of its own, in its own order.
struct Delivery {
  std::int64_t sequence = 0;
  std::string target;
  base::PatientKey patient;
  base::ArrivalNumber arrival;
  int attempts = 0;
  std::string path;         // instances it has passed
  base::Instant committed;  // when the arrival was
  /// Bundle content, in entry order: written, then unchanged. Of a dead letter that is sent once
  /// more only what is still current: anything newer went, or goes, by itself.
  std::vector<fhir::Version> resources;
  /// Beside `resources`: what the target was last known to call its version; "" where it is not
  /// known to have one.
  std::vector<std::string> tags;
  std::optional<base::Instant> fatal_since;  // since when it is answered 5xx with severity fatal
  int crashes = 0;  // how often the target broke off over it while others passed
};

struct Settlement {
  enum class State { delivered, waiting, dead } state = State::delivered;
  std::int64_t sequence = 0;
  base::Instant next_attempt;  // waiting
  std::string answer;          // status and OperationOutcome of the target, ≤ 64 KiB
  std::optional<base::Instant> fatal_since = {};  // of Delivery, as it is now
  int crashes = 0;
  /// What the target has now (delivered), or what it was not given (dead). A dead letter all of
  /// which went in the same or a newer version by later deliveries is superseded.
  std::vector<Sent> sent = {};
  std::vector<AuditRow> audit = {};  // of what left, durable with the state
};

/// What settlements did beside what they say.
struct Settled {
  std::int64_t superseded = 0;  // dead letters that a delivery healed
};

struct TargetBacklog {
  std::string target;
  std::int64_t pending = 0, dead = 0;
  std::optional<base::Instant> oldest;
};

/// A delivery as people see it (`immunogate outbox list`).
struct Letter {
  enum class State { queued, sending, waiting, delivered, dead, superseded, discarded };
  std::int64_t sequence = 0;
  std::string target;
  base::ArrivalNumber arrival;
  std::string sender, message_type;
  base::Instant received;
  State state = State::dead;
  int attempts = 0;
  std::string answer;  // of the target
};

struct LettersAsked {
  std::string target;                  // "": of all
  bool dead = true;                    // else what is on its way
  std::optional<base::Instant> since;  // arrivals received then or later
  std::int64_t after = 0;              // sequence of the last one of the page before
  std::size_t most = 100;
};

enum class LetterDecision { retry, discard };

}  // namespace gateway::store
