#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/mapping/conversion.hpp"

namespace gateway::mapping {

class Catalogue;

/// The version of a resource that stands in the store.
struct Standing {
  std::int64_t version = 0;
  bool deleted = false;
  fhir::Body body;                          // "" if `same` (it was not loaded)
  bool same = false;                        // its bytes equal the converted ones
  std::optional<std::int64_t> source_time;  // of the message that wrote it (T7)
  std::int64_t written = 0;                 // when: of two times that are equal (T7)
};
using StandingLookup = std::function<const Standing*(const fhir::ResourceKey&)>;

/// The Observations that stand of an order, by what their ids share (V2FHIR.md §3.1), and the
/// tables that say what they answer.
struct OrderContext {
  std::function<std::vector<fhir::ResourceKey>(std::string_view head)> observations;
  const Catalogue* catalogue = nullptr;
};

/// One resource to be written.
struct RevisedWrite {
  fhir::ResourceKey key;
  fhir::Body body;
  std::int64_t follows = 0;  // version it must follow; 0 = none stands
  /// What the version counts as from in T7: the message's time; the standing version's, later one
  /// where an older message only added a result to a report.
  std::optional<std::int64_t> source_time;
  /// The converted resource that changes it: itself, but for a result that a lone component row
  /// changes (S14).
  fhir::ResourceKey by;
};

/// A resource that was said again, later and with equal content: no version, but what is older than
/// this is older than what stands (T7).
struct SaidAgain {
  fhir::ResourceKey key;
  std::int64_t version = 0;  // that stands
  std::int64_t source_time = 0;
};

/// How a conversion changes what stands (DOMAIN.md T1–T12).
struct Revision {
  std::vector<RevisedWrite> writes;
  std::vector<fhir::ResourceKey> unchanged;  // spoken of, equal to what stands
  std::vector<SaidAgain> said_again;         // of these, what belongs to an order and came later
  std::vector<Issue> issues;                 // update-out-of-order, status-regression, …
  /// Issues of the conversion that are none beside what was said before: code, "Observation/…".
  std::vector<std::pair<std::string, std::string>> settled;
  /// Component rows that changed a result that stands (S14): what concerns the first concerns the
  /// second.
  std::vector<std::pair<std::string, std::string>> joined;  // "Observation/…"
};

/// What a message means where nothing stands yet: an update of nothing is no result (T6), and what
/// is withdrawn has no value (T5).
Conversion told_first(Conversion conversion);

/// Pure. Follows → next version; equal → unchanged; older than what stands → no version and
/// `update-out-of-order` (T7); regression of status → `status-regression` (T8); context merged
/// from all that stands of its order (T3), DiagnosticReport.result the union of active results
/// (T2).
Revision revise(const Conversion& conversion, const StandingLookup& standing,
                const OrderContext& orders = {});

}  // namespace gateway::mapping
