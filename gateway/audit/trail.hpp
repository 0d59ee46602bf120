#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/audit/event.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/store/store.hpp"

namespace gateway::audit {

/// The trail as it is read and searched. Who may is asked elsewhere. Any thread.
class Trail {
 public:
  Trail(store::Store& store, const base::Clock& clock, Self self);

  /// nullopt: there is no such event, or not all of `scope` holds of it.
  base::Result<std::optional<fhir::Version>> find(
      const std::string& id, const std::vector<fhir::search::Criterion>& scope) const;

  struct Page {
    std::vector<fhir::Version> events;  // newest first
    std::string after;                  // the next page's; "": this is the last
    std::optional<std::int64_t> total;  // where it was asked for
  };
  /// A search of AuditEvent, and what else must hold. Errors: `unsupported` "search-bad-modifier …"
  /// or "search-bad-value …" of what is not offered, "search-too-costly …" behind `most_looked_at`
  /// rows of which too few fit.
  base::Result<Page> search(const fhir::search::Query& query,
                            const std::vector<fhir::search::Criterion>& scope,
                            const std::string& after) const;

  base::Result<store::Verification> verify() const { return store_.verify_audit(); }
  /// What cursors are sealed with.
  base::Result<std::string> cursor_key() const { return store_.secret("cursor"); }

  static constexpr std::size_t most_looked_at = 200'000;

 private:
  store::Store& store_;
  const base::Clock& clock_;
  const Self self_;
};

}  // namespace gateway::audit
