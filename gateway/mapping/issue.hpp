/// Room mapping (floor 3): what a message means: sender, cycle context, sample type, panels,
/// corrections, loss account. Pure: no clock, no store, no files, no network, no log.
#pragma once
#include <string>
#include <string_view>

namespace gateway::mapping {

enum class Severity { information, warning, error };
std::string_view to_text(Severity severity);

/// Something a person should look at; never a reason to lose data (DOMAIN.md §4.3, V2FHIR.md §5.4).
/// Codes are of `gateway-issue`.
struct Issue {
  std::string code;  // "nm-decimal-comma"
  Severity severity = Severity::warning;
  std::string where;     // address in the message: "OBX[3]-5"
  std::string resource;  // "Observation/o4x…", "" while it concerns the message
  std::string text;      // for people; no value of the message
};

/// The severity DOMAIN.md and V2FHIR.md give a code; `warning` for one that is not listed.
Severity severity_of(std::string_view code);

/// The row of HL7 table 0357 for ERR-3; 207 where none says it.
int condition_of(std::string_view code);

/// What a person does about an issue of that code (W1): a sentence that names who, field and file;
/// the same wherever the issue is shown. "" for a code that is not listed.
std::string_view remedy_of(std::string_view code);

}  // namespace gateway::mapping
