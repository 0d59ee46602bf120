#pragma once
#include <string>
#include <string_view>

/// The one home of canonical URLs (HOUSE 17). They name things on every gateway alike and do not
/// move with `base_url` (INTERFACE.md §5).
namespace gateway::fhir::canonical {

inline constexpr std::string_view base = "https://immunogate.example/fhir";

/// The parts of a URL behind one another, with one allocation: a message has some hundreds of them.
inline std::string joined(std::string_view before, std::string_view kind, std::string_view name) {
  std::string url;
  url.reserve(before.size() + kind.size() + name.size());
  url.append(before).append(kind).append(name);
  return url;
}

inline std::string code_system(std::string_view name) {
  return joined(base, "/CodeSystem/", name);
}
inline std::string extension(std::string_view name) {
  return joined(base, "/StructureDefinition/", name);
}
/// A profile of ours, as `meta.profile` claims it: a StructureDefinition too.
inline std::string profile(std::string_view name) {
  return extension(name);
}
inline std::string identifier_system(std::string_view name) {
  return joined(base, "/identifier/", name);
}
/// The definition of an operation, by its name without `$`.
inline std::string operation(std::string_view name) {
  return joined(base, "/OperationDefinition/", name);
}
/// Text as part of a URI path: everything but unreserved characters percent-encoded.
std::string percent_encoded(std::string_view text);
/// What `meta.source` says of a resource by its sender's name, `ANY|LAB` being `ANY%7CLAB` there.
inline std::string sender(std::string_view name) {
  return joined(base, "/sender/", percent_encoded(name));
}

/// A topic that clients subscribe to.
inline std::string topic(std::string_view name) {
  return joined(base, "/SubscriptionTopic/", name);
}
/// What `meta.source` says of a Subscription: the client it belongs to.
inline std::string client(std::string_view name) {
  return joined(base, "/client/", percent_encoded(name));
}
/// R5 Subscriptions Backport 1.1: a definition of its own, and an extension by its short name.
inline std::string backport(std::string_view name) {
  return joined("http://hl7.org/fhir/uv/subscriptions-backport", "/StructureDefinition/", name);
}
inline std::string backport_extension(std::string_view name) {
  return backport(joined("backport-", "", name));
}

inline std::string backport_operation(std::string_view name) {
  return joined("http://hl7.org/fhir/uv/subscriptions-backport", "/OperationDefinition/backport-",
                name);
}

/// What a server that tells of topics is on R4.
inline constexpr std::string_view backport_server =
    "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/"
    "backport-subscription-server-r4";

/// An extension that FHIR R4 itself defines.
inline std::string standard_extension(std::string_view name) {
  return joined("http://hl7.org/fhir", "/StructureDefinition/", name);
}
/// R4 DiagnosticReport has no `note`; R5's, carried back (DOMAIN.md R10).
inline constexpr std::string_view report_note =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note";
/// R5's Encounter.plannedStartDate and plannedEndDate, likewise.
inline constexpr std::string_view planned_start =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate";
inline constexpr std::string_view planned_end =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate";

/// R4's own profile of a blood pressure.
inline constexpr std::string_view pressure_profile = "http://hl7.org/fhir/StructureDefinition/bp";

inline constexpr std::string_view loinc = "http://loinc.org";
inline constexpr std::string_view snomed = "http://snomed.info/sct";
inline constexpr std::string_view ucum = "http://unitsofmeasure.org";
inline constexpr std::string_view observation_category =
    "http://terminology.hl7.org/CodeSystem/observation-category";
inline constexpr std::string_view interpretation =
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
inline constexpr std::string_view data_absent_reason =
    "http://terminology.hl7.org/CodeSystem/data-absent-reason";
/// `http://terminology.hl7.org/CodeSystem/v2-0074`
inline std::string v2_table(std::string_view number) {
  return joined("http://terminology.hl7.org", "/CodeSystem/v2-", number);
}

/// Names of our code systems that more than one room needs.
inline constexpr std::string_view observation_codes = "repro-immuno-observation";
inline constexpr std::string_view issue_codes = "gateway-issue";
inline constexpr std::string_view error_codes = "gateway-error";

}  // namespace gateway::fhir::canonical
