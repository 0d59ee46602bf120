#pragma once
#include <array>
#include <span>
#include <string_view>

#include "gateway/fhir/search/parameters.hpp"

namespace gateway::fhir::search {

/// The rows of parameters(), by what they are of. Each table lies in a file of its own.
namespace tables {
std::span<const Parameter> common();   // every type's
std::span<const Parameter> results();  // Observation
std::span<const Parameter> orders();   // DiagnosticReport, Specimen, ServiceRequest
std::span<const Parameter> people();   // who is spoken of, and who speaks
std::span<const Parameter> papers();   // DocumentReference, Provenance, MessageHeader, Task
std::span<const Parameter> trail();    // AuditEvent
}  // namespace tables

// How a row is written that says more than the type, name, kind and elements of a parameter.

using Types = std::span<const std::string_view>;

constexpr Parameter coded(std::string_view type, std::string_view name, std::string_view elements,
                          std::string_view system, std::string_view words) {
  return {.type = type,
          .name = name,
          .kind = Kind::token,
          .elements = elements,
          .documentation = words,
          .system = system};
}
constexpr Parameter refers(std::string_view type, std::string_view name, std::string_view elements,
                           Types targets, std::string_view words) {
  return {.type = type,
          .name = name,
          .kind = Kind::reference,
          .elements = elements,
          .documentation = words,
          .targets = targets};
}
constexpr Parameter composite(std::string_view type, std::string_view name, std::string_view left,
                              std::string_view right, std::string_view words) {
  return {.type = type,
          .name = name,
          .kind = Kind::composite,
          .elements = "",
          .documentation = words,
          .left = left,
          .right = right};
}
/// Of parts that lie in one element, of which there are several: indexed in pairs.
constexpr Parameter composite_of(std::string_view element, std::string_view type,
                                 std::string_view name, std::string_view left,
                                 std::string_view right, std::string_view words) {
  Parameter parameter = composite(type, name, left, right, words);
  parameter.elements = element;
  return parameter;
}
/// Any of several composites.
constexpr Parameter either_of(std::string_view composites, std::string_view type,
                              std::string_view name, std::string_view left, std::string_view right,
                              std::string_view words) {
  Parameter parameter = composite(type, name, left, right, words);
  parameter.either = composites;
  return parameter;
}
constexpr Parameter either(std::string_view type, std::string_view name, Kind kind,
                           std::string_view of, std::string_view words) {
  return {.type = type,
          .name = name,
          .kind = kind,
          .elements = "",
          .documentation = words,
          .either = of};
}
constexpr Parameter short_for(std::string_view type, std::string_view name, Kind kind,
                              std::string_view of, std::string_view words) {
  return {.type = type,
          .name = name,
          .kind = kind,
          .elements = "",
          .documentation = words,
          .short_for = of};
}

// What references lead to.
inline constexpr auto to_patient = std::to_array<std::string_view>({"Patient"});
inline constexpr auto to_specimen = std::to_array<std::string_view>({"Specimen"});
inline constexpr auto to_request = std::to_array<std::string_view>({"ServiceRequest"});
inline constexpr auto to_result = std::to_array<std::string_view>({"Observation"});
inline constexpr auto to_encounter = std::to_array<std::string_view>({"Encounter"});
inline constexpr auto to_organization = std::to_array<std::string_view>({"Organization"});
inline constexpr auto to_location = std::to_array<std::string_view>({"Location"});
inline constexpr auto to_practitioner = std::to_array<std::string_view>({"Practitioner"});
inline constexpr auto to_performer =
    std::to_array<std::string_view>({"Practitioner", "PractitionerRole", "Organization"});
inline constexpr auto to_record = std::to_array<std::string_view>({"Patient", "RelatedPerson"});
inline constexpr auto to_evidence =
    std::to_array<std::string_view>({"Observation", "DocumentReference"});
inline constexpr auto to_question = std::to_array<std::string_view>(
    {"Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Patient", "MessageHeader"});
inline constexpr auto to_collector =
    std::to_array<std::string_view>({"Practitioner", "PractitionerRole"});
inline constexpr auto to_author = std::to_array<std::string_view>(
    {"Practitioner", "PractitionerRole", "Organization", "Device", "Patient", "RelatedPerson"});
inline constexpr auto to_participant =
    std::to_array<std::string_view>({"Practitioner", "PractitionerRole", "RelatedPerson"});

// Words that several rows say.
inline constexpr std::string_view patient_words = "The patient it is about: ID or Patient/ID";
inline constexpr std::string_view subject_words =
    "The same as patient; other subjects are not indexed";
inline constexpr std::string_view patient_identifier_words =
    "An identifier of the patient it is about: system|value or value";
inline constexpr std::string_view identifier_words = "An identifier: system|value or value";
inline constexpr std::string_view order_words = "Order number: placer's or filler's";
inline constexpr std::string_view sender_words =
    "Name of the sender the resource came by, that of its file; of one without a file as MSH-3 and "
    "MSH-4 say it, with the bar between: ANY|LAB";
inline constexpr std::string_view status_words = "Status, whatever its case";
inline constexpr std::string_view date_words =
    "A date without time is compared with the calendar of the laboratory; a time needs an offset";
inline constexpr std::string_view encounter_words = "The encounter it belongs to";
inline constexpr std::string_view family_words = "Beginning of a family name";
inline constexpr std::string_view given_words = "Beginning of a given name";
inline constexpr std::string_view name_words =
    "Beginning of any part of a name, without case and accents";
inline constexpr std::string_view name_elements =
    "name.family|name.given|name.prefix|name.suffix|name.text";
inline constexpr std::string_view active_words = "Whether it is in use: true or false";
inline constexpr std::string_view telecom_words = "A telephone number, address of mail or the like";

}  // namespace gateway::fhir::search
