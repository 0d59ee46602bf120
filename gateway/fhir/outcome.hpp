#pragma once
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::fhir {

/// One issue of an OperationOutcome (FHIR.md §4): always a severity and a code; `error_code` is of
/// our `gateway-error` system; texts hold no patient data.
struct OutcomeIssue {
  std::string severity = "error";  // fatal | error | warning | information
  std::string code = "invalid";    // FHIR issue-type
  std::string error_code;          // "search-unknown-parameter"; may be empty
  std::string text;                // details.text, for people
  std::string diagnostics;         // what to do
  std::string expression;          // body path, "Bundle.entry[4]"
  std::string location;            // "http.cycle-dai"
};

std::string operation_outcome(const std::vector<OutcomeIssue>& issues);

/// An OperationOutcome of one error: `code` by the error's kind.
std::string operation_outcome(const base::Error& error);

}  // namespace gateway::fhir
