#include "gateway/http/rest/errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/search/parameters.hpp"

namespace gateway::http::rest {
namespace {

/// FHIR.md §4, the table of statuses. Codes that are not here are 400.
constexpr auto statuses = std::to_array<std::pair<std::string_view, int>>({
    {"token-missing", 401},
    {"token-invalid", 401},
    {"token-expired", 401},
    {"token-replayed", 401},
    {"certificate-unknown", 401},
    {"scope-missing", 403},
    {"unknown-id", 404},
    {"unknown-type", 404},
    {"unknown-operation", 404},
    {"method-not-offered", 405},
    {"format-json-only", 406},
    {"version-r4-only", 406},
    {"owned-by-sender", 409},
    {"concurrent-update", 409},
    {"task-transition", 409},
    {"resource-deleted", 410},
    {"cursor-expired", 410},
    {"version-mismatch", 412},
    {"exists", 412},
    {"multiple-matches", 412},
    {"body-too-large", 413},
    {"url-too-long", 414},
    {"invalid-resource", 422},
    {"unresolved-reference", 422},
    {"status-regression", 422},
    {"rate-limited", 429},
    {"headers-too-large", 431},
    {"internal", 500},
    {"store-unavailable", 503},
    {"audit-unavailable", 503},
    {"shutting-down", 503},
    {"timeout", 503},
});

/// The issue-type of what has no gateway-error code.
std::string_view issue_type(int status) {
  switch (status) {
    case 408:
      return "timeout";
    case 417:
    case 501:
    case 505:
      return "not-supported";
    case 503:
      return "transient";
    default:
      return "invalid";
  }
}

int status_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::malformed:
    case base::ErrorKind::unsupported:
      return 400;
    case base::ErrorKind::not_found:
      return 404;
    case base::ErrorKind::forbidden:
      return 403;
    case base::ErrorKind::too_large:
      return 413;
    case base::ErrorKind::conflict:
      return 409;
    case base::ErrorKind::unavailable:
    case base::ErrorKind::unknown:
      return 503;
    case base::ErrorKind::configuration:
      return 500;
  }
  return 500;
}

}  // namespace

int status_of(const base::Error& error) {
  const auto code = fhir::error_code(error);
  const auto found = std::find_if(statuses.begin(), statuses.end(),
                                  [&](const auto& row) { return row.first == code; });
  if (found != statuses.end()) return found->second;
  return code.empty() ? status_of(error.kind) : 400;
}

Response refused(const base::Error& error) {
  Response response{status_of(error),
                    "application/fhir+json",
                    {{"Cache-Control", "no-store"}},
                    fhir::operation_outcome(error)};
  if (response.status == 401) {
    const auto code = fhir::error_code(error);
    const bool shown = code == "token-invalid" || code == "token-expired";  // RFC 6750 §3.1
    response.headers.emplace_back("WWW-Authenticate",
                                  shown ? "Bearer error=\"invalid_token\"" : "Bearer");
  }
  if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
  if (response.status == 429) response.headers.emplace_back("Retry-After", "10");
  return response;
}

Response refused(const Refusal& refusal) {
  fhir::OutcomeIssue issue{.code = std::string(issue_type(refusal.status)), .text = refusal.why};
  if (!refusal.code.empty())
    issue = fhir::issue_of(
        {base::ErrorKind::unsupported, std::string(refusal.code) + " " + refusal.why, "", ""});
  Response response{refusal.status,
                    "application/fhir+json",
                    {{"Cache-Control", "no-store"}},
                    fhir::operation_outcome({issue})};
  if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

base::Error unknown_type(const std::string& type, std::string where) {
  std::string served;
  for (const auto name : fhir::search::served_types())
    served += (served.empty() ? "" : ", ") + std::string(name);
  const auto name = fhir::place_name(type);  // which is the client's word
  return {base::ErrorKind::not_found,
          "unknown-type " + (name == "?" ? "this type" : name) + " is not served here",
          std::move(where), "served are: " + served};
}

base::Error unknown_operation() {
  return {base::ErrorKind::not_found, "unknown-operation there is no such operation", "",
          "GET /fhir/metadata lists what there is"};
}

Response not_offered(std::string_view allow, std::string_view text) {
  Response response =
      refused({base::ErrorKind::unsupported, "method-not-offered " + std::string(text), "",
               "allowed here: " + std::string(allow)});
  response.headers.emplace_back("Allow", std::string(allow));
  return response;
}

}  // namespace gateway::http::rest
