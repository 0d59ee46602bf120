#include "gateway/fhir/search/values.hpp"
#include "gateway/fhir/validation.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
namespace {

/// What $validate is asked with: a resource alone, or Parameters that hold it.
struct Asked {
  std::optional<fhir::Json> resource;
  std::vector<std::string> profiles;
  std::string mode;
};

base::Error unknown_parameter(const std::string& name) {
  return fhir::search::unknown_control(name, "$validate", "resource, profile, mode");
}

base::Result<void> take_query(const std::string& query, Asked& asked) {
  std::string rest = query;
  for (const char* name : {"profile", "mode"}) {
    const auto value = take_parameter(rest, name);
    if (!value) return value.error();
    if (!*value) continue;
    if (std::string_view(name) == "mode")
      asked.mode = **value;
    else
      asked.profiles.push_back(**value);
  }
  return fhir::search::each_control(rest, [](const std::string& name, const std::string&) {
    return base::Result<void>(unknown_parameter(name));
  });
}

base::Result<Asked> read_asked(const Request& request) {
  Asked asked;
  if (auto taken = take_query(request.query, asked); !taken) return taken.error();
  if (request.body.empty()) return asked;
  auto body = fhir::parse_json(request.body);
  if (!body) return body.error();
  if ((*body)["resourceType"].text() != "Parameters") {
    asked.resource = *std::move(body);
    return asked;
  }
  for (const fhir::Json& parameter : (*body)["parameter"].items()) {
    const std::string& name = parameter["name"].text();
    if (name != "resource" && name != "profile" && name != "mode") return unknown_parameter(name);
    if (name == "resource" && parameter.has("resource")) asked.resource = parameter["resource"];
    for (const auto& [member, value] : parameter.members()) {
      if (!member.starts_with("value")) continue;
      if (name == "profile") asked.profiles.push_back(value.text());
      if (name == "mode") asked.mode = value.text();
    }
  }
  return asked;
}

/// What the interaction that is meant would say of the id.
void check_id(const Asked& asked, const Path& path, std::vector<fhir::OutcomeIssue>& issues) {
  const std::string& id = (*asked.resource)["id"].text();
  const std::string place = path.type + ".id";
  if (asked.mode == "create" && !id.empty())
    issues.push_back({.severity = "warning",
                      .code = "value",
                      .text = "the server gives an id of its own",
                      .expression = place});
  if (asked.mode == "update" && (id.empty() || (!path.id.empty() && id != path.id)))
    issues.push_back({.code = id.empty() ? "required" : "value",
                      .error_code = "invalid-resource",
                      .text = "the id must be the one it is written to",
                      .expression = place});
}

Response told(std::vector<fhir::OutcomeIssue> issues) {
  if (issues.empty())
    issues.push_back({.severity = "information",
                      .code = "informational",
                      .text = "nothing was found; invariants in FHIRPath are not evaluated"});
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::operation_outcome(issues),
          "fhir/validate"};
}

}  // namespace

Response Api::validate(const Request& request, const Path& path, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  bool may_something = false;
  for (const auto interaction : {security::Interaction::read, security::Interaction::search,
                                 security::Interaction::create, security::Interaction::update})
    may_something = may_something || may(who, interaction, path.type);
  if (!may_something) return refused(no_scope(path.type));
  auto asked = read_asked(request);
  if (!asked) return refused(asked.error());
  if (asked->mode == "delete") {
    if (!offers(security::Interaction::remove, path.type))
      return told({fhir::issue_of(not_offered_on(security::Interaction::remove, path.type))});
    return told({});
  }
  if (!asked->resource && !path.id.empty()) {
    const auto standing = reader_.read(who, {path.type, path.id});
    if (!standing) return refused(standing.error());
    if (standing->deleted)
      return refused({base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""});
    auto body = fhir::parse_json(fhir::served(*standing));
    base::invariant(static_cast<bool>(body), "what is served is JSON");
    asked->resource = *std::move(body);
  }
  if (!asked->resource)
    return refused({base::ErrorKind::malformed, "invalid-resource there is no resource", path.type,
                    "send a resource, or Parameters with one named `resource`"});
  if ((*asked->resource)["resourceType"].text() != path.type)
    return told({{.code = "invalid",
                  .error_code = "invalid-resource",
                  .text = "the resource is of another type than the URL",
                  .expression = path.type + ".resourceType"}});
  auto issues =
      fhir::validate(*asked->resource, asked->profiles, *artefacts(), settings_.code_checks);
  check_id(*asked, path, issues);
  return told(std::move(issues));
}

}  // namespace gateway::http::rest
