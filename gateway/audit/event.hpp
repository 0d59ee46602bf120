#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::audit {

/// This gateway, as its AuditEvents name it.
struct Self {
  std::string instance, base_url;
};

/// A row of the trail as FHIR AuditEvents in the shape of IHE BALP 1.1.3: one for each patient it
/// is about, as BALP asks, one where it is about none. `meta.profile` is claimed where what
/// happened was done; failures are recorded differently there. Pure.
std::vector<fhir::Version> events_of(const store::AuditRecord& record, const Self& self);

/// The id of an AuditEvent: its row's number, and which patient of several ("17-2").
struct EventId {
  std::int64_t row = 0;
  std::size_t part = 0;  // from 1; 0: of a row that gives one
};
std::optional<EventId> read_event_id(std::string_view id);

}  // namespace gateway::audit
