#pragma once
#include <string_view>

/// Files that the build puts into the program (CMakeLists.txt, `gateway_embed`).
namespace gateway::fhir::search::embedded {

std::string_view unit_definitions();  // mappings/ucum/definitions.csv
std::string_view value_sets();        // mappings/fhir/value-sets.csv

}  // namespace gateway::fhir::search::embedded
