#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/notes.hpp"
#include "gateway/mapping/write_message.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_related = 64;  // reports that each of several documents names

std::string_view completion_status(std::string_view completion) {
  if (completion == "LA" || completion == "AU" || completion == "DO") return "final";  // table 0271
  return "preliminary";
}

std::string_view status_of(std::string_view availability) {
  if (availability == "CA") return "entered-in-error";  // table 0273
  return availability == "OB" ? "superseded" : "current";
}

/// TXA-17: FHIR has two words where the table has seven, so the sender's stands beside.
void write_completion(Desk& desk, Pen& pen, SegmentIndex txa) {
  const Text whole = desk.fields().code_at({txa, 17});
  if (whole.empty()) return;
  const Text code = desk.fields().code_at(Place{txa, 17}.part(1));
  pen.from("docStatus", completion_status(code.text), code);
  write_original(pen, "_docStatus", whole);
}

/// TXA-19; what FHIR's three words do not tell stays beside them.
void write_availability(Pen& pen, const Text& sent) {
  const std::string_view status = status_of(sent.text);
  if (sent.empty() || sent.text == "AV" || status != "current")
    return pen.from("status", status, sent);
  pen.say("status", status);
  write_original_status(pen, sent);
}

/// TXA-13: an addendum or a later state of another document (IG: appends).
void write_relations(Desk& desk, Pen& pen, SegmentIndex txa) {
  const IdentifierReading parent = read_ei(desk, {txa, 13});
  if (parent.empty()) return;
  const auto relations = pen.array("relatesTo");
  const auto item = pen.item();
  pen.say("code", "appends");
  const auto target = pen.object("target");
  pen.say("type", "DocumentReference");
  const auto identifier = pen.object("identifier");
  write_identifier(pen, parent);
}

/// TXA-18, table 0272.
void write_label(Desk& desk, Pen& pen, SegmentIndex txa) {
  const Concept said = read_concept(desk, {txa, 18});
  if (said.codings.empty()) return;
  const auto labels = pen.array("securityLabel");
  const auto item = pen.item();
  const auto codings = pen.array("coding");
  const auto one = pen.item();
  write_table_coding(desk, pen, said.codings.front(), "0272");
}

/// TXA-7, 8, 11: when and by whom it was typed and edited.
void extend_document(Desk& desk, Draft& draft, SegmentIndex txa) {
  FieldReader& fields = desk.fields();
  extend_time(desk, draft, "transcription-time", {txa, 7});
  for (std::uint16_t k = 1; k <= fields.repetitions(txa, 8); ++k)
    extend_time(desk, draft, "edit-time", {txa, 8, k});
  for (std::uint16_t k = 1; k <= fields.repetitions(txa, 11); ++k)
    extend_reference(draft, "transcriptionist", practitioner(desk, {txa, 11, k}));
}

/// TXA-14, 15: the orders it speaks of, by their numbers.
void write_order_numbers(Desk& desk, Pen& pen, SegmentIndex txa) {
  for (const auto& [field, type] :
       {std::pair<std::uint16_t, const char*>{14, "PLAC"}, {15, "FILL"}}) {
    for (std::uint16_t k = 1; k <= desk.fields().repetitions(txa, field); ++k) {
      const IdentifierReading number = read_ei(desk, {txa, field, k});
      if (number.empty()) continue;
      const auto item = pen.item();
      pen.say("type", "ServiceRequest");
      const auto identifier = pen.object("identifier");
      write_identifier(pen, number, type);
    }
  }
}

/// TXA-5, 9, 10, 22: who wrote it, and who has authenticated it or else is to.
void write_authors(Desk& desk, Pen& pen, SegmentIndex txa) {
  FieldReader& fields = desk.fields();
  {
    const auto authors = pen.array("author");
    for (const std::uint16_t field : {std::uint16_t{5}, std::uint16_t{9}})
      for (std::uint16_t k = 1; k <= fields.repetitions(txa, field); ++k)
        refer(pen, nullptr, practitioner(desk, {txa, field, k}));
  }
  const bool done =
      fields.populated(Place{txa, 22, 1, 1}) || fields.populated(Place{txa, 22, 1, 2});
  refer(pen, "authenticator",
        practitioner(desk, {txa, done ? std::uint16_t{22} : std::uint16_t{10}}));
}

