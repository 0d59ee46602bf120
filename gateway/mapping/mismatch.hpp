#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/revise.hpp"

/// One order number of a sender under several patients, message after message (DOMAIN.md T9).
namespace gateway::mapping {

/// A result or report as it stands under another patient.
struct ForeignResource {
  fhir::ResourceKey key;
  Standing standing;  // with its body
};

/// What stands of another patient under the number of an order of this message.
struct ForeignOrder {
  std::string patient;  // id
  std::vector<ForeignResource> resources;
};

/// What the message changes of another patient: marks set, or taken away.
struct ForeignMarks {
  std::string patient;
  std::vector<RevisedWrite> writes;
  std::vector<Issue> issues;
};

/// Results and reports under one number are marked `patient-mismatch` as long as at least two
/// patients have one that is not entered in error; with the reason the mark goes (F5). Nothing is
/// moved. Changes the writes of `revision` that belong to the order, and says what to write of the
/// others. `report` is a DiagnosticReport of the order in this message. Pure.
std::vector<ForeignMarks> mark_mismatch(const Conversion& conversion,
                                        const StandingLookup& standing,
                                        const fhir::ResourceKey& report,
                                        std::span<const ForeignOrder> others, Revision& revision);

/// The ten characters that ids of one order share, behind their letter; "" if it is no such id.
std::string_view order_head(std::string_view id);

}  // namespace gateway::mapping
