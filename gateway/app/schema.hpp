#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"

namespace gateway::app {

/// deploy/immunogate.schema.json, as built in: the schema that editors use is the one that checks.
std::string_view config_schema_text();

/// One thing wrong with a configuration: where ("store.url", line 12), what, what to do.
struct ConfigProblem {
  std::string where;
  std::uint32_t line = 0;
  std::string what, remedy;
  std::uint32_t column = 0;  // 0: of no interest
};

/// Checks a document against a schema of the subset we write (type, properties, required,
/// additionalProperties, items, enum, minimum, maximum, default, pattern "name", format "url",
/// "address", $ref to $defs), and fills in defaults. Every problem is found in one go; an unknown
/// key names the nearest known one; one that INTERFACE.md §6 promises and that cannot be honoured
/// yet ("x-not-built-yet": key → why) is refused as that.
std::vector<ConfigProblem> check_and_complete(fhir::Json& document, const fhir::Json& schema);

}  // namespace gateway::app
