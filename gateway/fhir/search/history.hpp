#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace gateway::fhir::search {

/// What a history is asked with: of a resource, a type or all (FHIR R4, http, history).
struct HistoryQuery {
  std::optional<base::Instant> since;  // versions from then on
  std::size_t count = 50;              // rows a page; 1 to 1,000
  std::string cursor;                  // opaque; empty: first page
  /// A change feed instead: what was written behind this, in the order of commits. Opaque; "": from
  /// the first on.
  std::optional<std::string> after;
  std::chrono::seconds wait{0};  // for something to be written; with `after` alone
  std::string self;              // as Query::self
};

/// Errors as those of parse(): `_since` without an offset and others are `search-bad-value`.
base::Result<HistoryQuery> parse_history(std::string_view query);

}  // namespace gateway::fhir::search
