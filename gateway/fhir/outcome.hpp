#pragma once
#include <string>
#include <string_view>
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

/// At least one issue always: none given is an `information` that says nothing went wrong.
std::string operation_outcome(const std::vector<OutcomeIssue>& issues);

/// An OperationOutcome of one error.
std::string operation_outcome(const base::Error& error);

/// A member's name as places repeat it: only what can be a FHIR element's, since names are the
/// client's words; else "?".
std::string place_name(std::string_view name);

/// The gateway-error code of an error: the first word of `what` where it is one ("search-bad-value
/// date is …"), `json-malformed` or `json-too-deep` for one of `parse_json`; else "".
std::string_view error_code(const base::Error& error);

/// The issue of an error: its code goes to `error_code`, the issue-type follows it (without one:
/// the kind), `where` goes to `location` ("http.…"), to the text ("line 3, …") or to `expression`.
OutcomeIssue issue_of(const base::Error& error);

}  // namespace gateway::fhir
