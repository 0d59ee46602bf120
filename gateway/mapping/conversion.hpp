#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/ids.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/issue.hpp"
#include "gateway/mapping/loss_account.hpp"

namespace gateway::mapping {

/// What a result row said, beyond the body that was written from it: what `revise` needs to lay it
/// over an earlier version (DOMAIN.md §8).
struct ResultFacts {
  std::string status;        // Observation.status
  std::string sent_status;   // OBX-11 as sent
  bool value_empty = false;  // OBX-5 empty, not null (T12)
  bool value_null = false;   // OBX-5 is "" (T10)
  bool is_context = false;
  CycleContext context;  // of results
  std::string at;        // address of its row: "OBX[3]"
};

/// What an order said, beyond the report that was written from it.
struct ReportFacts {
  std::string at;  // address of its OBR, or of its first row: "OBR[2]"
};

/// One resource of a conversion.
struct ConvertedResource {
  fhir::ResourceKey key;
  fhir::Body body;
  std::optional<ResultFacts> result;  // Observations only
  std::optional<ReportFacts> report;  // DiagnosticReports only
  /// Top-level elements that a `""` of the message deletes ("birthDate", "telecom"): `revise` would
  /// otherwise keep what stands for an element the newer body lacks (V2FHIR.md §1.5).
  std::vector<std::string> deleted_elements;
};

/// What one message means.
struct Conversion {
  std::string sender;                      // sender name (INTERFACE.md §7)
  base::PatientKey patient;                // of the first patient; the sender's where there is none
  std::vector<base::PatientKey> patients;  // all of them
  std::vector<ConvertedResource> resources;  // in entry order of V2FHIR.md §3.1
  std::vector<Issue> issues;
  LossAccount account;
  fhir::BundleIdentifier identifier;  // Bundle.identifier
  /// OBR-22, else MSH-7: what decides which of two messages is newer (T7). Microseconds; absent
  /// if neither can be read. One without offset counts as UTC, in this comparison alone.
  std::optional<std::int64_t> source_time;
};

}  // namespace gateway::mapping
