#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// 406 with an OperationOutcome where the answer could not be JSON (FHIR.md §4, formats); nullopt:
/// go on.
std::optional<Response> not_acceptable(const Request& request);

/// The same of the body of a request that has one: 415.
std::optional<Response> not_readable(const Request& request);

/// What every answer of the API gets: request id, caching, its route where it has none, indentation
/// where `_pretty` asks for it.
Response finished(const Request& request, Response response);

/// What Prefer says of a preference: "return" → "minimal"; "" where it says nothing of it.
std::string preference(const Request& request, std::string_view name);

/// Value of a control in the query part, percent-decoding left out: "_pretty" → "true".
std::string control(const Request& request, std::string_view name);

}  // namespace gateway::http::rest
