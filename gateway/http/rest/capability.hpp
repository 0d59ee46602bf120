#pragma once
#include <string>

#include "gateway/fhir/artefacts.hpp"

namespace gateway::http::rest {

/// The CapabilityStatement, made from the tables that serve (FHIR.md §11), so that it cannot say
/// more than is true; parameters and profiles of ours with their definitions. `cors`: do pages of
/// other origins have access? `token_url`: where clients get tokens; "": nowhere. Pure.
std::string capability_statement(const std::string& base_url, const std::string& version,
                                 const fhir::Artefacts& artefacts = {}, bool cors = false,
                                 const std::string& token_url = "");

}  // namespace gateway::http::rest
