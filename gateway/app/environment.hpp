#pragma once
#include <map>
#include <string>
#include <vector>

#include "gateway/app/schema.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::app {

struct Overrides {
  std::vector<ConfigProblem> problems;
  std::map<std::string, std::string> variables;  // "store.url" → IMMUNOGATE_STORE_URL
};

/// Lays `IMMUNOGATE_STORE_URL=…`, `IMMUNOGATE_MLLP_0_LISTEN=…` over a document: the path in capital
/// letters, joined by underscores, list elements by their number (of elements that are there). A
/// list of words is given separated by commas. A name below IMMUNOGATE_ that is no path of the
/// schema is a problem that names it.
Overrides override_by_environment(fhir::Json& document, const fhir::Json& schema,
                                  const std::vector<std::string>& environment);

}  // namespace gateway::app
