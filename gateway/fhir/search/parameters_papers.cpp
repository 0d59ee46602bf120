#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr std::string_view encounter = "Encounter";
constexpr std::string_view document = "DocumentReference";
constexpr std::string_view message = "MessageHeader";
constexpr std::string_view provenance = "Provenance";
constexpr std::string_view task = "Task";
constexpr std::string_view subscription = "Subscription";
constexpr std::string_view group = "Group";

constexpr auto of_papers = std::to_array<Parameter>({
    refers(encounter, "patient", "subject", to_patient, patient_words),
    {encounter, "subject", Kind::reference, "", subject_words},
    {encounter, "patient.identifier", Kind::token, "", patient_identifier_words},
    {encounter, "identifier", Kind::token, "identifier", identifier_words},
    {encounter, "class", Kind::token, "class", "Class of the encounter"},
    {encounter, "type", Kind::token, "type", "Any coding of its kind"},
    coded(encounter, "status", "status", "http://hl7.org/fhir/encounter-status", status_words),
    {encounter, "date", Kind::date, "period", date_words},
    {encounter, "length", Kind::quantity, "length", "How long it took"},
    {encounter, "location-period", Kind::date, "location.period", "When somebody was somewhere"},
    {encounter, "participant-type", Kind::token, "participant.type", "Any coding of a part taken"},
    {encounter, "reason-code", Kind::token, "reasonCode", "Any coding of why"},
    {encounter, "special-arrangement", Kind::token, "hospitalization.specialArrangement",
     "Any coding of what was arranged"},
    refers(encounter, "location", "location.location", to_location, "Where"),
    refers(encounter, "participant", "participant.individual", to_participant, "Who took part"),
    refers(encounter, "practitioner", "participant.individual", to_practitioner,
           "Which practitioner took part"),
    refers(encounter, "service-provider", "serviceProvider", to_organization, "Who answers for it"),
    refers(encounter, "part-of", "partOf", to_encounter, "The encounter it is part of"),
    refers(encounter, "based-on", "basedOn", to_request, "The request behind it"),
    refers(encounter, "account", "account", {}, "The account"),
    refers(encounter, "appointment", "appointment", {}, "The appointment"),
    refers(encounter, "diagnosis", "diagnosis.condition", {}, "A diagnosis"),
    refers(encounter, "episode-of-care", "episodeOfCare", {}, "The episode it belongs to"),
    refers(encounter, "reason-reference", "reasonReference", to_result, "What it is because of"),

    refers(document, "patient", "subject", to_patient, patient_words),
    {document, "subject", Kind::reference, "", subject_words},
    {document, "patient.identifier", Kind::token, "", patient_identifier_words},
    {document, "identifier", Kind::token, "masterIdentifier|identifier", identifier_words},
    {document, "type", Kind::token, "type", "Any coding of its kind"},
    {document, "category", Kind::token, "category", "Any coding of its category"},
    coded(document, "status", "status", "http://hl7.org/fhir/document-reference-status",
          status_words),
    {document, "date", Kind::date, "date", date_words},
    {document, "period", Kind::date, "context.period", "The time it tells of"},
    {document, "description", Kind::string, "description", "Beginning of its description"},
    coded(document, "contenttype", "content.attachment.contentType", "urn:ietf:bcp:13",
          "Media type"),
    coded(document, "language", "content.attachment.language", "urn:ietf:bcp:47", "Language"),
    {document, "location", Kind::uri, "content.attachment.url", "Where its content lies"},
    {document, "format", Kind::token, "content.format", "Format of its content"},
    {document, "security-label", Kind::token, "securityLabel", "A security label"},
    {document, "event", Kind::token, "context.event", "Any coding of what it documents"},
    {document, "facility", Kind::token, "context.facilityType", "Any coding of the facility"},
    {document, "setting", Kind::token, "context.practiceSetting", "Any coding of the setting"},
    coded(document, "relation", "relatesTo.code", "http://hl7.org/fhir/document-relationship-type",
          "How it relates to another"),
    refers(document, "relatesto", "relatesTo.target", {}, "The document it relates to"),
    refers(document, "author", "author", to_author, "Who wrote it"),
    refers(document, "authenticator", "authenticator", to_performer, "Who vouches for it"),
    refers(document, "custodian", "custodian", to_organization, "Who keeps it"),
    refers(document, "encounter", "context.encounter", to_encounter, encounter_words),
    refers(document, "related", "context.related", {}, "What it belongs to: the report"),

    {message, "event", Kind::token, "eventCoding", "Event of the message: R01"},
    {message, "source-uri", Kind::uri, "source.endpoint", "Address it came from"},
    {message, "destination-uri", Kind::uri, "destination.endpoint", "Address it went to"},
    {message, "response-id", Kind::token, "response.identifier", "Message that it answers"},
    coded(message, "code", "response.code", "http://hl7.org/fhir/response-code",
          "What the answer says"),
    refers(message, "author", "author", to_collector, "Who wrote it"),
    refers(message, "enterer", "enterer", to_collector, "Who typed it"),
    refers(message, "responsible", "responsible", to_performer, "Who answers for it"),
    refers(message, "receiver", "destination.receiver", to_performer, "Whom it was for"),
    refers(message, "target", "destination.target", {}, "The device it was for"),

    // Not its every target: forty rows a message; the arrival that wrote a version knows them.
    refers(provenance, "patient", "target", to_patient, "A patient it speaks of"),
    {provenance, "patient.identifier", Kind::token, "", patient_identifier_words},
    {provenance, "recorded", Kind::date, "recorded", date_words},
    {provenance, "agent-type", Kind::token, "agent.type", "Any coding of a part taken"},
    {provenance, "agent-role", Kind::token, "agent.role", "Any coding of a role"},
    {provenance, "signature-type", Kind::token, "signature.type", "Kind of signature"},
    refers(provenance, "entity", "entity.what", {}, "What it was made from"),
    refers(provenance, "location", "location", to_location, "Where"),

    refers(task, "patient", "for", to_patient, patient_words),
    {task, "subject", Kind::reference, "", subject_words},
    {task, "patient.identifier", Kind::token, "", patient_identifier_words},
    {task, "identifier", Kind::token, "identifier", identifier_words},
    coded(task, "status", "status", "http://hl7.org/fhir/task-status", status_words),
    {task, "business-status", Kind::token, "businessStatus", "State as the site calls it"},
    {task, "code", Kind::token, "code", "What kind of question waits: site-follow-up"},
    coded(task, "intent", "intent", "http://hl7.org/fhir/task-intent", "proposal"),
    coded(task, "priority", "priority", "http://hl7.org/fhir/request-priority", "How urgent"),
    refers(task, "focus", "focus", to_question, "The result it asks to look at"),
    refers(task, "owner", "owner", to_author, "Who took it up"),
    refers(task, "requester", "requester", to_author, "Who asks"),
    refers(task, "encounter", "encounter", to_encounter, encounter_words),
    refers(task, "based-on", "basedOn", to_request, "The request behind it"),
    refers(task, "part-of", "partOf", {}, "The entry it is part of"),
    {task, "performer", Kind::token, "performerType", "Any coding of who should do it"},
    {task, "group-identifier", Kind::token, "groupIdentifier",
     "The site convention it comes from, by the name of its file"},
    {task, "authored-on", Kind::date, "authoredOn",
     "When the message was received that the entry came from"},
    {task, "modified", Kind::date, "lastModified", "When it was last changed"},
    {task, "period", Kind::date, "executionPeriod", "When it was done"},
    {task, "due", Kind::date, "restriction.period.end",
     "The day the next sample is expected, of entries of an expected repeat"},

    coded(subscription, "status", "status", "http://hl7.org/fhir/subscription-status",
          status_words),
    coded(subscription, "type", "channel.type", "http://hl7.org/fhir/subscription-channel-type",
          "Kind of channel"),
    coded(subscription, "payload", "channel.payload", "urn:ietf:bcp:13", "Media type of notices"),
    {subscription, "criteria", Kind::string, "criteria", "Beginning of the topic's URL"},
    {subscription, "url", Kind::uri, "channel.endpoint", "Where a rest-hook is told"},

    {group, "identifier", Kind::token, "identifier", identifier_words},
    {group, "code", Kind::token, "code", "Any coding of what its members have in common"},
    coded(group, "type", "type", "http://hl7.org/fhir/group-type", "person"),
    {group, "actual", Kind::token, "actual", "true: it names its members"},
    refers(group, "member", "member.entity", to_patient, "A patient who belongs to it"),
    refers(group, "managing-entity", "managingEntity", to_performer, "Who keeps it"),
});

}  // namespace

std::span<const Parameter> papers() {
  return of_papers;
}

}  // namespace gateway::fhir::search::tables
