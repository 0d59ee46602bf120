#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// Operations that change nothing are asked by GET, HEAD or POST.
bool is_asking(const Request& request);
Response only_asked();  // 405

/// What an operation is asked with: the query of the URL, and behind it what a Parameters resource
/// in the body says (FHIR R4, operations, executing an operation synchronously).
base::Result<std::string> asked_of(const Request& request);

/// The query of a search: that of the URL, and for POST that of the form body behind it.
std::string searched_with(const Request& request);

/// Takes a parameter of the operation's own out of `query`; nullopt: it is not there. Error
/// `malformed` "duplicate-control …".
base::Result<std::optional<std::string>> take_parameter(std::string& query, std::string_view name);

}  // namespace gateway::http::rest
