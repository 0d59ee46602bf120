#include "gateway/mapping/write_message.hpp"

#include "gateway/fhir/canonical.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/notes.hpp"

namespace gateway::mapping {
namespace {

/// Where messages come from or go to: the network address (MSH-24, 25), else the application's
/// universal id, as a URI. `endpoint` is mandatory: where neither is one, that it is unknown.
void write_endpoint(Desk& desk, Pen& pen, const Place& application, const Place& network) {
  const Authority at = read_authority(desk, network), of = read_authority(desk, application);
  const auto keep = [&](std::string_view name, const Text& said) {
    if (said.empty()) return;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension(name));
    pen.text("valueString", said);
  };
  {
    const auto extensions = pen.array("extension");
    if (at.is_uri() || !of.is_uri()) keep("v2-universal-id", of.universal);
    keep("network-address", at.name);
    if (!at.is_uri()) keep("network-address", at.universal);
  }
  if (at.is_uri()) return pen.from("endpoint", at.system, at.universal);
  if (of.is_uri()) return pen.from("endpoint", of.system, of.universal);
  const auto shadow = pen.object("_endpoint");
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::standard_extension("data-absent-reason"));
  pen.say("valueCode", "unknown");
}

/// MSH-6 and 23. A facility alone is no resource of ours: it is named, and identified where it can
/// be; a responsible organization (XON) is one.
void write_receiver(Desk& desk, Pen& pen) {
  FieldReader& fields = desk.fields();
  const ActorReference responsible = organization(desk, {0, 23});
  const Place facility{0, 6};
  const Text name = fields.at(facility.part(1));
  const Authority authority = read_authority(desk, facility);
  const auto receiver = pen.object("receiver");
  if (!responsible.empty()) pen.from("reference", responsible.reference, responsible.origin);
  if (name || authority.universal) pen.say("type", "Organization");
  if (authority.universal) {
    const auto identifier = pen.object("identifier");
    if (authority.is_uri()) pen.say("system", "urn:ietf:rfc:3986");
    pen.from("value", authority.is_uri() ? authority.system : authority.universal.text,
             authority.universal);
  }
  pen.text("display", name);
}

void write_destination(Desk& desk, Pen& pen) {
  FieldReader& fields = desk.fields();
  const bool any = fields.populated(0, 5) || fields.populated(0, 6) || fields.populated(0, 23) ||
                   fields.populated(0, 25);
  if (!any) return;
  const auto destinations = pen.array("destination");
  const auto item = pen.item();
  pen.text("name", fields.at(Place{0, 5}.part(1)));
  write_endpoint(desk, pen, {0, 5}, {0, 25});
  write_receiver(desk, pen);
}

/// MSH-19 as a BCP 47 tag, where it is plainly one ("de", "en-GB"); else as it was sent.
void write_language(Desk& desk, Draft& draft) {
  const Text code = desk.fields().code_at(Place{0, 19}.part(1));
  std::string tag(code.text.substr(0, 2));
  for (char& c : tag)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const bool letters =
      tag.size() == 2 && tag.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == tag.npos;
  const bool region = code.text.size() == 5 && code.text[2] == '-' && code.text[3] >= 'A' &&
                      code.text[3] <= 'Z' && code.text[4] >= 'A' && code.text[4] <= 'Z';
  const bool alone = code.text.size() == 2;
  if (!letters || (!alone && !region))
    return extend_concept(desk, draft, "message-language", {0, 19});
  draft.body.from("language", tag + std::string(code.text.substr(2)), code);
  const Place place{0, 19};
  if (desk.fields().populated(place.part(2)))
    extend_concept(desk, draft, "message-language", place);  // with its name
  desk.fields().set_aside(desk.fields().at(place.part(3)), Reason::type);
}

/// MSH-8 is text, MSH-26 and 27 are coded.
void write_labels(Desk& desk, Draft& draft) {
  FieldReader& fields = desk.fields();
  for (const std::uint16_t field : {std::uint16_t{8}, std::uint16_t{26}, std::uint16_t{27}}) {
    const char* table = field == 26 ? "0952" : "";
    for (std::uint16_t k = 1; k <= fields.repetitions(0, field); ++k)
      label(desk, draft, {0, field, k}, table);
  }
}

