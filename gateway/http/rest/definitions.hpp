#pragma once
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/fhir/artefacts.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/rest/path.hpp"

namespace gateway::http::rest {

/// One of our definitions, with an ETag of its bytes.
Response read_definition(const Request& request, const fhir::ResourceKey& key,
                         const fhir::Artefacts& artefacts);
/// A search by `_id`, `url`, `version`, `name` and `status`, in pages of `_count`.
Response search_definitions(const Request& request, const std::string& type,
                            const fhir::Artefacts& artefacts, const std::string& base_url);
/// The parameters of that search, for the CapabilityStatement: name and type.
std::vector<std::pair<std::string_view, std::string_view>> definition_parameters();

// terminology.cpp: of our own, and of codes of others as our value sets name them. What nobody
// holds is 404.
Response lookup(const Request& request, const fhir::Artefacts& artefacts);
Response expand(const Request& request, const std::string& id, const fhir::Artefacts& artefacts);
Response translate(const Request& request, const std::string& id, const fhir::Artefacts& artefacts);

/// All of them as a FHIR package in npm form (FHIR.md §11), the same bytes of the same files.
Response package_of(const fhir::Artefacts& artefacts);

}  // namespace gateway::http::rest
