#include "gateway/http/rest/capability.hpp"

#include <string_view>
#include <vector>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/rest/definitions.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/topics/topic.hpp"

namespace gateway::http::rest {
namespace {

using fhir::search::Kind;

std::string_view kind_word(Kind kind) {
  switch (kind) {
    case Kind::token:
      return "token";
    case Kind::string:
      return "string";
    case Kind::reference:
      return "reference";
    case Kind::number:
      return "number";
    case Kind::quantity:
      return "quantity";
    case Kind::date:
      return "date";
    case Kind::uri:
      return "uri";
    case Kind::special:
      return "special";
    case Kind::composite:
      return "composite";
  }
  return "special";
}

/// What is found from the other end has no path of its own: FHIR calls it special, and its
/// definition says that a token is asked.
std::string_view type_word(const fhir::search::Parameter& parameter) {
  if (parameter.short_for.starts_with("_has:")) return "special";
  return kind_word(parameter.kind);
}

void coded_list(fhir::JsonWriter& json, std::string_view name,
                const std::vector<std::string_view>& codes) {
  json.key(name).begin_array();
  for (const auto code : codes) json.begin_object().member("code", code).end_object();
  json.end_array();
}

/// What can be included beside a search of this type, and what refers to it.
void include_lists(fhir::JsonWriter& json, std::string_view type) {
  const auto named = [&json](const fhir::search::Parameter& reference) {
    json.string(std::string(reference.type) + ':' + std::string(reference.name));
  };
  json.key("searchInclude").begin_array().string("*");
  for (const auto* reference : fhir::search::references_of(type)) named(*reference);
  json.end_array();
  json.key("searchRevInclude").begin_array().string("*");
  for (const auto other : fhir::search::served_types())
    for (const auto* reference : fhir::search::references_of(other))
      if (fhir::search::is_found_backwards(*reference)) named(*reference);
  json.end_array();
}

void named(fhir::JsonWriter& json, std::string_view name, std::string_view definition) {
  json.begin_object().member("name", name).member("definition", definition).end_object();
}

constexpr std::string_view trail = "AuditEvent";

constexpr std::string_view bulk_data = "http://hl7.org/fhir/uv/bulkdata/";

void operations(fhir::JsonWriter& json, std::string_view type) {
  json.key("operation").begin_array();
  named(json, "validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate");
  named(json, "explain", fhir::canonical::operation("explain"));
  named(json, "meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta");
  if (type == "Patient") {
    named(json, "cycle-timeline", fhir::canonical::operation("cycle-timeline"));
    named(json, "everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything");
    named(json, "export", std::string(bulk_data) + "OperationDefinition/patient-export");
  } else if (type == "Observation") {
    named(json, "lastn", "http://hl7.org/fhir/OperationDefinition/Observation-lastn");
  } else if (type == "Group") {
    named(json, "export", std::string(bulk_data) + "OperationDefinition/group-export");
  } else if (type == "Subscription") {
    named(json, "status", fhir::canonical::backport_operation("subscription-status"));
    named(json, "events", fhir::canonical::backport_operation("subscription-events"));
    named(json, "stream", fhir::canonical::operation("stream"));
  }
  json.end_array();
}

/// The SearchParameter of ours that says what a parameter means; "": it is R4's own, or meant
/// alike.
std::string definition_of(const fhir::Artefacts& artefacts, std::string_view type,
                          std::string_view name) {
  for (const auto* one : artefacts.of("SearchParameter")) {
    if (one->content["code"].text() != name) continue;
    for (const fhir::Json& base : one->content["base"].items())
      if (base.text() == type) return one->content["url"].text();
  }
  return "";
}

/// Profiles of ours that its resources may claim.
void profiles(fhir::JsonWriter& json, std::string_view type, const fhir::Artefacts& artefacts) {
  std::vector<std::string> urls;
  for (const auto* one : artefacts.of("StructureDefinition"))
    if (one->content["type"].text() == type) urls.push_back(one->content["url"].text());
  if (urls.empty()) return;
  json.key("supportedProfile").begin_array();
  for (const std::string& url : urls) json.string(url);
  json.end_array();
}

/// What can be subscribed to (R5 Subscriptions Backport, capability statements).
void topics_told(fhir::JsonWriter& json) {
  json.key("extension").begin_array();
  for (const auto& topic : topics::all())
    json.begin_object()
        .member("url", fhir::canonical::backport("capabilitystatement-subscriptiontopic-canonical"))
        .member("valueCanonical", topic.url())
        .end_object();
  json.end_array();
}

/// Definitions are read and searched, and nothing else.
void definition(fhir::JsonWriter& json, std::string_view type) {
  json.begin_object().member("type", type);
  coded_list(json, "interaction", {"read", "search-type"});
  json.member("versioning", "no-version");
  json.member("conditionalRead", "not-match");
  json.key("searchParam").begin_array();
  for (const auto& [name, kind] : definition_parameters())
    json.begin_object().member("name", name).member("type", kind).end_object();
  json.end_array();
  const std::string_view operation = type == "CodeSystem"   ? "lookup"
                                     : type == "ValueSet"   ? "expand"
                                     : type == "ConceptMap" ? "translate"
                                                            : std::string_view();
  if (!operation.empty())
    json.key("operation")
        .begin_array()
        .begin_object()
        .member("name", operation)
        .member("definition", "http://hl7.org/fhir/OperationDefinition/" + std::string(type) + '-' +
                                  std::string(operation))
        .end_object()
        .end_array();
  json.end_object();
}

void search_parameters(fhir::JsonWriter& json, std::string_view type,
                       const fhir::Artefacts& artefacts) {
  json.key("searchParam").begin_array();
  for (const auto& parameter : fhir::search::parameters())
    if (parameter.type == type || (parameter.type == "*" && type != trail))
      json.begin_object()
          .member("name", parameter.name)
          .member_if("definition", definition_of(artefacts, type, parameter.name))
          .member("type", type_word(parameter))
          .member_if("documentation", parameter.documentation)
          .end_object();
  json.end_array();
}

/// What a search of several types at once is asked with.
void shared_parameters(fhir::JsonWriter& json) {
  json.key("searchParam").begin_array();
  for (const auto& parameter : fhir::search::parameters())
    if (parameter.type == "*")
      json.begin_object()
          .member("name", parameter.name)
          .member("type", type_word(parameter))
          .member_if("documentation", parameter.documentation)
          .end_object();
  json.end_array();
}

/// The audit trail is read and searched, by who may by name.
void audit_events(fhir::JsonWriter& json, const fhir::Artefacts& artefacts) {
  json.begin_object().member("type", trail);
  coded_list(json, "interaction", {"read", "search-type"});
  json.member("versioning", "no-version");
  search_parameters(json, trail, artefacts);
  json.key("operation").begin_array();
  named(json, "verify", fhir::canonical::operation("verify"));
  json.end_array().end_object();
}

void resource(fhir::JsonWriter& json, std::string_view type, const fhir::Artefacts& artefacts) {
  json.begin_object();
  if (type == "Subscription") topics_told(json);
  json.member("type", type);
  profiles(json, type, artefacts);
  const bool searchable = fhir::search::is_searchable(type);
  const bool writable = offers(security::Interaction::create, type);
  const bool removable = offers(security::Interaction::remove, type);
  std::vector<std::string_view> interactions{"read", "vread"};
  if (has_history(type)) interactions.emplace_back("history-instance");
  if (searchable && !fhir::is_owned(type)) interactions.emplace_back("history-type");
  if (searchable) interactions.emplace_back("search-type");
  if (writable) interactions.emplace_back("create");
  if (offers(security::Interaction::update, type)) interactions.emplace_back("update");
  if (offers_patch(type)) interactions.emplace_back("patch");
  if (removable) interactions.emplace_back("delete");
  coded_list(json, "interaction", interactions);
  json.member("versioning", "versioned-update");
  json.key("readHistory").boolean(true);
  json.key("updateCreate").boolean(writable && !fhir::is_owned(type));
  json.key("conditionalCreate").boolean(writable && searchable);
  json.member("conditionalRead", "full-support");
  json.key("conditionalUpdate").boolean(writable && searchable);
  json.member("conditionalDelete", removable ? "single" : "not-supported");
  json.key("referencePolicy").begin_array().string("literal").string("logical").end_array();
  operations(json, type);
  if (!searchable) {
    json.end_object();
    return;
  }
  search_parameters(json, type, artefacts);
  include_lists(json, type);
  json.end_object();
}

/// Where tokens are had is said by .well-known/smart-configuration alone: the extension oauth-uris
/// demands an address where people authorise, and there is none.
void secured(fhir::JsonWriter& json, bool cors, const std::string& token_url) {
  json.key("security").begin_object();
  json.key("cors").boolean(cors);
  json.key("service").begin_array();
  for (const std::string_view service : {"Certificates", "SMART-on-FHIR"})
    if (service == "Certificates" || !token_url.empty())
      json.begin_object()
          .key("coding")
          .begin_array()
          .begin_object()
          .member("system", "http://terminology.hl7.org/CodeSystem/restful-security-service")
          .member("code", service)
          .end_object()
          .end_array()
          .end_object();
  json.end_array();
  json.member("description", token_url.empty()
                                 ? "TLS client certificates, bound to SMART system/ scopes"
                                 : "TLS client certificates and tokens of SMART Backend Services, "
                                   "bound to SMART system/ scopes");
  json.end_object();
}

}  // namespace

std::string capability_statement(const std::string& base_url, const std::string& version,
                                 const fhir::Artefacts& artefacts, bool cors,
                                 const std::string& token_url) {
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "CapabilityStatement").member("id", "immunogate");
  json.member("url", std::string(fhir::canonical::base) + "/CapabilityStatement/immunogate");
  json.member("version", version)
      .member("name", "ImmunoGate")
      .member("title", "ImmunoGate FHIR API");
  json.member("status", "active").member("date", "2026-11-22");
  json.member("description",
              "Laboratory results of reproductive immunology, with cycle context and sample type");
  json.member("kind", "instance");
  json.key("instantiates").begin_array();
  json.string(std::string(bulk_data) + "CapabilityStatement/bulk-data");
  json.string(fhir::canonical::backport_server).end_array();
  json.key("software")
      .begin_object()
      .member("name", "ImmunoGate")
      .member("version", version)
      .end_object();
  json.key("implementation")
      .begin_object()
      .member("description", "ImmunoGate")
      .member("url", base_url)
      .end_object();
  json.member("fhirVersion", "4.0.1");
  json.key("format").begin_array().string("json").string("application/fhir+json").end_array();
  json.key("patchFormat").begin_array().string(json_patch).end_array();
  if (const auto guides = artefacts.of("ImplementationGuide"); !guides.empty()) {
    json.key("implementationGuide").begin_array();
    for (const auto* guide : guides) json.string(guide->content["url"].text());
    json.end_array();
  }
  json.key("rest").begin_array().begin_object().member("mode", "server");
  json.member("documentation",
              "Change feed: GET _history?_after=&_wait=30, of all types or of one, gives every "
              "version once in the order of commits; its next link is where to go on, always");
  secured(json, cors, token_url);
  json.key("resource").begin_array();
  for (const auto type : fhir::search::served_types()) resource(json, type, artefacts);
  audit_events(json, artefacts);
  for (const auto type : fhir::Artefacts::types()) definition(json, type);
  json.end_array();
  coded_list(json, "interaction", {"transaction", "batch", "history-system", "search-system"});
  shared_parameters(json);
  json.key("operation").begin_array();
  named(json, "export", std::string(bulk_data) + "OperationDefinition/export");
  json.end_array();
  json.key("compartment").begin_array();
  json.string("http://hl7.org/fhir/CompartmentDefinition/patient").end_array();
  json.end_object().end_array().end_object();
  return json.take();
}

}  // namespace gateway::http::rest
