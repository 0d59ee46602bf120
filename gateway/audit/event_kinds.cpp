#include "gateway/audit/event_kinds.hpp"

#include <algorithm>
#include <array>

namespace gateway::audit {
namespace {

constexpr std::string_view rest_type = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr std::string_view rest = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view lifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";

constexpr EventKind restful(std::string_view event, Layout layout, std::string_view subtype,
                            char action, std::string_view profile,
                            std::string_view patient_profile) {
  return {event, layout,  rest_type, "rest",  "Restful Operation",
          rest,  subtype, action,    profile, patient_profile};
}
constexpr EventKind disclosure(std::string_view event) {
  return {event,     Layout::disclosing, dicom, "110106", "Export",
          lifecycle, "disclose",         'R',   "",       "PrivacyDisclosure.Source"};
}
constexpr EventKind dicom_event(std::string_view event, std::string_view type,
                                std::string_view words, std::string_view subtype) {
  return {event, Layout::itself, dicom, type, words, subtype.empty() ? "" : dicom, subtype, 'E', "",
          ""};
}

// TRUST.md §5.1, row by row. The codes of DICOM: PS3.16, CID 400 and 401.
constexpr auto kinds = std::to_array<EventKind>({
    restful("ingest", Layout::writing, "create", 'C', "Create", "PatientCreate"),
    restful("arrival", Layout::writing, "create", 'C', "Create", "PatientCreate"),
    restful("ingest-duplicate", Layout::writing, "create", 'E', "", ""),
    restful("mark", Layout::writing, "update", 'U', "Update", "PatientUpdate"),
    restful("delete", Layout::writing, "delete", 'D', "Delete", "PatientDelete"),
    restful("read", Layout::reading, "read", 'R', "Read", "PatientRead"),
    restful("vread", Layout::reading, "vread", 'R', "Read", "PatientRead"),
    restful("content-opened", Layout::reading, "read", 'R', "Read", "PatientRead"),
    restful("messages-searched", Layout::asking, "search", 'E', "Query", "PatientQuery"),
    restful("patients-searched", Layout::asking, "search", 'E', "Query", "PatientQuery"),
    restful("follow-ups-read", Layout::asking, "search", 'E', "Query", "PatientQuery"),
    restful("trail-read", Layout::asking, "search", 'E', "Query", "PatientQuery"),
    restful("search", Layout::asking, "search", 'E', "Query", "PatientQuery"),
    restful("history", Layout::asking, "history", 'E', "Query", "PatientQuery"),
    restful("operation", Layout::asking, "operation", 'E', "Query", "PatientQuery"),
    restful("batch", Layout::asking, "batch", 'E', "Query", "PatientQuery"),
    restful("export", Layout::asking, "operation", 'E', "Query", "PatientQuery"),
    restful("export-delete", Layout::asking, "operation", 'E', "Query", "PatientQuery"),
    disclosure("export-file"),
    disclosure("audit-export"),
    disclosure("notify"),
    disclosure("forward"),
    dicom_event("refused", "110113", "Security Alert", ""),
    dicom_event("token", "110114", "User Authentication", "110122"),
    dicom_event("token-refused", "110114", "User Authentication", "110122"),
    dicom_event("token-introspected", "110114", "User Authentication", ""),
    dicom_event("token-revoked", "110114", "User Authentication", "110123"),
    dicom_event("sign-in", "110114", "User Authentication", "110122"),
    dicom_event("sign-in-refused", "110114", "User Authentication", "110122"),
    dicom_event("sign-in-slowed", "110114", "User Authentication", "110122"),
    dicom_event("step-up", "110114", "User Authentication", "110122"),
    dicom_event("sign-out", "110114", "User Authentication", "110123"),
    dicom_event("user-added", "110113", "Security Alert", "110137"),
    dicom_event("user-activated", "110113", "Security Alert", "110137"),
    dicom_event("user-role", "110113", "Security Alert", "110137"),
    dicom_event("user-locked", "110113", "Security Alert", "110137"),
    dicom_event("user-unlocked", "110113", "Security Alert", "110137"),
    dicom_event("user-reset", "110113", "Security Alert", "110137"),
    dicom_event("password-changed", "110113", "Security Alert", "110137"),
    dicom_event("code-set", "110113", "Security Alert", "110137"),
    dicom_event("start", "110100", "Application Activity", "110120"),
    dicom_event("stop", "110100", "Application Activity", "110121"),
    dicom_event("reload", "110113", "Security Alert", "110131"),
    dicom_event("", "110100", "Application Activity", ""),  // any other
});

}  // namespace

const EventKind& kind_of(std::string_view event) {
  const auto at = std::ranges::find(kinds, event, &EventKind::event);
  return at != kinds.end() ? *at : kinds.back();
}

}  // namespace gateway::audit
