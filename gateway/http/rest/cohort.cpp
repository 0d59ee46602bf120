#include <algorithm>

#include "gateway/fhir/search/export.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/http/rest/api.hpp"

/// A client's Group: patients whom it exports together (FHIR.md §1).
namespace gateway::http::rest {
namespace {

base::Error wrong(std::string what, std::string where, std::string remedy) {
  return {base::ErrorKind::malformed, "invalid-resource " + std::move(what), std::move(where),
          std::move(remedy)};
}

bool is_patient(const fhir::Json& member) {
  const auto target = fhir::search::target_of(member["entity"]["reference"].text());
  return target && target->type == "Patient";
}

}  // namespace

/// Makes the client's resource into what is kept of it: theirs.
base::Result<void> Api::sign_group(const security::Principal& who, fhir::Json& resource) {
  if (!resource.is_object()) return wrong("this is no resource", "Group", "send a Group");
  if (resource["type"].text() != "person" || !resource["actual"].is_true())
    return wrong("a group here is of persons, by name", "Group.type",
                 "give type person, actual true and a member for each patient");
  const auto& members = resource["member"].items();
  if (members.size() > fhir::search::most_export_patients)
    return wrong("these are more than 1,000 members", "Group.member", "make several groups");
  const auto other = std::ranges::find_if_not(members, is_patient);
  if (other != members.end())
    return wrong("this member is no patient of this server",
                 "Group.member[" + std::to_string(other - members.begin()) + "].entity",
                 "refer to Patient/ID");
  if (resource.find("meta") == nullptr) resource.set("meta", fhir::Json::object());
  resource.find("meta")->set("source", fhir::Json::string(topics::client_url(who.name)));
  return {};
}

}  // namespace gateway::http::rest
