#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::http::rest {

/// What a client needs for an interaction on a served type beside a scope that names it (FHIR.md
/// §1.1).
enum class Needs {
  nothing_more,   // the scope decides
  role_source,    // from whom results come
  role_reviewer,  // who works on the gateway's own lists
  ownership,      // each client its own
  never           // this gateway alone: 405
};
/// The table of FHIR.md §1: the one place that says who may do what on a type. What serves,
/// `Allow`, the CapabilityStatement and deploy/AUTHORIZATION.md are made from it.
Needs needs(security::Interaction interaction, std::string_view type);
/// Does anybody do it over FHIR?
bool offers(security::Interaction interaction, std::string_view type);
/// The table for people, in Markdown.
std::string authorization_table();
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
