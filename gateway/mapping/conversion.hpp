#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

struct CodeRow;

/// What a result row said, beyond the body that was written from it: what `revise` needs to lay it
/// over an earlier version (DOMAIN.md §8).
struct ResultFacts {
  /// A component of a merged result that the message leaves open: no row, a row without value, a
  /// row taken back by its status or by `""`.
  struct Part {
    enum class Said { nothing, empty, withdrawn, null };
    std::string code;  // of its first coding
    Said said = Said::nothing;
  };
  std::string status;        // Observation.status
  std::string sent_status;   // OBX-11 as sent
  bool value_empty = false;  // OBX-5 empty, not null (T12)
  bool value_null = false;   // OBX-5 is "" (T10)
  bool is_context = false;
  /// Of results: what the message says of their cycle. None of what is withdrawn.
  std::shared_ptr<const ContextInput> said;
  bool declares = false;  // a question whose yes stands beside a later no (W6)
  std::string at;         // address of its row: "OBX[3]"
  std::vector<Part> open_parts;
  /// The rows that stand in this result as components, and the id of the Observation that each is
  /// where nothing takes it (T1): one row is never both.
  struct OwnRow {
    std::string code, id;
  };
  std::vector<OwnRow> rows;
  /// Of a half of a blood pressure that is none (S13): its code.
  std::string half;
  /// The id of the panel that the half would stand in.
  std::string whole;
  std::string group;          // OBX-4 of a result that takes components (S14)
  std::string unit;           // OBX-6 of a row without value: UCUM, else as sent
  bool is_lone_part = false;  // a component row whose main result the message does not hold (S14)
  bool is_loose = false;  // a context row of no OBR: filed under an order, and of others as well
  /// The row of a code map that gave the first coding, and the leaf that it was found by; null
  /// where none did. As long as the catalogue lasts.
  const CodeRow* map_row = nullptr;
  std::uint32_t map_leaf = 0;
};

/// The content type of a text that stands among a report's documents (V2FHIR.md §3.9).
inline constexpr std::string_view report_text = "text/plain; charset=utf-8";

/// `dataAbsentReason.text` of a declaration that its sender took back with `""` (T10): an empty row
/// took back nothing, and a late yes is told beside it (W6).
inline constexpr std::string_view taken_back_by_null = "taken back by the sender";

/// What an order said, beyond the report that was written from it.
struct ReportFacts {
  std::string at;                      // address of its OBR, or of its first row: "OBR[2]"
  std::string request;                 // "ServiceRequest/…"
  bool status_from_results = false;    // OBR-25 is empty
  bool has_lone_parts = false;         // see ResultFacts
  std::vector<std::string> withdrawn;  // `safety` codes whose rows the message takes back (W5)
  std::vector<std::string> told;       // titles of documents and texts that the message sends anew
  /// What the message says of the cycle of all its results, those among them that it does not send.
  std::shared_ptr<const ContextInput> said;
};

/// When something was said (T7), in microseconds, half open: a time said to the day lasts the day.
/// One without offset counts as UTC, in this comparison alone.
struct SourceTime {
  std::int64_t begin = 0, end = 0;
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
  /// Of what belongs to an order: its own OBR-22, else MSH-7. Absent: the message's.
  std::optional<SourceTime> source_time;
};

/// What one message means.
struct Conversion {
  std::string sender;                        // sender name (INTERFACE.md §7)
  base::PatientKey patient;                  // of the first; `nobody_of` the sender without one
  std::vector<base::PatientKey> patients;    // all of them
  std::vector<ConvertedResource> resources;  // in entry order of V2FHIR.md §3.1
  std::vector<Issue> issues;
  LossAccount account;
  fhir::BundleIdentifier identifier;  // Bundle.identifier
  /// The latest OBR-22, else MSH-7: what decides which of two messages is newer (T7). Absent if
  /// neither can be read.
  std::optional<SourceTime> source_time;
};

}  // namespace gateway::mapping
