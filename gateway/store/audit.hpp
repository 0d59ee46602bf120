#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/hash.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace gateway::store {

/// Compact audit row (TRUST.md §5), of about 200 bytes; hash-chained by the store in the order of
/// commit. What it says is shown as AuditEvents when it is read.
struct AuditRow {
  std::string event;  // "ingest", "ingest-duplicate", "refused", "read", "search", …
  base::Instant at;
  std::string agent;                  // who: certificate subject, client id, "anonymous"
  std::string source;                 // listener
  std::string outcome;                // AA, AE, AR, 200, 403, …
  std::vector<std::string> entities;  // "Patient/p…", "Observation/o…/_history/2"
  std::string detail;                 // of a request: as it was asked
  std::string address = {};           // of who asked: "10.1.2.3"
  std::string request_id = {};
  std::int64_t count = 0;  // results shown; of a refusal: how many alike it stands for
  std::int64_t bytes = 0;  // of the answer
  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};

/// Who waits for something to be durable without holding a thread.
class Awaiting {
 public:
  virtual ~Awaiting() = default;
  /// How it went, once, on whatever thread made it so: must not wait, and wakes nobody yet.
  virtual void hear(const base::Result<void>& outcome) = 0;
  /// All that became durable together have heard: whoever is to act on it may be woken, once for
  /// them all.
  virtual void ring() = 0;
};

/// A row as it is kept.
struct AuditRecord {
  std::int64_t number = 0;   // from 1 without a gap, in the order of commits
  std::int64_t arrival = 0;  // that it tells of; 0: none
  std::string patient;       // of that arrival: id of the Patient; ""
  AuditRow row;
};

/// Which rows, newest first.
struct AuditAsk {
  std::string patient;  // id of a Patient; "": any
  /// Rows of these minutes are among what is found (and some beside them).
  base::Instant from{0}, until{std::numeric_limits<std::int64_t>::max()};
  std::int64_t before = std::numeric_limits<std::int64_t>::max();  // only those of lower numbers
  std::size_t most = 1000;
};

/// A row with what proves it: chain(n) = SHA-256(chain(n−1) ‖ record(n)), TRUST.md §5.2.
struct ProvenAudit {
  AuditRecord audited;
  std::string record;  // its canonical bytes; "": what is kept of it is damaged
  base::Digest chain{};
};

/// Where the trail ends.
struct AuditHead {
  std::int64_t number = 0;  // of its last row
  base::Digest chain{};
};

/// An end of the trail that somebody vouches for: rows before it cannot be cut or rewritten unseen.
struct SignedHead {
  AuditHead head;
  base::Instant at;
  std::string public_key, signature;  // Ed25519 (RFC 8032): 32 and 64 bytes
};

/// What the signature of a head is over: a line each for what it is, number, chain (hex), time
/// (microseconds since 1970).
std::string signed_text(const AuditHead& head, base::Instant at);

}  // namespace gateway::store
