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
/// (V2FHIR.md §3.1); of an empty body a `DELETE Type/id`. `fullUrl` is canonical base + Type/id.
/// One line, no line break.
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
  const Version* whole = nullptr;   // in place of `resource`: as it is served
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

/// One write of a source client, decided but for what stands when it is committed.
struct RequestedWrite {
  ResourceKey key;
  Body body;              // normalised as `Body` says; "" deletes
  std::string if_match;   // request.ifMatch, may be empty; `*`: something must stand
  std::size_t entry = 0;  // index in the Bundle, for errors
  /// If-Unmodified-Since, in seconds since 1970: refused if it changed later.
  std::optional<std::int64_t> unmodified_since_seconds = {};
  /// The version that was looked at when this write was decided; 0: nothing stood.
  std::optional<std::int64_t> decided_on = {};
  bool creates_only = false;  // If-None-Match: *
  std::string about = {};     // of a deletion: the Patient that what stands is about
};

/// What a resource says of the id it is written to: it must, it may, or it does not matter.
enum class SaidId { needed, optional, ignored };

/// Makes a resource of ours from one that came over FHIR: checks resourceType and id, moves
/// `resourceType`, `id`, `meta` to the front, takes `meta.versionId` and `meta.lastUpdated` out.
/// What FHIR has nowhere is refused: null members, empty objects, arrays and strings. Errors:
/// `malformed`, `what` begins "invalid-resource ", or "unresolved-reference " for a reference by
/// `urn:`; `where` is a FHIRPath that begins with `path`.
/// The body gets the id of `expected`, whatever `id` lets the resource say.
base::Result<Body> normalised(const Json& resource, const ResourceKey& expected,
                              std::string_view path, SaidId id = SaidId::needed);

/// FHIR R4, id: 1–64 of A–Z a–z 0–9 - and `.`.
bool is_id(std::string_view text);

/// An entry of a transaction or batch as it was sent. The resource is the Bundle's.
struct RequestedEntry {
  std::string method, url, full_url;
  Json* resource = nullptr;
  std::string if_match, if_none_match, if_none_exist, if_modified_since;
};

/// The entries of a transaction or batch Bundle: at most 1,000, each with method and url, and no
/// two of one fullUrl. Errors: `malformed` "invalid-resource …", `too_large` "body-too-large …";
/// `where` names the entry: "Bundle.entry[4].request".
base::Result<std::vector<RequestedEntry>> read_entries(Json& bundle);

/// What a write came to.
struct WriteResult {
  ResourceKey key;
  std::int64_t version = 1;
  base::Instant last_updated;
  bool created = false;
  bool deleted = false;
};

/// What one entry of a transaction or batch came to.
struct EntryAnswer {
  int status = 200;
  std::string location, etag;
  std::string last_modified;  // as an instant
  std::string resource;       // served bytes
  std::string outcome;        // an OperationOutcome
};
/// `type`: "transaction-response" or "batch-response".
std::string response_bundle(std::string_view type, const std::vector<EntryAnswer>& answers);

}  // namespace gateway::fhir
