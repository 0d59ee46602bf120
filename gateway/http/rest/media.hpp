#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::http::rest {

/// RFC 6902 §6.
inline constexpr std::string_view json_patch = "application/json-patch+json";

/// One range of an Accept header (RFC 9110 §12.5.1): what a client takes, in lower case.
struct MediaRange {
  std::string type;          // "application/fhir+json", "image/*", "*/*"
  int weight = 1000;         // thousandths of q; 0: not that
  std::string fhir_version;  // FHIR R4, versioning: "4.0"; "" if not said
};
std::vector<MediaRange> accepted(std::string_view accept);

/// "application/fhir+json; charset=utf-8" → "application/fhir+json"
std::string media_type(std::string_view content_type);

/// application/fhir+json and what else names FHIR's JSON, `json` alone included.
bool is_fhir_json(std::string_view type);

/// Does the range take this type?
bool takes(const MediaRange& range, std::string_view type);

/// How much a client wants this type: the weight of the most precise range that takes it; 0: not.
int weight_of(const std::vector<MediaRange>& ranges, std::string_view type);

}  // namespace gateway::http::rest
