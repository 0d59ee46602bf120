#pragma once
#include <string>

namespace gateway::http::rest {

/// The CapabilityStatement, made from the table of parameters that serves (FHIR.md §11), so that it
/// cannot say more than is true. Pure.
std::string capability_statement(const std::string& base_url, const std::string& version);

}  // namespace gateway::http::rest
