#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// 406 or 415 with an OperationOutcome where neither answer nor body could be JSON (FHIR.md §4,
/// formats); nullopt: go on.
std::optional<Response> not_acceptable(const Request& request);

/// What every answer of the API gets: request id, caching, indentation where `_pretty` asks for it.
Response finished(const Request& request, Response response);

/// Value of a control in the query part, percent-decoding left out: "_pretty" → "true".
std::string control(const Request& request, std::string_view name);

}  // namespace gateway::http::rest
