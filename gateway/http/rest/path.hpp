#pragma once
#include <string>
#include <string_view>

namespace gateway::http::rest {

/// A path below /fhir, cut into what FHIR's URLs are made of (FHIR R4, RESTful API).
struct Path {
  std::string type;        // "Observation"; "" at the system level, or "metadata"
  std::string id;          // "o4x…"
  std::string inside;      // "Observation" of Patient/o4x…/Observation: a search of a compartment
  std::string last;        // "_search", "_history", "metadata", "$lastn"; "" if none
  std::string version;     // behind _history
  std::string job, file;   // behind $export: one that was begun, and one of its files
  bool malformed = false;  // more parts than any interaction has
};
Path parse_path(std::string_view path);

/// The interaction that is asked for, as metrics name it: "fhir/search"; "other" if it is none.
std::string_view route_of(std::string_view method, std::string_view path);

}  // namespace gateway::http::rest
