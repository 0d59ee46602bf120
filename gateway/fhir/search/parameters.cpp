#include "gateway/fhir/search/parameters.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/base/edit_distance.hpp"

namespace gateway::fhir::search {
namespace {

constexpr auto types = std::to_array<std::string_view>(
    {"Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Practitioner",
     "PractitionerRole", "Organization", "Location", "RelatedPerson", "Device", "Encounter",
     "MessageHeader", "Provenance", "Binary", "DocumentReference", "Task"});

constexpr std::string_view patient_words = "The patient it is about: ID or Patient/ID";
constexpr std::string_view subject_words = "The same as patient; other subjects are not indexed";
constexpr std::string_view patient_identifier_words =
    "An identifier of the patient it is about: system|value or value";
constexpr std::string_view identifier_words = "An identifier: system|value or value";
constexpr std::string_view order_words = "Order number: placer's or filler's";
constexpr std::string_view sender_words =
    "Name of the sender the resource came by, that of its file; of one without a file as MSH-3 and "
    "MSH-4 say it, with the bar between: ANY|LAB";
constexpr std::string_view status_words = "Status, whatever its case";
constexpr std::string_view date_words =
    "A date without time is compared with the calendar of the laboratory; a time needs an offset";

constexpr auto table = std::to_array<Parameter>({
    {"*", "_id", Kind::token, "", "Logical id"},
    {"*", "_lastUpdated", Kind::date, "", "When the version was committed"},
    {"*", "_tag", Kind::token, "meta.tag",
     "Tags, among them cycle-day, sample-type, gateway-issue"},

    {"Patient", "identifier", Kind::token, "identifier", identifier_words},
    {"Patient", "name", Kind::string, "name.family|name.given|name.prefix|name.suffix|name.text",
     "Beginning of any part of a name, without case and accents"},
    {"Patient", "family", Kind::string, "name.family", "Beginning of a family name"},
    {"Patient", "given", Kind::string, "name.given", "Beginning of a given name"},
    {"Patient", "birthdate", Kind::date, "birthDate", "Date of birth"},
    {"Patient", "gender", Kind::token, "gender", "Administrative gender",
     "http://hl7.org/fhir/administrative-gender"},

    {"Observation", "patient", Kind::reference, "subject", patient_words},
    {"Observation", "subject", Kind::reference, "", subject_words},
    {"Observation", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Observation", "identifier", Kind::token, "identifier", identifier_words},
    {"Observation", "code", Kind::token, "code", "Any coding of the result, the sender's own too"},
    {"Observation", "combo-code", Kind::token, "code|component.code",
     "Any coding of the result or of a component"},
    {"Observation", "category", Kind::token, "category", "laboratory, survey, vital-signs"},
    {"Observation", "status", Kind::token, "status", status_words,
     "http://hl7.org/fhir/observation-status"},
    {"Observation", "date", Kind::date, "effectiveDateTime|effectivePeriod|effectiveInstant",
     date_words},
    {"Observation", "value-quantity", Kind::quantity, "valueQuantity",
     "number, number|system|code or number||code. Units match as they are written. A stored value "
     "with a comparator (<0.5) is found only where it is certain: by lt1, not by gt0.2, never by "
     "eq"},
    {"Observation", "value-concept", Kind::token, "valueCodeableConcept",
     "Any coding of the value"},
    {"Observation", "value-string", Kind::string, "valueString|valueCodeableConcept.text",
     "Beginning of a value that is text"},
    {"Observation", "interpretation", Kind::token, "interpretation",
     "Interpretation the laboratory sent; none is computed"},
    {"Observation", "specimen", Kind::reference, "specimen", "The specimen it was made on"},
    {"Observation", "based-on", Kind::reference, "basedOn", "The request it answers"},
    {"Observation", "cycle-day", Kind::number,
     "extension(cycle-context).extension(day).valueInteger",
     "Cycle day, stated or derived; a result without a day never matches. Mixes natural, "
     "stimulated "
     "and medicated cycles unless cycle-type or cycle-anchor is asked beside it"},
    {"Observation", "cycle-offset", Kind::number,
     "extension(cycle-context).extension(offset).valueInteger",
     "Days since the anchor, any but lmp; may be negative; ask cycle-anchor beside it"},
    {"Observation",
     "cycle-anchor-offset",
     Kind::composite,
     "",
     "An anchor and the days since it, both of one context: lh-surge$7",
     {},
     "cycle-anchor",
     "cycle-offset"},
    {"Observation",
     "code-cycle-day",
     Kind::composite,
     "",
     "A code and the cycle day it was measured on: http://loinc.org|8112-5$ge19",
     {},
     "code",
     "cycle-day"},
    {"Observation", "cycle-anchor", Kind::token,
     "extension(cycle-context).extension(anchor).valueCode", "What the day is counted from",
     "cycle-anchor"},
    {"Observation", "cycle-phase", Kind::token,
     "extension(cycle-context).extension(phase).valueCode",
     "Phase as stated, or as anchor or status imply", "cycle-phase"},
    {"Observation", "cycle-type", Kind::token,
     "extension(cycle-context).extension(cycleType).valueCode", "Kind of cycle", "cycle-type"},
    {"Observation", "cycle-source", Kind::token,
     "extension(cycle-context).extension(source).valueCode", "Where the context was found",
     "cycle-source"},
    {"Observation", "cycle-confidence", Kind::token,
     "extension(cycle-context).extension(confidence).valueCode", "How sure the context is",
     "cycle-confidence"},
    {"Observation", "sample-type", Kind::token, "extension(sample-type).valueCodeableConcept",
     "What was examined"},
    {"Observation", "compartment", Kind::token,
     "component(endometrial-compartment).valueCodeableConcept",
     "Layer of the endometrium that was counted"},
    {"Observation", "order", Kind::token, "basedOn.identifier", order_words},
    {"Observation", "sender", Kind::token, "", sender_words},

    {"DiagnosticReport", "patient", Kind::reference, "subject", patient_words},
    {"DiagnosticReport", "subject", Kind::reference, "", subject_words},
    {"DiagnosticReport", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"DiagnosticReport", "identifier", Kind::token, "identifier", identifier_words},
    {"DiagnosticReport", "code", Kind::token, "code", "Any coding of what was ordered"},
    {"DiagnosticReport", "category", Kind::token, "category", "Section of the laboratory"},
    {"DiagnosticReport", "status", Kind::token, "status", status_words,
     "http://hl7.org/fhir/diagnostic-report-status"},
    {"DiagnosticReport", "date", Kind::date, "effectiveDateTime|effectivePeriod", date_words},
    {"DiagnosticReport", "issued", Kind::date, "issued", "When this version was released"},
    {"DiagnosticReport", "specimen", Kind::reference, "specimen", "A specimen it is about"},
    {"DiagnosticReport", "based-on", Kind::reference, "basedOn", "The request it answers"},
    {"DiagnosticReport", "order", Kind::token, "basedOn.identifier", order_words},
    {"DiagnosticReport", "sender", Kind::token, "", sender_words},

    {"Specimen", "patient", Kind::reference, "subject", patient_words},
    {"Specimen", "subject", Kind::reference, "", subject_words},
    {"Specimen", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Specimen", "identifier", Kind::token, "identifier|accessionIdentifier", identifier_words},
    {"Specimen", "type", Kind::token, "type", "Any coding of the material"},
    {"Specimen", "method", Kind::token, "collection.method",
     "Any coding of how it was collected: SPM-7, OBR-15.6"},
    {"Specimen", "collected", Kind::date, "collection.collectedDateTime|collection.collectedPeriod",
     date_words},

    {"ServiceRequest", "patient", Kind::reference, "subject", patient_words},
    {"ServiceRequest", "subject", Kind::reference, "", subject_words},
    {"ServiceRequest", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"ServiceRequest", "identifier", Kind::token, "identifier", identifier_words},
    {"Encounter", "patient", Kind::reference, "subject", patient_words},
    {"Encounter", "subject", Kind::reference, "", subject_words},
    {"Encounter", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Encounter", "identifier", Kind::token, "identifier", identifier_words},
    {"RelatedPerson", "patient", Kind::reference, "patient", patient_words},
    {"RelatedPerson", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"RelatedPerson", "identifier", Kind::token, "identifier", identifier_words},
    {"Device", "patient", Kind::reference, "patient", patient_words},
    {"Device", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Device", "identifier", Kind::token, "identifier", identifier_words},
    {"DocumentReference", "patient", Kind::reference, "subject", patient_words},
    {"DocumentReference", "subject", Kind::reference, "", subject_words},
    {"DocumentReference", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"DocumentReference", "identifier", Kind::token, "masterIdentifier|identifier",
     identifier_words},
    // Not its every target: forty rows a message; the arrival that wrote a version knows them.
    {"Provenance", "patient", Kind::reference, "target", "A patient it speaks of"},
    {"Provenance", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Task", "patient", Kind::reference, "for", patient_words},
    {"Task", "subject", Kind::reference, "", subject_words},
    {"Task", "patient.identifier", Kind::token, "", patient_identifier_words},
    {"Task", "status", Kind::token, "status", status_words, "http://hl7.org/fhir/task-status"},
    {"Task", "code", Kind::token, "code", "What kind of question waits: site-follow-up"},
    {"Task", "intent", Kind::token, "intent", "proposal", "http://hl7.org/fhir/task-intent"},
    {"Task", "focus", Kind::reference, "focus", "The result it asks to look at"},
    {"Task", "owner", Kind::reference, "owner", "Who took it up"},
    {"Task", "group-identifier", Kind::token, "groupIdentifier",
     "The site convention it comes from, by the name of its file"},
    {"Task", "authored-on", Kind::date, "authoredOn",
     "When the message was received that the entry came from"},
    {"Task", "due", Kind::date, "restriction.period.end",
     "The day the next sample is expected, of entries of an expected repeat"},
    {"Practitioner", "identifier", Kind::token, "identifier", identifier_words},
    {"PractitionerRole", "identifier", Kind::token, "identifier", identifier_words},
    {"Organization", "identifier", Kind::token, "identifier", identifier_words},
    {"Location", "identifier", Kind::token, "identifier", identifier_words},
});

constexpr auto controls =
    std::to_array<std::string_view>({"_sort", "_count", "_total", "_summary", "_elements",
                                     "_include", "_revinclude", "_has", "_format", "_pretty"});

constexpr std::size_t longest_wrong = 64;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::span<const Parameter> parameters() {
  return table;
}

const Parameter* find_parameter(std::string_view type, std::string_view name) {
  const auto at = std::ranges::find_if(table, [&](const Parameter& parameter) {
    return parameter.name == name && (parameter.type == type || parameter.type == "*");
  });
  return at != table.end() ? &*at : nullptr;
}

std::string_view nearest_parameter(std::string_view type, std::string_view wrong) {
  if (wrong.empty() || wrong.size() > longest_wrong) return {};
  const std::string asked = lower(wrong);
  std::string_view nearest;
  std::size_t best = wrong.size() / 3 + 1;  // how wrong a name may be: a third of its letters
  const auto weigh = [&](std::string_view name) {
    const std::size_t far = base::edit_distance(asked, lower(name));
    if (far > best || (far == best && !nearest.empty())) return;
    best = far;
    nearest = name;
  };
  for (const Parameter& parameter : table)
    if (parameter.type == type || parameter.type == "*") weigh(parameter.name);
  for (const std::string_view control : controls) weigh(control);
  return nearest;
}

std::span<const std::string_view> served_types() {
  return types;
}

bool is_served(std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

bool is_searchable(std::string_view type) {
  return type != "Binary" && is_served(type);
}

bool is_writable(std::string_view type) {
  return type != "Task" && is_served(type);
}

}  // namespace gateway::fhir::search
