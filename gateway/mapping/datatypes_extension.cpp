#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/datatypes.hpp"
#include "gateway/mapping/numbers.hpp"

namespace gateway::mapping {

namespace {

/// N1–N5 for a number beside the results: one that needs a guess about its comma stays text.
std::optional<base::DecimalText> plain_number(std::string_view text, std::string_view comma) {
  auto number = read_plain_number(text, comma);
  if (!number || !number->issue.empty()) return std::nullopt;
  return std::move(number->value);
}

}  // namespace

bool write_measure(Desk& desk, Pen& pen, const char* name, const Text& said, const Place& place) {
  const auto number = plain_number(said.text, desk.profile().decimal_comma);
  if (!number) return false;
  const SentUnit unit = read_sent_unit(desk, place);
  const auto quantity = pen.object(name);
  pen.digits("value", *number, said);
  pen.text("unit", unit.text);
  if (unit.ucum.empty()) return true;
  pen.from("system", fhir::canonical::ucum, unit.system);
  pen.from("code", unit.ucum, unit.code);
  return true;
}

bool write_quantity_field(Desk& desk, Pen& pen, const char* name, const Place& place) {
  Place unit = place;
  unit.component = 2;
  return write_measure(desk, pen, name, desk.fields().code_at(place.part(1)), unit);
}

void write_original_status(Pen& pen, const Text& sent) {
  write_original(pen, "_status", sent);
}

void write_original(Pen& pen, const char* underscored, const Text& sent) {
  const auto shadow = pen.object(underscored);
  const auto extensions = pen.array("extension");
  const auto item = pen.item();
  pen.say("url", fhir::canonical::extension("original-status"));
  pen.text("valueCode", sent);
}

void extend_text(Draft& draft, std::string_view name, const Text& text) {
  if (text.empty()) return;
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension(name));
  draft.extensions.text("valueString", text);
}

void extend_decimal(Draft& draft, std::string_view name, const Text& text) {
  const auto number = plain_number(text.text, "");
  if (!number) return extend_text(draft, name, text);
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension(name));
  draft.extensions.digits("valueDecimal", *number, text);
}

void extend_quantity(Desk& desk, Draft& draft, std::string_view name, const Place& place) {
  if (!desk.fields().populated(place)) return;
  Pen& pen = draft.extensions;
  const auto item = pen.item();
  if (!write_quantity_field(desk, pen, "valueQuantity", place))
    pen.text("valueString", desk.fields().at(place));
  pen.say("url", fhir::canonical::extension(name));
}

void extend_contact(Desk& desk, Draft& draft, std::string_view name, const Place& field,
                    std::string_view use, Of of) {
  Pen& pen = draft.extensions;
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(field.segment, field.field); ++k) {
    if (!desk.fields().populated(field.repeated(k))) continue;
    // An e-mail address beside a number is a ContactPoint of its own.
    for (const ContactPart part : {ContactPart::number, ContactPart::email}) {
      const auto item = pen.item();
      bool written = false;
      {
        const auto value = pen.object("valueContactPoint");
        written = write_contact_part(desk, pen, field.repeated(k), use, part, of);
      }
      if (written) pen.say("url", fhir::canonical::extension(name));
    }
  }
}

void extend_address(Desk& desk, Draft& draft, std::string_view name, const Place& field, Of of) {
  Pen& pen = draft.extensions;
  for (std::uint16_t k = 1; k <= desk.fields().repetitions(field.segment, field.field); ++k) {
    const auto item = pen.item();
    bool written = false;
    {
      const auto value = pen.object("valueAddress");
      written = write_address(desk, pen, field.repeated(k), {}, of);
    }
    if (written) pen.say("url", fhir::canonical::extension(name));
  }
}

void extend_identifier(Draft& draft, std::string_view name, const IdentifierReading& identifier,
                       std::string_view type) {
  if (identifier.empty()) return;
  const auto item = draft.extensions.item();
  draft.extensions.say("url", fhir::canonical::extension(name));
  const auto value = draft.extensions.object("valueIdentifier");
  write_identifier(draft.extensions, identifier, type);
}

}  // namespace gateway::mapping
