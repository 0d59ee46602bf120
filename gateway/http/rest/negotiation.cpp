#include "gateway/http/rest/negotiation.hpp"

#include <algorithm>
#include <cstdint>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/path.hpp"

namespace gateway::http::rest {
namespace {

bool names_json(std::string_view media) {
  return media.find("json") != std::string_view::npos ||
         media.find("*/*") != std::string_view::npos ||
         media.find("application/*") != std::string_view::npos;
}

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

/// An id of our own: the time and the place of the request are enough to find it in the log.
std::string minted_id(const Request& request) {
  return base::base32(base::KeyHash()
                          .add(std::to_string(request.received.microseconds))
                          .add(std::to_string(reinterpret_cast<std::uintptr_t>(&request)))
                          .digest(),
                      20);
}

}  // namespace

std::string control(const Request& request, std::string_view name) {
  const std::string_view query = request.query;
  for (std::size_t from = 0; from < query.size();) {
    const auto end = std::min(query.find('&', from), query.size());
    const auto part = query.substr(from, end - from);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
    from = end + 1;
  }
  return "";
}

std::string preference(const Request& request, std::string_view name) {
  std::string_view rest = request.header("prefer");
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(",;"), rest.size());
    auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
  }
  return "";
}

std::optional<Response> not_acceptable(const Request& request) {
  const std::string format = control(request, "_format");
  const auto accept = request.header("accept");
  const bool wants_other = format.empty() ? !accept.empty() && !names_json(accept)
                                          : format.find("json") == std::string::npos;
  if (wants_other)
    return refused({base::ErrorKind::unsupported, "format-json-only answers are JSON", "",
                    "ask for application/fhir+json"});
  if (accept.find("fhirVersion=") != std::string_view::npos &&
      accept.find("fhirVersion=4.0") == std::string_view::npos)
    return refused({base::ErrorKind::unsupported, "version-r4-only answers are FHIR R4", "",
                    "ask for fhirVersion=4.0"});
  return std::nullopt;
}

std::optional<Response> not_readable(const Request& request) {
  if (request.method != "POST" && request.method != "PUT") return std::nullopt;
  const auto content = request.header("content-type");
  const bool form = content.starts_with("application/x-www-form-urlencoded");
  if (content.find("json") == std::string_view::npos && !form) {
    Response response =
        refused({base::ErrorKind::unsupported, "format-json-only the body is not JSON", "",
                 "send application/fhir+json"});
    response.status = 415;
    return response;
  }
  return std::nullopt;
}

Response finished(const Request& request, Response response) {
  // A refusal counts where it was asked for: of "other" nobody learns what goes wrong.
  if (response.route == "other") response.route = route_of(request.method, request.path);
  const auto given = request.header("x-request-id");
  response.headers.emplace_back("X-Request-Id",
                                is_request_id(given) ? std::string(given) : minted_id(request));
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding, Prefer");
  if (control(request, "_pretty") == "true" && !response.body.empty())
    if (const auto json = fhir::parse_json(response.body)) response.body = json->pretty();
  return response;
}

}  // namespace gateway::http::rest
