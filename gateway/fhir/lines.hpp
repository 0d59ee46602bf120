#pragma once
#include <algorithm>
#include <string>

namespace gateway::fhir {

/// A resource as one line of NDJSON or of an event: outside its texts, where a line break is
/// escaped, JSON needs none.
inline std::string one_line(std::string json) {
  std::ranges::replace_if(
      json, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return json;
}

}  // namespace gateway::fhir
