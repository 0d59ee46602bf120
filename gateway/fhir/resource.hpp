/// Room fhir (floor 2): FHIR R4 JSON: read, write, bundle, OperationOutcome. Knows no HL7v2, SQL
/// or HTTP.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/time.hpp"

namespace gateway::fhir {

/// Which resource: type and logical id.
struct ResourceKey {
  std::string type, id;
  friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
  std::string reference() const { return type + "/" + id; }
};

/// Types that never leave this gateway (INTERFACE.md §6): its own lists, subscriptions and trail.
inline bool stays_here(std::string_view type) {
  return type == "Task" || type == "Subscription" || type == "AuditEvent";
}

/// The body of a resource as we keep it: one JSON object that begins
/// `{"resourceType":"T","id":"I","meta":{` – always with `meta`, which holds neither `versionId`
/// nor `lastUpdated` – with digits as they were sent. So two versions are equal when their bytes
/// are, and serving one is splicing, not parsing.
using Body = std::string;

/// One immutable state of a resource.
struct Version {
  ResourceKey key;
  std::int64_t version = 1;
  base::Instant last_updated;
  bool deleted = false;
  Body body;  // empty if deleted
};

/// The resource as it is served: `versionId` and `lastUpdated` spliced into `meta`.
std::string served(const Version& version);

/// Where the splice goes: the index just behind `"meta":{`. Broken invariant if the body does not
/// begin as `Body` says.
std::size_t meta_at(std::string_view body);

}  // namespace gateway::fhir
