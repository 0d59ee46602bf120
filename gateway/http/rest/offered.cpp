#include "gateway/http/rest/offered.hpp"

#include <algorithm>
#include <array>

#include "gateway/fhir/owned.hpp"
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

Needs needs(Interaction interaction, std::string_view type) {
  if (!fhir::search::is_served(type)) return Needs::never;
  const bool is_own = fhir::is_owned(type);
  switch (interaction) {
    case Interaction::read:
      return is_own ? Needs::ownership : Needs::nothing_more;
    case Interaction::search:
      if (!fhir::search::is_searchable(type)) return Needs::never;
      return is_own ? Needs::ownership : Needs::nothing_more;
    case Interaction::update:
      if (is_reviewed(type)) return Needs::role_reviewer;
      break;
    case Interaction::create:
      break;
    case Interaction::remove:
      if (std::ranges::find(removable, type) == removable.end()) return Needs::never;
      break;
  }
  if (!fhir::search::is_writable(type)) return Needs::never;
  return is_own ? Needs::ownership : Needs::role_source;
}

bool offers(Interaction interaction, std::string_view type) {
  return needs(interaction, type) != Needs::never;
}

std::string authorization_table() {
  constexpr Interaction columns[] = {Interaction::read, Interaction::search, Interaction::create,
                                     Interaction::update, Interaction::remove};
  const auto word = [](Needs one) -> std::string_view {
    switch (one) {
      case Needs::nothing_more:
        return "scope";
      case Needs::role_source:
        return "scope + source";
      case Needs::role_reviewer:
        return "scope + reviewer";
      case Needs::ownership:
        return "scope, own";
      case Needs::never:
        break;
    }
    return "–";
  };
  std::string out =
      "| type | r read, history | s search | c create | u update | d delete |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto type : fhir::search::served_types()) {
    (out += "| ") += type;
    for (const auto interaction : columns) (out += " | ") += word(needs(interaction, type));
    out += " |\n";
  }
  return out;
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
