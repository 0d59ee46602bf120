#include "gateway/http/rest/operation.hpp"

#include <algorithm>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

base::Error no_parameters(std::string what, std::string where) {
  return {
      base::ErrorKind::malformed, "invalid-resource " + std::move(what), std::move(where),
      "send a Parameters resource whose parameters have a name and a plain value, or ask by GET"};
}

/// The text of a plain `value[x]`, or where a reference leads; nullptr: there is none.
const fhir::Json* plain_value(const fhir::Json& parameter) {
  for (const auto& [name, value] : parameter.members())
    if (name.starts_with("value") && !value.text().empty()) return &value;
  if (const auto& reference = parameter["valueReference"]["reference"]; !reference.text().empty())
    return &reference;
  return nullptr;
}

}  // namespace

bool is_asking(const Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "POST";
}

Response only_asked() {
  return not_offered("GET, HEAD, POST", "this operation is asked for, nothing else");
}

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

std::string searched_with(const Request& request) {
  if (request.method != "POST" || request.body.empty()) return request.query;
  return request.query.empty() ? request.body : request.query + "&" + request.body;
}

base::Result<std::optional<std::string>> take_parameter(std::string& query, std::string_view name) {
  std::optional<std::string> found;
  std::string rest;
  for (std::string_view left = query; !left.empty();) {
    const std::size_t end = std::min(left.find('&'), left.size());
    const auto pair = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (fhir::search::form_decoded(pair.substr(0, equals)) != name) {
      rest.append(rest.empty() ? "" : "&").append(pair);
      continue;
    }
    if (found)
      return base::Error{base::ErrorKind::malformed,
                         "duplicate-control " + std::string(name) + " is there twice",
                         "http." + std::string(name), "say it once"};
    found = fhir::search::form_decoded(pair.substr(std::min(equals + 1, pair.size()))).value_or("");
  }
  query = std::move(rest);
  return found;
}

}  // namespace gateway::http::rest
