#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// A transaction Bundle of `PUT Type/id` entries around stored bytes, in the order given
/// (V2FHIR.md §3.1). `fullUrl` is canonical base + Type/id. One line, no line break.
struct BundleIdentifier {
  std::string system, value;  // may be empty: then no Bundle.identifier
};
std::string transaction(const std::vector<std::pair<ResourceKey, std::string_view>>& resources,
                        const BundleIdentifier& identifier = {});

/// A searchset around served bytes.
struct SearchEntry {
  std::string full_url;
  std::string_view resource;        // served bytes
  std::string_view mode = "match";  // match | include | outcome
};
struct SearchSet {
  std::vector<SearchEntry> entries;
  std::optional<std::int64_t> total;
  std::vector<std::pair<std::string, std::string>> links;  // relation, url: self, next, first
};
std::string searchset(const SearchSet& set);

/// A history bundle; entries newest first.
struct HistoryEntry {
  std::string full_url;
  const Version* version = nullptr;
  std::string method;  // PUT, POST, DELETE
};
struct HistorySet {
  std::vector<HistoryEntry> entries;
  std::optional<std::int64_t> total;
  std::vector<std::pair<std::string, std::string>> links;  // as of a SearchSet
};
std::string history(const HistorySet& set);

/// One write a source client asks for.
struct RequestedWrite {
  ResourceKey key;
  Body body;              // normalised as `Body` says
  std::string if_match;   // request.ifMatch, may be empty
  std::size_t entry = 0;  // index in the Bundle, for errors
  /// If-Unmodified-Since, in seconds since 1970: refused if it changed later.
  std::optional<std::int64_t> unmodified_since_seconds = {};
};

/// Makes a resource of ours from one that came over FHIR: checks resourceType and id, moves
/// `resourceType`, `id`, `meta` to the front, takes `meta.versionId` and `meta.lastUpdated` out.
/// What FHIR has nowhere is refused: null members, empty objects, arrays and strings. Errors:
/// `malformed`, `what` begins "invalid-resource ", or "unresolved-reference " for a reference by
/// `urn:`; `where` is a FHIRPath that begins with `path`.
base::Result<Body> normalised(const Json& resource, const ResourceKey& expected,
                              std::string_view path);

/// FHIR R4, id: 1–64 of A–Z a–z 0–9 - and `.`.
bool is_id(std::string_view text);

/// Reads a transaction or batch Bundle whose entries are all `PUT Type/id`. ≤ 1,000 entries; each
/// id once. References that are relative stay as they are, whether or not they lead into the
/// Bundle. Errors: `unsupported` "method-not-offered …" for other methods, conditional updates and
/// other conditions than ifMatch; `too_large` "body-too-large …"; else those of `normalised`.
/// `where` names the entry: "Bundle.entry[4].request".
base::Result<std::vector<RequestedWrite>> read_transaction(const Json& bundle);

/// The answer to a transaction: one entry a write.
struct WriteResult {
  ResourceKey key;
  std::int64_t version = 1;
  base::Instant last_updated;
  bool created = false;
};
std::string transaction_response(const std::vector<WriteResult>& results,
                                 const std::string& base_url);

/// The answer to a batch, whose entries stand and fall each for itself.
struct BatchResult {
  std::optional<WriteResult> written;  // absent: refused
  int status = 0;                      // of a refusal
  std::string outcome;                 // its OperationOutcome
};
std::string batch_response(const std::vector<BatchResult>& results, const std::string& base_url);

}  // namespace gateway::fhir
