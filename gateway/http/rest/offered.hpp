#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::http::rest {

/// The table of FHIR.md §1: what a served type has beside read and history. What serves, `Allow`
/// and the CapabilityStatement are made from it.
bool offers(security::Interaction interaction, std::string_view type);
/// May a part of it be changed (JSON Patch)?
bool offers_patch(std::string_view type);
/// Are its earlier versions listed? (Each can be read: vread.)
bool has_history(std::string_view type);
/// Written by people for this gateway's own lists: reviewers change what stands, nobody else does.
bool is_reviewed(std::string_view type);

/// `Allow` of a type and of one of its resources.
std::string allowed_on_type(std::string_view type);
std::string allowed_on_instance(std::string_view type);

/// "method-not-offered …": who writes what clients do not.
base::Error not_offered_on(security::Interaction interaction, const std::string& type);

}  // namespace gateway::http::rest
