#include "gateway/http/rest/path.hpp"

#include <algorithm>
#include <vector>

namespace gateway::http::rest {
namespace {

bool is_marker(const std::string& part) {
  return !part.empty() && (part.front() == '_' || part.front() == '$' || part == "metadata");
}

}  // namespace

Path parse_path(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from < path.size() && parts.size() < 8;) {
    const auto slash = std::min(path.find('/', from), path.size());
    if (slash > from) parts.emplace_back(path.substr(from, slash - from));
    from = slash + 1;
  }
  Path cut;
  std::size_t at = 1;  // parts[0] is "fhir"
  if (at < parts.size() && !is_marker(parts[at])) cut.type = parts[at++];
  if (at < parts.size() && !is_marker(parts[at])) cut.id = parts[at++];
  if (at < parts.size() && !is_marker(parts[at])) cut.inside = parts[at++];
  if (at < parts.size() && is_marker(parts[at])) cut.last = parts[at++];
  if (at < parts.size() && cut.last == "_history") cut.version = parts[at++];
  if (cut.type.empty() && cut.last == "$export") {
    if (at < parts.size()) cut.job = parts[at++];
    if (at < parts.size()) cut.file = parts[at++];
  }
  cut.malformed = at < parts.size();
  return cut;
}

std::string_view route_of(std::string_view method, std::string_view path) {
  if (path != "/fhir" && !path.starts_with("/fhir/")) return "other";
  const Path cut = parse_path(path);
  if (cut.malformed) return "other";
  if (cut.last == "metadata") return "fhir/metadata";
  if (!cut.inside.empty())
    return cut.last.empty() || cut.last == "_search" ? "fhir/search" : "other";
  if (cut.last == "_history" && cut.id.empty()) return "fhir/history";
  if (cut.type == "Observation" && cut.id.empty() && cut.last == "$lastn") return "fhir/lastn";
  if (cut.last == "$export" && cut.id.empty()) {
    if (!cut.file.empty()) return "fhir/export-file";
    return cut.job.empty() ? "fhir/export" : "fhir/export-status";
  }
  if (cut.type.empty() && cut.last.empty())
    return method == "POST" ? "fhir/transaction" : "fhir/search";
  if (cut.type.empty()) return cut.last == "_search" ? "fhir/search" : "other";
  const auto changes = [method](std::string_view otherwise) -> std::string_view {
    if (method == "PUT") return "fhir/update";
    return method == "DELETE" ? "fhir/delete" : otherwise;
  };
  if (cut.type == "CodeSystem" && cut.id.empty() && cut.last == "$lookup") return "fhir/lookup";
  if (cut.type == "ValueSet" && cut.last == "$expand") return "fhir/expand";
  if (cut.type == "ConceptMap" && cut.last == "$translate") return "fhir/translate";
  if (cut.last == "$validate" && !cut.type.empty()) return "fhir/validate";
  if (cut.type == "Subscription" && cut.last == "$status") return "fhir/subscription-status";
  if (cut.type == "Subscription" && cut.last == "$events") return "fhir/subscription-events";
  if (cut.type == "Subscription" && cut.last == "$stream") return "fhir/subscription-stream";
  if (cut.id.empty() && cut.last == "_search") return "fhir/search";
  if (cut.id.empty() && !cut.last.empty()) return "other";
  if (cut.id.empty()) return changes(method == "POST" ? "fhir/create" : "fhir/search");
  if (cut.last == "_history") return cut.version.empty() ? "fhir/history" : "fhir/vread";
  if (cut.type == "Patient" && cut.last == "$cycle-timeline") return "fhir/cycle-timeline";
  if (cut.type == "Patient" && cut.last == "$everything") return "fhir/everything";
  if (cut.type == "Group" && cut.last == "$export") return "fhir/export";
  if (cut.last == "$explain") return "fhir/explain";
  if (cut.last == "$meta") return "fhir/meta";
  if (!cut.last.empty()) return "other";
  return changes("fhir/read");
}

}  // namespace gateway::http::rest
