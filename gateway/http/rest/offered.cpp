#include "gateway/http/rest/offered.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/search/parameters.hpp"

namespace gateway::http::rest {
namespace {

using security::Interaction;

/// What a source client may take back, and a client of its own. People, places and devices stay; so
/// does what tells where a resource came from.
constexpr auto removable = std::to_array<std::string_view>(
    {"Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Encounter",
     "DocumentReference", "Subscription", "Group"});

}  // namespace

bool offers(Interaction interaction, std::string_view type) {
  switch (interaction) {
    case Interaction::read:
      return fhir::search::is_served(type);
    case Interaction::search:
      return fhir::search::is_searchable(type);
    case Interaction::create:
      return fhir::search::is_writable(type);
    case Interaction::update:
      return fhir::search::is_writable(type) || is_reviewed(type);
    case Interaction::remove:
      return std::ranges::find(removable, type) != removable.end();
  }
  return false;
}

bool has_history(std::string_view type) {
  return fhir::search::is_searchable(type) && type != "Group";
}

bool is_reviewed(std::string_view type) {
  return type == "Task";
}

bool offers_patch(std::string_view type) {
  return is_reviewed(type) || type == "Subscription";
}

std::string allowed_on_type(std::string_view type) {
  std::string allow = offers(Interaction::search, type) ? "GET, HEAD" : "";
  const auto add = [&allow](std::string_view methods) {
    (allow += allow.empty() ? "" : ", ") += methods;
  };
  if (offers(Interaction::create, type)) add("POST, PUT");  // PUT: conditional
  if (offers(Interaction::remove, type)) add("DELETE");
  return allow;
}

std::string allowed_on_instance(std::string_view type) {
  std::string allow = "GET, HEAD";
  if (offers(Interaction::update, type)) allow += ", PUT";
  if (offers_patch(type)) allow += ", PATCH";
  if (offers(Interaction::remove, type)) allow += ", DELETE";
  return allow;
}

base::Error not_offered_on(Interaction interaction, const std::string& type) {
  if (interaction == Interaction::remove && offers(Interaction::update, type))
    return {base::ErrorKind::unsupported,
            "method-not-offered " + type + " is not deleted over FHIR", "",
            "say in the resource itself that it counts no longer: active, status"};
  return {base::ErrorKind::unsupported,
          "method-not-offered " + type + " is written by this gateway alone", "",
          "leave it out: it never travels"};
}

}  // namespace gateway::http::rest
