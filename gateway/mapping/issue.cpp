#include "gateway/mapping/issue.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

struct IssueRow {
  std::string_view code;
  Severity severity;
};

/// DOMAIN.md §4.3, then V2FHIR.md §5.4. `code-specimen-conflict` is an error here, which it is when
/// a code is withheld; where it is only improbable (S9) the caller says `warning`.
constexpr IssueRow issues[] = {
    {"code-specimen-conflict", Severity::error},
    {"unit-property-mismatch", Severity::error},
    {"patient-mismatch", Severity::error},
    {"loinc-invalid", Severity::error},
    {"nm-invalid", Severity::warning},
    {"nm-ambiguous-comma", Severity::warning},
    {"value-repeated", Severity::warning},
    {"value-empty-on-update", Severity::warning},
    {"code-unmapped", Severity::warning},
    {"unit-unmapped", Severity::warning},
    {"specimen-unmapped", Severity::warning},
    {"unit-missing", Severity::warning},
    {"specimen-unknown", Severity::warning},
    {"specimen-association-ambiguous", Severity::warning},
    {"cycle-day-conflict", Severity::warning},
    {"gestation-conflict", Severity::warning},
    {"pregnancy-cycle-conflict", Severity::warning},
    {"lmp-after-collection", Severity::warning},
    {"cycle-day-implausible", Severity::warning},
    {"gestation-implausible", Severity::warning},
    {"z-segment-unmapped", Severity::warning},
    {"interpretation-unknown", Severity::warning},
    {"status-unknown", Severity::warning},
    {"status-regression", Severity::warning},
    {"update-target-unknown", Severity::warning},
    {"control-id-reused", Severity::warning},
    {"attachment-invalid", Severity::warning},
    {"lmp-imprecise", Severity::information},
    {"cycle-text-ambiguous", Severity::information},
    {"timezone-missing", Severity::information},
    {"collection-time-missing", Severity::warning},
    {"nm-decimal-comma", Severity::information},
    {"nm-thousands-separator", Severity::information},
    {"update-out-of-order", Severity::information},

    {"charset-assumed", Severity::warning},
    {"version-assumed", Severity::warning},
    {"delimiters-assumed", Severity::information},
    {"escape-unknown", Severity::information},
    {"control-character", Severity::information},
    {"value-truncated", Severity::warning},
    {"unexpected-structure", Severity::information},
    {"segment-indented", Severity::information},
    {"segment-unknown", Severity::information},
    {"segment-out-of-place", Severity::information},
    {"segment-ambiguous", Severity::warning},
    {"structure-assumed", Severity::warning},
    {"line-continued", Severity::information},
    {"line-without-segment", Severity::warning},
    {"continuation-unjoined", Severity::warning},
    {"batch-count-mismatch", Severity::warning},
    {"patient-identifier-missing", Severity::warning},
    {"patient-repeated", Severity::information},
    {"order-number-missing", Severity::information},
    {"order-number-conflict", Severity::warning},
    {"code-missing", Severity::warning},
    {"value-type-assumed", Severity::information},
    {"value-type-unknown", Severity::warning},
    {"date-invalid", Severity::warning},
    {"date-format", Severity::information},
    {"sex-unknown", Severity::information},
    {"specimen-not-patient", Severity::warning},
    {"attachment-empty", Severity::information},
    {"parent-self", Severity::information},
    {"field-unmapped-new", Severity::information},
};

}  // namespace

Severity severity_of(std::string_view code) {
  const auto* row = std::find_if(std::begin(issues), std::end(issues),
                                 [&](const IssueRow& issue) { return issue.code == code; });
  return row == std::end(issues) ? Severity::warning : row->severity;
}

}  // namespace gateway::mapping
