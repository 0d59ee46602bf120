#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/field_reader.hpp"

/// What belongs to what: one walk over the segments with a small state (V2FHIR.md §2). Nothing is
/// looked for by path, so no group that a grammar forgot can vanish.
namespace gateway::mapping {

/// An OBX with what hangs on it.
struct ResultSegments {
  SegmentIndex obx = 0;
  std::vector<SegmentIndex> notes;      // NTE
  std::vector<SegmentIndex> details;    // TCD, SID, PRT, ROL
  std::optional<std::size_t> specimen;  // it stands behind this SPM: PatientSegments::specimens
};

struct SpecimenSegments {
  SegmentIndex spm = 0;
  std::vector<SegmentIndex> notes, containers;  // NTE; SAC
  std::vector<ResultSegments> rows;             // of the specimen itself (OUL_R22, R23)
};

struct OrderSegments {
  std::optional<SegmentIndex> orc, obr;
  std::optional<SegmentIndex> earlier_orc;  // one ORC for several OBR: what it lends (§2.3)
  std::vector<SegmentIndex> request_notes;  // NTE between ORC and OBR
  std::vector<SegmentIndex> notes;          // NTE after OBR
  std::vector<SegmentIndex> containers;     // SAC before the OBR, of no SPM (OUL_R21)
  std::vector<SegmentIndex> timing;         // TQ1
  std::vector<SegmentIndex> participants;   // PRT, ROL of the order
  std::vector<SegmentIndex> others;         // CTD, CTI, DG1, TQ2, …
  std::vector<SegmentIndex> site_segments;  // Z…
  std::vector<ResultSegments> rows;
  std::vector<std::size_t> specimens;  // PatientSegments::specimens, in order
  bool specimen_unclear = false;       // it may have one, and nobody can tell which
};

struct RelativeSegments {
  SegmentIndex nk1 = 0;
};

struct VisitSegments {
  std::optional<SegmentIndex> pv1, pv2;
  std::vector<SegmentIndex> notes, participants;
};

struct DocumentSegments {
  SegmentIndex txa = 0;
  std::vector<SegmentIndex> notes;
};

struct PatientSegments {
  std::optional<SegmentIndex> pid;     // none: it speaks of nobody, see `patient_less`
  std::vector<SegmentIndex> repeated;  // further PID of the same person
  std::vector<SegmentIndex> pd1, notes, participants, site_segments;
  std::vector<RelativeSegments> relatives;
  VisitSegments visit;
  std::vector<ResultSegments> rows;  // before the first OBR: always context (R7)
  std::vector<SpecimenSegments> specimens;
  std::vector<OrderSegments> orders;
  std::vector<DocumentSegments> documents;
};

/// Something about the structure that a person may want to know.
struct StructureRemark {
  const char* code;
  SegmentIndex segment;
  const char* text;  // for people
};

struct Structure {
  SegmentIndex msh = 0;
  std::optional<SegmentIndex> event;    // EVN
  std::vector<SegmentIndex> software;   // SFT
  std::optional<SegmentIndex> answers;  // MSA: the message is an answer
  std::vector<PatientSegments> patients;
  std::vector<SegmentIndex> loose_notes;  // NTE without an owner
  std::vector<StructureRemark> remarks;
};

/// Error `malformed`: neither OBR nor OBX nor TXA, or no PID. Where the sender may send results of
/// nobody (`patient_less`: quality control, environment), a message without PID is one such.
base::Result<Structure> read_structure(const hl7v2::Message& message, bool patient_less);

}  // namespace gateway::mapping
