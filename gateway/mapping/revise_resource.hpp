#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/revise.hpp"

namespace gateway::mapping {

/// What becomes of one converted resource.
struct ResourceOutcome {
  enum class Kind {
    written,
    unchanged,
    refused,  // what stands stays: out of order, or a regression of status
    dropped   // nothing stands and nothing is written (T6)
  };
  Kind kind = Kind::written;
  fhir::Body body;                  // if written
  bool keeps_source_time = false;   // the version counts as from when the standing one did (T7)
  std::string status;               // of an Observation: the one that is active afterwards
  std::vector<std::string> issues;  // gateway-issue codes
};

/// An Observation over what stands (T3–T8, T10, T12). `older`: the message is older (T7).
ResourceOutcome revise_observation(const ConvertedResource& newest, const Standing* standing,
                                   bool older);

/// What revising the Observations of the message has shown, for its reports.
struct ResultStates {
  std::function<bool(const std::string& reference)> is_gone;     // entered in error, or dropped
  std::function<bool(const std::string& reference)> is_dropped;  // nothing of that id exists
  std::function<bool(const std::string& reference)> is_written;  // a version of it is written now
  std::function<std::string(const std::string& reference)> status_of;  // afterwards; "" if unknown
  bool any_gone = true;  // false: there is none to look for
};

/// A DiagnosticReport over what stands: `result` is the union of the active results (T2, T5).
ResourceOutcome revise_report(const ConvertedResource& newest, const Standing* standing, bool older,
                              const ResultStates& results);

/// A Provenance names no resource that was dropped.
ResourceOutcome revise_provenance(const ConvertedResource& newest, const Standing* standing,
                                  bool older, const ResultStates& results);

/// Patient and whatever else several messages share: the newer speaks, the rest stays.
ResourceOutcome revise_shared(const ConvertedResource& newest, const Standing* standing,
                              bool older);

}  // namespace gateway::mapping
