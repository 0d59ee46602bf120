#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr std::string_view type = "Observation";

constexpr std::string_view quantity_words =
    "number, number|system|code or number||code. UCUM units of one kind are compared whatever "
    "their "
    "size: /uL finds 10*9/L. A stored value with a comparator (<0.5) is found only where it is "
    "certain: by lt1, not by gt0.2, never by eq";

constexpr auto of_results = std::to_array<Parameter>({
    refers(type, "patient", "subject", to_patient, patient_words),
    {type, "subject", Kind::reference, "", subject_words},
    {type, "patient.identifier", Kind::token, "", patient_identifier_words},
    {type, "identifier", Kind::token, "identifier", identifier_words},
    {type, "code", Kind::token, "code", "Any coding of the result, the sender's own too"},
    {type, "combo-code", Kind::token, "code|component.code",
     "Any coding of the result or of a component"},
    {type, "component-code", Kind::token, "component.code", "Any coding of a component"},
    {type, "category", Kind::token, "category", "laboratory, survey, vital-signs"},
    coded(type, "status", "status", "http://hl7.org/fhir/observation-status", status_words),
    {type, "date", Kind::date, "effectiveDateTime|effectivePeriod|effectiveInstant", date_words},
    {type, "method", Kind::token, "method", "Any coding of how it was measured"},
    {type, "data-absent-reason", Kind::token, "dataAbsentReason", "Why there is no value"},
    {type, "component-data-absent-reason", Kind::token, "component.dataAbsentReason",
     "Why a component has no value"},
    either(type, "combo-data-absent-reason", Kind::token,
           "data-absent-reason|component-data-absent-reason",
           "Why the result or a component has no value"),

    {type, "value-quantity", Kind::quantity, "valueQuantity", quantity_words},
    {type, "value-concept", Kind::token, "valueCodeableConcept", "Any coding of the value"},
    {type, "value-string", Kind::string, "valueString|valueCodeableConcept.text",
     "Beginning of a value that is text"},
    {type, "value-date", Kind::date, "valueDateTime|valuePeriod", "A value that is a time"},
    {type, "component-value-quantity", Kind::quantity, "component.valueQuantity",
     "A number of a component, asked as value-quantity"},
    {type, "component-value-concept", Kind::token, "component.valueCodeableConcept",
     "Any coding of a component's value"},
    either(type, "combo-value-quantity", Kind::quantity, "value-quantity|component-value-quantity",
           "A number of the result or of a component"),
    either(type, "combo-value-concept", Kind::token, "value-concept|component-value-concept",
           "Any coding of the value or of a component's"),

    {type, "interpretation", Kind::token, "interpretation",
     "Interpretation the laboratory sent; none is computed"},
    refers(type, "specimen", "specimen", to_specimen, "The specimen it was made on"),
    refers(type, "based-on", "basedOn", to_request, "The request it answers"),
    refers(type, "encounter", "encounter", to_encounter, encounter_words),
    refers(type, "focus", "focus", {}, "What it is about where that is not the patient"),
    refers(type, "part-of", "partOf", {}, "What it is part of"),
    refers(type, "has-member", "hasMember", to_result, "A result that belongs to it"),
    refers(type, "derived-from", "derivedFrom", to_evidence, "A result it was computed from"),

    {type, "cycle-day", Kind::number, "extension(cycle-context).extension(day).valueInteger",
     "Cycle day, stated or derived; a result without a day never matches. Mixes natural, "
     "stimulated and medicated cycles unless cycle-type or cycle-anchor is asked beside it"},
    {type, "cycle-offset", Kind::number, "extension(cycle-context).extension(offset).valueInteger",
     "Days since the anchor, any but lmp; may be negative; ask cycle-anchor beside it"},
    coded(type, "cycle-anchor", "extension(cycle-context).extension(anchor).valueCode",
          "cycle-anchor", "What the day is counted from"),
    coded(type, "cycle-phase", "extension(cycle-context).extension(phase).valueCode", "cycle-phase",
          "Phase as stated, or as anchor or status imply"),
    coded(type, "cycle-type", "extension(cycle-context).extension(cycleType).valueCode",
          "cycle-type", "Kind of cycle"),
    coded(type, "cycle-source", "extension(cycle-context).extension(source).valueCode",
          "cycle-source", "Where the context was found"),
    coded(type, "cycle-confidence", "extension(cycle-context).extension(confidence).valueCode",
          "cycle-confidence", "How sure the context is"),
    {type, "sample-type", Kind::token, "extension(sample-type).valueCodeableConcept",
     "What was examined"},
    {type, "compartment", Kind::token, "component(endometrial-compartment).valueCodeableConcept",
     "Layer of the endometrium that was counted"},
    {type, "order", Kind::token, "basedOn.identifier", order_words},
    {type, "sender", Kind::token, "", sender_words},

    composite(type, "code-value-quantity", "code", "value-quantity",
              "A code and its number: http://loinc.org|8112-5$gt12|http://unitsofmeasure.org|%"),
    composite(type, "code-value-concept", "code", "value-concept", "A code and its coded value"),
    composite(type, "code-value-string", "code", "value-string", "A code and its text"),
    composite(type, "code-value-date", "code", "value-date", "A code and its time"),
    composite_of("component", type, "component-code-value-quantity", "component-code",
                 "component-value-quantity", "Code and number of one component"),
    composite_of("component", type, "component-code-value-concept", "component-code",
                 "component-value-concept", "Code and coded value of one component"),
    either_of("code-value-quantity|component-code-value-quantity", type,
              "combo-code-value-quantity", "combo-code", "combo-value-quantity",
              "Code and number of the result or of one component"),
    either_of("code-value-concept|component-code-value-concept", type, "combo-code-value-concept",
              "combo-code", "combo-value-concept",
              "Code and coded value of the result or of one component"),
    composite(type, "cycle-anchor-offset", "cycle-anchor", "cycle-offset",
              "An anchor and the days since it, both of one context: lh-surge$7"),
    composite(type, "code-cycle-day", "code", "cycle-day",
              "A code and the cycle day it was measured on: http://loinc.org|8112-5$ge19"),
});

}  // namespace

std::span<const Parameter> results() {
  return of_results;
}

}  // namespace gateway::fhir::search::tables
