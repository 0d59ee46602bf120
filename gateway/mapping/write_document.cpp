#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_related = 64;  // reports that each of several documents names

std::string_view doc_status(std::string_view completion) {
  if (completion == "LA" || completion == "AU" || completion == "DO") return "final";  // table 0271
  return completion.empty() ? "" : "preliminary";
}

void write_document(Desk& desk, const PatientWork& patient, SegmentIndex txa,
                    const std::vector<std::string>& reports) {
  FieldReader& fields = desk.fields();
  const IdentifierReading number = read_ei(desk, {txa, 12});
  const std::string ordinal = std::to_string(desk.ordinal("DocumentReference\x1F" + patient.key));
  const std::string_view own = number.empty() ? std::string_view(ordinal) : number.value.text;
  const std::string message = number.empty() ? desk.control_id() : std::string();
  Draft& draft = desk.open("DocumentReference", own_id('f', "DocumentReference",
                                                       {desk.sender(), patient.key, own, message}));
  Pen& pen = draft.body;
  if (!number.empty()) {
    const auto master = pen.object("masterIdentifier");
    write_identifier(pen, number);
  }
  pen.say("status", "current");
  const Text completion = fields.code_at({txa, 17});
  if (!doc_status(completion.text).empty())
    pen.from("docStatus", doc_status(completion.text), completion);
  write_concept(desk, pen, "type", {txa, 2});
  refer(pen, "subject", patient.draft->reference());
  const TimeReading created = read_time(desk, {txa, 6});
  if (created.time && created.time->offset_minutes)
    pen.from("date", created.time->to_fhir(), created.said);
  else
    extend_time(desk, draft, "document-time", {txa, 6});
  {
    const auto authors = pen.array("author");
    for (std::uint16_t k = 1; k <= fields.repetitions(txa, 9); ++k)
      refer(pen, nullptr, practitioner(desk, {txa, 9, k}));
  }
  refer(pen, "authenticator", practitioner(desk, {txa, 22}));
  pen.text("description", fields.at({txa, 25, 0}));
  {
    const auto contents = pen.array("content");
    const auto item = pen.item();
    const auto attachment = pen.object("attachment");
    const Text file = fields.at({txa, 16});
    if (!pen.text("title", file)) pen.say("title", "see the report");
  }
  const auto context = pen.object("context");
  if (patient.encounter != nullptr) {
    const auto encounters = pen.array("encounter");
    refer(pen, nullptr, patient.encounter->reference());
  }
  const auto related = pen.array("related");
  for (const std::string& report : reports) refer(pen, nullptr, report);
}

/// The reports of this patient. Every document speaks of all of them, so where there are several
/// documents only so many: else the bundle would grow with the square of the message.
std::vector<std::string> reports_of(Desk& desk, const PatientWork& patient) {
  const auto& drafts = desk.drafts();
  const std::size_t most = patient.segments->documents.size() < 2 ? drafts.size() : most_related;
  std::vector<std::string> reports;
  for (std::size_t i = patient.first_draft; i < drafts.size() && reports.size() < most; ++i)
    if (drafts[i].key.type == "DiagnosticReport") reports.push_back(drafts[i].reference());
  return reports;
}

}  // namespace

void write_documents(Desk& desk, const PatientWork& patient) {
  if (patient.segments->documents.empty()) return;
  const auto reports = reports_of(desk, patient);
  for (const SegmentIndex txa : patient.segments->documents)
    write_document(desk, patient, txa, reports);
}

}  // namespace gateway::mapping
