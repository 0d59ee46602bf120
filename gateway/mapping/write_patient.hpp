#pragma once
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Which identifier names the patient (V2FHIR.md §3.1): PID-3 MR with authority, else PI, PT, the
/// first with authority, the first; else PID-2, PID-4; none: `empty()`.
IdentifierReading choose_identifier(Desk& desk, SegmentIndex pid);

/// The PID that speaks of a field: the first of them that does (V2FHIR.md §2.3, two PID of one
/// person in a row); the first, where none does.
SegmentIndex pid_of(const FieldReader& fields, const PatientSegments& patient, std::uint16_t field);

/// Id of the Patient and the part of other ids that stands for it.
struct PatientIdentity {
  std::string id, key;
  bool stated = true;  // false: no identifier at all, scoped to this message
};
PatientIdentity identify_patient(Desk& desk, SegmentIndex pid, std::size_t ordinal);

/// PID-10 and PID-22 as extensions: ours, or those of the sender's realm; what these have no place
/// for stands in ours as well.
enum class PatientGroup { race, ethnicity };
void extend_group(Desk& desk, Draft& draft, PatientGroup which, const Place& field);

/// PID-7, NK1-16. R4 has an extension for the time of a Patient's birth alone; another's, and one
/// without offset, stays as sent.
void write_birth(Desk& desk, Draft& draft, const Place& place);

/// Patient, its relatives and visit (V2FHIR.md §3.4).
void convert_patient(Desk& desk, PatientWork& patient, std::size_t ordinal);
void write_relatives(Desk& desk, const PatientWork& patient);
void write_encounter(Desk& desk, PatientWork& patient);
/// PRT and ROL of a visit that name persons, as elements of its `participant`.
void write_visit_participants(Desk& desk, Pen& participants, const std::vector<Participation>& all);

}  // namespace gateway::mapping
