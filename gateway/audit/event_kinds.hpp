#pragma once
#include <string_view>

namespace gateway::audit {

/// How an AuditEvent lays out who and what took part.
enum class Layout {
  reading,     // the client is the destination of what is read
  asking,      // the client is the source of a query, and the query is kept
  writing,     // the client is the source of what is written
  disclosing,  // this gateway is the source, somebody else the recipient
  itself       // this gateway alone, or somebody at its door
};

/// What the `event` of an audit row is as an AuditEvent: a row of the table in event_kinds.cpp.
struct EventKind {
  std::string_view event;
  Layout layout = Layout::itself;
  std::string_view type_system, type, type_words;
  std::string_view subtype_system, subtype;  // "": none
  char action = 'E';
  std::string_view profile;          // BALP's, for what is about no patient; "": none
  std::string_view patient_profile;  // the same for what is about one
};

/// Of an event that no row names: a thing this gateway did.
const EventKind& kind_of(std::string_view event);

inline constexpr std::string_view dicom = "http://dicom.nema.org/resources/ontology/DCM";
inline constexpr std::string_view balp = "https://profiles.ihe.net/ITI/BALP";

}  // namespace gateway::audit
