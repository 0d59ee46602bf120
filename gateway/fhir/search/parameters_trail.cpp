#include "gateway/fhir/search/parameter_tables.hpp"

namespace gateway::fhir::search::tables {
namespace {

constexpr std::string_view event = "AuditEvent";

constexpr auto of_trail = std::to_array<Parameter>({
    refers(event, "patient", "entity.what", to_patient, "A patient it is about: ID or Patient/ID"),
    refers(event, "entity", "entity.what", {}, "What was read, written or sent: Type/ID"),
    {event, "date", Kind::date, "recorded", "When it was recorded"},
    {event, "agent", Kind::token, "agent.who.identifier",
     "Who: subject of the certificate or id of the client, whole"},
    {event, "address", Kind::string, "agent.network.address", "Beginning of the address of who"},
    coded(event, "action", "action", "http://hl7.org/fhir/audit-event-action", "C, R, U, D or E"),
    coded(event, "outcome", "outcome", "http://terminology.hl7.org/CodeSystem/audit-event-outcome",
          "0: done; 4, 8: not"),
    {event, "type", Kind::token, "type", "Kind of event"},
    {event, "subtype", Kind::token, "subtype", "Kind of interaction: read, search, create …"},
});

}  // namespace

std::span<const Parameter> trail() {
  return of_trail;
}

}  // namespace gateway::fhir::search::tables
