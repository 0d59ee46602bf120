#pragma once
#include "gateway/mapping/actors.hpp"

/// Places of visits, events and results as Location (V2FHIR.md §3.2): its parts flattened into one
/// resource, so that nobody needs a chain of references to say where a patient lies.
namespace gateway::mapping {

/// PL. `bed_status` (PV1-40, table 0116) is of the place that the patient is in.
ActorReference location(Desk& desk, const Place& place, const Place* bed_status = nullptr);
/// HD: a facility that something happened at (EVN-7).
ActorReference facility_location(Desk& desk, const Place& place);
/// DLD: where a patient was discharged to.
ActorReference discharge_location(Desk& desk, const Place& place);
/// PRT-9 with the address of PRT-14; either may be missing.
ActorReference event_location(Desk& desk, const Place& place, const Place& address);

}  // namespace gateway::mapping