/// TXA-25, and the notes behind the TXA: a description is one text (V2FHIR.md §2.4).
void write_description(Desk& desk, Pen& pen, const DocumentSegments& document) {
  const Text title = desk.fields().at({document.txa, 25, 0});
  std::string text(title.text);
  for (const SegmentIndex note : document.notes) {
    const std::string words = text_of_note(desk, note);
    if (!text.empty() && !words.empty()) text += '\n';
    text += words;
  }
  if (text.find_first_not_of(" \t\r\n") == text.npos) return;
  pen.from("description", text, title);
  for (const SegmentIndex note : document.notes)
    pen.land("description", desk.fields().at({note, 3, 0}));
}

/// The files that the message brings with it, by name of TXA-16; without any, where to look.
void write_content(Desk& desk, Pen& pen, const PatientWork& patient, SegmentIndex txa) {
  const auto contents = pen.array("content");
  const Text file = desk.fields().at({txa, 16});
  std::vector<AttachedFile> files = patient.files;
  if (files.empty()) files.emplace_back();
  for (const AttachedFile& one : files) {
    const auto item = pen.item();
    const auto attachment = pen.object("attachment");
    pen.say("contentType", one.media);
    pen.say("url", one.url);
    if (&one == &files.front() && pen.text("title", file)) continue;
    pen.say("title", one.title.empty() ? "see the report" : one.title.text);
  }
}

/// The id of a document is made of its number. One without is named by its place among the
/// patient's, as is a second one of the same number: a message that gives one to two keeps both.
std::string document_id(Desk& desk, const PatientWork& patient, const IdentifierReading& number) {
  const std::string_view own = number.value.text;
  const std::string message = number.empty() ? desk.control_id() : std::string();
  std::string key = "DocumentReference\x1F" + patient.key + '\x1F';
  const int place = desk.ordinal(key += own);
  if (!own.empty() && place == 1)
    return own_id('f', "DocumentReference", {desk.sender(), patient.key, own, message});
  const std::string ordinal = std::to_string(place);
  return own_id('f', "DocumentReference", {desk.sender(), patient.key, own, message, ordinal});
}

void write_document(Desk& desk, const PatientWork& patient, const DocumentSegments& document,
                    const std::vector<std::string>& reports) {
  const SegmentIndex txa = document.txa;
  FieldReader& fields = desk.fields();
  const IdentifierReading number = read_ei(desk, {txa, 12});
  Draft& draft = desk.open("DocumentReference", document_id(desk, patient, number));
  desk.owns(txa, draft);
  Pen& pen = draft.body;
  if (!number.empty()) {
    const auto master = pen.object("masterIdentifier");
    write_identifier(pen, number);
  }
  const Text availability = fields.code_at({txa, 19});
  write_availability(pen, availability);
  write_completion(desk, pen, txa);
  write_concept(desk, pen, "type", {txa, 2});
  refer(pen, "subject", patient.reference());
  const TimeReading created = read_time(desk, {txa, 6});
  if (created.time && created.time->offset_minutes)
    pen.from("date", created.time->to_fhir(), created.said);
  else
    extend_time(desk, draft, "document-time", {txa, 6});
  write_authors(desk, pen, txa);
  write_relations(desk, pen, txa);
  write_label(desk, pen, txa);
  extend_document(desk, draft, txa);
  write_description(desk, pen, document);
  write_content(desk, pen, patient, txa);
  const auto context = pen.object("context");
  if (patient.encounter != nullptr) {
    const auto encounters = pen.array("encounter");
    refer(pen, nullptr, patient.encounter->reference());
  }
  {
    const auto period = pen.object("period");
    write_time(desk, pen, "start", "_start", {txa, 4}, TimeForm::date_time, &draft);
  }
  const auto related = pen.array("related");
  for (const std::string& report : reports) refer(pen, nullptr, report);
  write_order_numbers(desk, pen, txa);
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
  for (const DocumentSegments& document : patient.segments->documents)
    write_document(desk, patient, document, reports);
}

}  // namespace gateway::mapping
