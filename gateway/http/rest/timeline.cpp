#include "gateway/fhir/timeline.hpp"

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

base::Error no_parameters(std::string what, std::string where) {
  return {
      base::ErrorKind::malformed, "invalid-resource " + std::move(what), std::move(where),
      "send a Parameters resource whose parameters have a name and a plain value, or ask by GET"};
}

/// The text of a plain `value[x]`; nullptr: there is none.
const fhir::Json* plain_value(const fhir::Json& parameter) {
  for (const auto& [name, value] : parameter.members())
    if (name.starts_with("value") && !value.text().empty()) return &value;
  return nullptr;
}

/// What an operation is asked with: the query of the URL, and behind it what a Parameters resource
/// in the body says (FHIR R4, operations, executing an operation synchronously).
base::Result<std::string> asked_of(const Request& request) {
  std::string query = request.query;
  if (request.method != "POST" || request.body.empty()) return query;
  const auto json = fhir::parse_json(request.body);
  if (!json) return json.error();
  if ((*json)["resourceType"].text() != "Parameters")
    return no_parameters("the body is no Parameters resource", "Parameters");
  std::size_t number = 0;
  for (const fhir::Json& parameter : (*json)["parameter"].items()) {
    const std::string where = "Parameters.parameter[" + std::to_string(number++) + "]";
    const fhir::Json* value = plain_value(parameter);
    if (parameter["name"].text().empty() || value == nullptr)
      return no_parameters("a parameter has no name or no plain value", where);
    if (!query.empty()) query += '&';
    query += fhir::search::form_encoded(parameter["name"].text()) + '=' +
             fhir::search::form_encoded(value->text());
  }
  return query;
}

}  // namespace

Response Api::timeline(const Request& request, const Path& path, const security::Principal& who) {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST")
    return not_offered("GET, HEAD, POST", "a timeline is asked for, nothing else");
  const auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto query = fhir::search::parse("Observation", *asked, false, settings_.base_url);
  if (!query) return refused(query.error());
  const auto found = reader_.timeline(who, path.id, *query);
  if (!found) return refused(found.error());
  if (found->patient.deleted)
    return refused({base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""});
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::cycle_timeline(found->patient.key, found->as_of, found->results),
          "fhir/cycle-timeline"};
}

}  // namespace gateway::http::rest