void write_event(Desk& desk, Draft& draft) {
  FieldReader& fields = desk.fields();
  const Text trigger = fields.code_at(Place{0, 9}.part(2));
  const Text type = fields.code_at(Place{0, 9}.part(1));
  {
    const auto event = draft.body.object("eventCoding");
    draft.body.say("system", system_of_table(desk, "0003", trigger.empty() ? "R01" : trigger.text));
    if (!draft.body.text("code", trigger)) draft.body.say("code", "R01");
  }
  extend_text(draft, "v2-message-type", type);
}

bool is_known_version(std::string_view text) {
  const int number = hl7v2::version_number(text);
  return number >= 20100 && number < 21000;
}

bool is_id(std::string_view text) {
  constexpr std::size_t longest = 64;  // FHIR R4, id
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
  return !text.empty() && text.size() <= longest && text.find_first_not_of(allowed) == text.npos;
}

/// MSA of results that answer a question: what they answer, and how that went. FHIR's identifier is
/// an id; a control id that cannot be one stays unmapped.
void write_response(Desk& desk, Pen& pen, SegmentIndex msa) {
  const Text code = desk.fields().code_at({msa, 1}), answered = desk.fields().code_at({msa, 2});
  const std::string_view ends = code.text.size() == 2 ? code.text.substr(1) : code.text;
  const std::string_view meant = ends == "A"   ? "ok"
                                 : ends == "E" ? "transient-error"
                                 : ends == "R" ? "fatal-error"
                                               : "";
  if (meant.empty() || !is_id(answered.text)) return;
  const auto response = pen.object("response");
  pen.text("identifier", answered);
  pen.from("code", meant, code);
}

}  // namespace

Draft& write_message_header(Desk& desk, const Structure& structure) {
  FieldReader& fields = desk.fields();
  const std::string& bytes = desk.message_digest();
  Draft& draft = desk.open("MessageHeader",
                           own_id('m', "MessageHeader", {desk.sender(), desk.control_id(), bytes}));
  Pen& pen = draft.body;
  const Text processing = fields.code_at(Place{0, 11}.part(1));
  write_language(desk, draft);
  write_event(desk, draft);
  write_destination(desk, pen);
  refer(pen, "sender", sending_organization(desk));
  {
    const auto source = pen.object("source");
    pen.text("name", fields.at(Place{0, 3}.part(1)));
    write_endpoint(desk, pen, {0, 3}, {0, 24});
  }
  refer(pen, "responsible", organization(desk, {0, 22}));
  if (structure.answers) write_response(desk, pen, *structure.answers);
  write_labels(desk, draft);
  extend_text(draft, "v2-control-id", fields.code_at({0, 10}));
  extend_text(draft, "processing-id", processing);
  extend_text(draft, "v2-version", fields.code_at({0, 12}));
  if (!is_known_version(fields.code_at(Place{0, 12}.part(1)).text))
    desk.issue("version-assumed", &draft, {0, 12}, "no version from 2.1 to 2.9: read as 2.5.1");
  for (std::uint16_t k = 1; k <= fields.repetitions(0, 18); ++k)
    extend_text(draft, "character-set", fields.code_at({0, 18, k}));
  for (std::uint16_t k = 1; k <= fields.repetitions(0, 21); ++k) {
    const IdentifierReading profile = read_ei(desk, {0, 21, k});
    if (profile.empty()) continue;
    const auto item = draft.extensions.item();
    draft.extensions.say("url", fhir::canonical::extension("v2-profile"));
    const auto value = draft.extensions.object("valueIdentifier");
    write_identifier(draft.extensions, profile);
  }
  if (!processing.empty() && processing.text != "P")
    draft.tags.emplace_back(system_of_table(desk, "0103", processing.text), processing.text);
  for (const SegmentIndex note : structure.loose_notes)
    extend_note(desk, draft, fhir::canonical::extension("note"), note);
  return draft;
}

void write_focus(Desk& desk) {
  Pen& pen = desk.header()->body;
  const auto focus = pen.array("focus");
  for (const Draft& draft : desk.drafts())
    if (draft.key.type == "DiagnosticReport") refer(pen, nullptr, draft.reference());
}

}  // namespace gateway::mapping
