#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// The HTTP status of an error: by its gateway-error code (FHIR.md §4), else by its kind.
int status_of(const base::Error& error);

/// An error as a Response with an OperationOutcome.
Response refused(const base::Error& error);

/// What the server refused by itself, as the API says it.
Response refused(const Refusal& refusal);

/// What is not served is not kept either: nobody could read it again. `where` is "" for the URL.
base::Error unknown_type(const std::string& type, std::string where);

base::Error unknown_operation();

/// 405: names who may and what is allowed.
Response not_offered(std::string_view allow, std::string_view text);

}  // namespace gateway::http::rest
