#pragma once
#include "gateway/mapping/structure.hpp"
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// MessageHeader (V2FHIR.md §3.3).
Draft& write_message_header(Desk& desk, const Structure& structure);
/// MessageHeader.focus: the reports, once they are written.
void write_focus(Desk& desk);
/// Provenance of everything written, with sender, gateway and software (SFT) as agents.
void write_provenance(Desk& desk, const Structure& structure);
/// PID-33, 34.
void write_patient_provenance(Desk& desk, const PatientWork& patient);
/// TXA: a DocumentReference that points to the report's attachments.
void write_documents(Desk& desk, const PatientWork& patient);

/// Lets a field travel as sent, in `v2-field` of a resource; the loss account says *carried*.
void carry(Desk& desk, Draft& draft, std::string_view address, const Text& said);
/// The same of all leaves of a segment that have no fate.
void carry_rest(Desk& desk, Draft& draft, SegmentIndex segment);
/// Writes what is left over of the fields that the profile carries, and what repeats in a field
/// that holds one value (V2FHIR.md §1.3, E5), as sent, onto the resource that their segment, or the
/// last before it, became.
void carry_fields(Desk& desk);
/// Sets aside what has a reason to go nowhere, field by field, as a table; what is left after it is
/// unmapped.
void set_aside_rest(Desk& desk, const Structure& structure);

}  // namespace gateway::mapping
