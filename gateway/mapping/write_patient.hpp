#pragma once
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Which identifier names the patient (V2FHIR.md §3.1): PID-3 MR with authority, else PI, PT, the
/// first with authority, the first; else PID-2, PID-4; none: `empty()`.
IdentifierReading choose_identifier(Desk& desk, SegmentIndex pid);

/// Id of the Patient and the part of other ids that stands for it.
struct PatientIdentity {
  std::string id, key;
  bool stated = true;  // false: no identifier at all, scoped to this message
};
PatientIdentity identify_patient(Desk& desk, SegmentIndex pid, std::size_t ordinal);

/// Patient, its relatives and visit (V2FHIR.md §3.4).
void convert_patient(Desk& desk, PatientWork& patient, std::size_t ordinal);
void write_relatives(Desk& desk, const PatientWork& patient);
void write_encounter(Desk& desk, PatientWork& patient);

}  // namespace gateway::mapping
