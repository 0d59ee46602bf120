#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr std::string_view report = "DiagnosticReport";
constexpr std::string_view specimen = "Specimen";
constexpr std::string_view request = "ServiceRequest";

constexpr auto of_orders = std::to_array<Parameter>({
    refers(report, "patient", "subject", to_patient, patient_words),
    {report, "subject", Kind::reference, "", subject_words},
    {report, "patient.identifier", Kind::token, "", patient_identifier_words},
    {report, "identifier", Kind::token, "identifier", identifier_words},
    {report, "code", Kind::token, "code", "Any coding of what was ordered"},
    {report, "category", Kind::token, "category", "Section of the laboratory"},
    coded(report, "status", "status", "http://hl7.org/fhir/diagnostic-report-status", status_words),
    {report, "date", Kind::date, "effectiveDateTime|effectivePeriod", date_words},
    {report, "issued", Kind::date, "issued", "When this version was released"},
    {report, "conclusion", Kind::token, "conclusionCode", "Any coding of the conclusion"},
    refers(report, "specimen", "specimen", to_specimen, "A specimen it is about"),
    refers(report, "based-on", "basedOn", to_request, "The request it answers"),
    refers(report, "encounter", "encounter", to_encounter, encounter_words),
    refers(report, "media", "media.link", {}, "A picture of it"),
    refers(report, "result", "result", to_result, "A result that it lists"),
    short_for(report, "sample-type", Kind::token, "result.sample-type",
              "What was examined: short for result.sample-type"),
    short_for(report, "cycle-day", Kind::number, "result.cycle-day",
              "Cycle day of a result: short for result.cycle-day"),
    {report, "order", Kind::token, "basedOn.identifier", order_words},
    {report, "sender", Kind::token, "", sender_words},

    refers(specimen, "patient", "subject", to_patient, patient_words),
    {specimen, "subject", Kind::reference, "", subject_words},
    {specimen, "patient.identifier", Kind::token, "", patient_identifier_words},
    {specimen, "identifier", Kind::token, "identifier", identifier_words},
    {specimen, "accession", Kind::token, "accessionIdentifier", "Number the laboratory gave it"},
    {specimen, "type", Kind::token, "type", "Any coding of the material"},
    coded(specimen, "status", "status", "http://hl7.org/fhir/specimen-status", status_words),
    {specimen, "method", Kind::token, "collection.method",
     "Any coding of how it was collected: SPM-7, OBR-15.6"},
    {specimen, "bodysite", Kind::token, "collection.bodySite",
     "Any coding of where it was taken from"},
    {specimen, "collected", Kind::date, "collection.collectedDateTime|collection.collectedPeriod",
     date_words},
    refers(specimen, "collector", "collection.collector", to_collector, "Who took it"),
    short_for(specimen, "sample-type", Kind::token, "_has:Observation:specimen:sample-type",
              "What a result says was examined: short for _has:Observation:specimen:sample-type"),
    {specimen, "container", Kind::token, "container.type", "Any coding of its container"},
    {specimen, "container-id", Kind::token, "container.identifier",
     "An identifier of its container"},
    refers(specimen, "parent", "parent", to_specimen, "The specimen it was made from"),

    refers(request, "patient", "subject", to_patient, patient_words),
    {request, "subject", Kind::reference, "", subject_words},
    {request, "patient.identifier", Kind::token, "", patient_identifier_words},
    {request, "identifier", Kind::token, "identifier", identifier_words},
    {request, "requisition", Kind::token, "requisition", "Number that several orders share"},
    {request, "code", Kind::token, "code", "Any coding of what was ordered"},
    {request, "category", Kind::token, "category", "Kind of order"},
    coded(request, "status", "status", "http://hl7.org/fhir/request-status", status_words),
    coded(request, "intent", "intent", "http://hl7.org/fhir/request-intent", "order"),
    coded(request, "priority", "priority", "http://hl7.org/fhir/request-priority", "How urgent"),
    {request, "authored", Kind::date, "authoredOn", date_words},
    {request, "occurrence", Kind::date, "occurrenceDateTime|occurrencePeriod",
     "When it was to be done"},
    {request, "performer-type", Kind::token, "performerType", "Kind of laboratory asked"},
    {request, "order-detail", Kind::token, "orderDetail", "Any coding of what was ordered besides"},
    {request, "body-site", Kind::token, "bodySite", "Any coding of where"},
    refers(request, "performer", "performer", to_author, "Who was asked to do it"),
    refers(request, "based-on", "basedOn", to_request, "The order behind it"),
    refers(request, "replaces", "replaces", to_request, "The order that it replaces"),
});

}  // namespace

std::span<const Parameter> orders() {
  return of_orders;
}

}  // namespace gateway::fhir::search::tables
