#pragma once
#include <cstdint>
#include <string>

namespace gateway::fhir {

/// "Bundle.entry[3]", as outcomes name an entry.
inline std::string place_of_entry(std::size_t number) {
  return "Bundle.entry[" + std::to_string(number) + ']';
}

/// The ETag of a version (FHIR R4, RESTful API, versions): weak, since JSON may be written
/// otherwise.
inline std::string etag(std::int64_t version) {
  return "W/\"" + std::to_string(version) + '"';
}

}  // namespace gateway::fhir
