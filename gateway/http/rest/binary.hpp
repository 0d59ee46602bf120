#pragma once
#include <optional>
#include <string>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// A Binary in the form it has by itself (FHIR R4, Binary): its own type, whole or a range of it
/// (RFC 9110 §14), a strong ETag (SHA-256 of the bytes), `Repr-Digest` (RFC 9530). nullopt: the
/// client asks for the resource as JSON. 406: it asks for a third type.
std::optional<Response> native(const Request& request, const fhir::Version& binary);

/// A body that is no JSON as a Binary resource of its type.
fhir::Json binary_of(const Request& request, const std::string& id);

}  // namespace gateway::http::rest
