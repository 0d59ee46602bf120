#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/result.hpp"
#include "gateway/fhir/json.hpp"

namespace gateway::fhir {

/// What the other entries of a transaction are referred to by in it (`urn:uuid:…`, a whole URL, or
/// `Type/id` where the server gives another id), and what they are then: `Type/id`.
using EntryReferences = std::unordered_map<std::string, std::string>;

/// A conditional reference (`Patient?identifier=…`) → `Type/id`.
using FindReferred = std::function<base::Result<std::string>(std::string_view)>;

/// Replaces in one resource of a transaction what refers to its other entries (FHIR R4, RESTful
/// API, transaction): references, elements of type uri, url, oid and uuid, links in the narrative.
/// A reference with a query is asked of `find`. Errors: those of `find`, `where` being the place.
base::Result<void> resolve_references(Json& resource, const EntryReferences& entries,
                                      const FindReferred& find, const std::string& path);

}  // namespace gateway::fhir
