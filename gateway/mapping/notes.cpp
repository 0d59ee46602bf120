#include "gateway/mapping/notes.hpp"

#include "gateway/fhir/canonical.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/mapping/actors.hpp"

namespace gateway::mapping {
namespace {

void write_kind(Desk& desk, Pen& pen, SegmentIndex nte) {
  const Text source = desk.fields().code_at({nte, 2});
  const auto extensions = pen.array("extension");
  if (!source.empty()) {
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension("note-type"));
    const auto value = pen.object("valueCodeableConcept");
    const auto coding = pen.array("coding");
    const auto one = pen.item();
    pen.say("system", system_of_table(desk, "0105", source.text));
    pen.text("code", source);
  }
  for (const auto& [field, name] : {std::pair{4, "note-type"}, std::pair{9, "note-code"}}) {
    const Concept said = read_concept(desk, {nte, static_cast<std::uint16_t>(field)});
    if (said.empty()) continue;
    const auto item = pen.item();
    pen.say("url", fhir::canonical::extension(name));
    const auto value = pen.object("valueCodeableConcept");
    write_concept(pen, said);
  }
}

/// NTE-3; where it is empty what NTE-9 says in words, or in a code.
struct NoteText {
  std::string text;  // "" where it says nothing
  Text origin;
};

NoteText read_note(Desk& desk, SegmentIndex nte) {
  FieldReader& fields = desk.fields();
  NoteText note;
  const std::uint16_t count = fields.repetitions(nte, 3);
  for (std::uint16_t k = 1; k <= count; ++k) {
    if (k > 1) note.text += '\n';
    note.text += fields.at({nte, 3, k}).text;
  }
  note.origin = fields.at({nte, 3, 0});
  if (note.text.find_first_not_of(" \t\r\n") != note.text.npos) return note;
  const Concept coded = read_concept(desk, {nte, 9});
  note.origin =
      !coded.text.empty() || coded.codings.empty() ? coded.text : coded.codings.front().code;
  note.text = note.origin.text;
  return note;
}

/// Of what kind a note would be that says nothing (V2FHIR.md §2.4).
void set_aside_kind(FieldReader& fields, SegmentIndex nte) {
  for (const std::uint16_t field : {std::uint16_t{2}, std::uint16_t{4}})
    fields.set_aside_field(nte, field, Reason::blank);
}

/// Members of the Annotation that is open.
void write_annotation(Desk& desk, Pen& pen, SegmentIndex nte, std::string_view text,
                      const Text& origin, Draft* concerned) {
  write_kind(desk, pen, nte);
  refer(pen, "authorReference", practitioner(desk, {nte, 5}));
  write_time(desk, pen, "time", "_time", {nte, 6}, TimeForm::date_time, concerned);
  pen.from("text", text, origin);
}

/// Takes from `text` what one FHIR string may hold (R4 §2.24.0.1): up to a line end where there is
/// one, never in the middle of a character.
std::string_view take_piece(std::string_view& text) {
  constexpr std::size_t longest = 1024 * 1024;
  std::size_t size = text.size();
  if (size > longest) {
    const std::size_t line_end = text.rfind('\n', longest - 1);
    size = line_end == text.npos ? longest : line_end + 1;
    while (line_end == text.npos && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
      --size;
  }
  const std::string_view piece = text.substr(0, size);
  text.remove_prefix(size);
  return piece;
}

}  // namespace

Text text_of_comment(FieldReader& fields, const Place& repetition) {
  const Text whole = fields.at(repetition);
  const Text words = fields.at(repetition.part(2));
  return words.leaf_count > 0 && words.leaf_count == whole.leaf_count ? words : whole;
}

bool is_one_text(Desk& desk, std::uint16_t field) {
  constexpr int repeating_since = 20900;
  const Text version = desk.fields().code_at(Place{0, 12}.part(1));
  return field == 13 && hl7v2::version_number(version.text) < repeating_since;
}

std::string one_text(Desk& desk, const Place& field) {
  Place whole = field;
  whole.repetition = 0;
  std::string text(desk.fields().at(whole).text);
  if (!text.empty() && !desk.fields().populated(field))
    text.insert(0, desk.message().delimiters().repetition);  // "~CD 12"
  return text;
}

std::string text_of_note(Desk& desk, SegmentIndex nte) {
  return read_note(desk, nte).text;
}

void write_note(Desk& desk, Pen& pen, SegmentIndex nte, Draft* concerned) {
  const NoteText said = read_note(desk, nte);
  if (said.text.empty()) return set_aside_kind(desk.fields(), nte);
  for (std::string_view rest = said.text; !rest.empty();) {
    const auto item = pen.item();
    write_annotation(desk, pen, nte, take_piece(rest), said.origin, concerned);
  }
}

void write_note(Pen& pen, const Note& note) {
  if (note.said.empty()) return;
  const auto item = pen.item();
  pen.from("text", note.lead + std::string(note.said.text), note.said);
}

void extend_note(Desk& desk, Draft& draft, std::string_view url, SegmentIndex nte) {
  const NoteText said = read_note(desk, nte);
  if (said.text.empty()) return set_aside_kind(desk.fields(), nte);
  for (std::string_view rest = said.text; !rest.empty();) {
    const auto item = draft.extensions.item();
    draft.extensions.say("url", url);
    const auto value = draft.extensions.object("valueAnnotation");
    write_annotation(desk, draft.extensions, nte, take_piece(rest), said.origin, &draft);
  }
}

void extend_note(Draft& draft, std::string_view url, const Note& note) {
  if (note.said.empty()) return;
  const auto item = draft.extensions.item();
  draft.extensions.say("url", url);
  const auto value = draft.extensions.object("valueAnnotation");
  draft.extensions.from("text", note.lead + std::string(note.said.text), note.said);
}

}  // namespace gateway::mapping
