/// Sub-room store/postgresql: the PostgreSQL engine behind `store::Store`, over libpq. Only `app`
/// names it.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::postgresql {

struct Options {
  /// As libpq takes it: postgresql://user@host1,host2/base?target_session_attrs=read-write. Where
  /// it does not say so, a server that takes writes is looked for.
  std::string url;
  std::string schema = "immunogate";  // letters, digits and '_'; of this gateway's store alone
  bool strict = false;  // `ha: strict`: without a synchronous standby nothing is taken
  int readers = 4;
  /// How long a commit may take, and how long it waits for another gateway's. Behind it the
  /// connection is closed: an outcome that was asked for and not told is `unknown`.
  std::chrono::milliseconds patience{10'000};
};

/// Opens (and where it is empty makes) a store. Several gateways may have it open. Errors:
/// `configuration` with what to do.
base::Result<std::unique_ptr<Store>> open(const Options& options, const base::Clock& clock,
                                          observe::Metrics& metrics);

}  // namespace gateway::store::postgresql
