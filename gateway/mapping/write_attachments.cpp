#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

struct MediaType {
  std::string_view name, type;
};
// Subtypes of table 0291 and what laboratories write for them.
constexpr MediaType media_types[] = {{"pdf", "application/pdf"},
                                     {"application/pdf", "application/pdf"},
                                     {"html", "text/html"},
                                     {"text/html", "text/html"},
                                     {"rtf", "text/rtf"},
                                     {"xml", "application/xml"},
                                     {"text/xml", "text/xml"},
                                     {"plain", "text/plain"},
                                     {"jpeg", "image/jpeg"},
                                     {"jpg", "image/jpeg"},
                                     {"image/jpeg", "image/jpeg"},
                                     {"png", "image/png"},
                                     {"tiff", "image/tiff"},
                                     {"gif", "image/gif"},
                                     {"dicom", "application/dicom"},
                                     {"octet-stream", "application/octet-stream"}};

/// What the bytes say they are, whatever the sender called them.
std::string_view sniffed(std::string_view bytes) {
  constexpr std::size_t pdf_begins_within = 1024;  // ISO 32000 readers look no further
  if (bytes.substr(0, pdf_begins_within).find("%PDF-") != bytes.npos) return "application/pdf";
  if (bytes.starts_with("\x89PNG\r\n")) return "image/png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("{\\rtf")) return "text/rtf";
  return {};
}

std::string_view declared(std::string_view type, std::string_view subtype) {
  const std::string whole = lower(type) + "/" + lower(subtype), part = lower(subtype);
  for (const MediaType& known : media_types) {
    if (known.name == whole || known.name == part || (part.empty() && known.name == lower(type)))
      return known.type;
  }
  return "application/octet-stream";
}

std::optional<std::string> hex_decode(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r') continue;
    const std::size_t digit = std::string_view("0123456789abcdef").find(lower({&c, 1}));
    if (digit == std::string_view::npos) return std::nullopt;
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      bytes += static_cast<char>(high * 16 + static_cast<int>(digit));
      high = -1;
    }
  }
  return high < 0 ? std::optional(bytes) : std::nullopt;
}

struct Decoded {
  std::string bytes;
  bool valid = true;
  bool guessed = false;  // no encoding was named
};

Decoded decode(std::string_view data, std::string_view encoding) {
  const std::string how = lower(encoding);
  std::optional<std::string> bytes;
  if (how.empty()) {  // taken as Base64 only where that gives a document
    bytes = base::base64_decode(data);
    if (bytes && !sniffed(*bytes).empty()) return {*bytes, true, true};
    return {std::string(data)};
  }
  if (how == "base64")
    bytes = base::base64_decode(data);
  else if (how == "hex")
    bytes = hex_decode(data);
  else
    bytes = std::string(data);
  if (bytes) return {*bytes};
  return {std::string(data), false};
}

/// Types whose bytes tell what they are: others nobody can check.
bool is_told_by_bytes(std::string_view media) {
  return media == "application/pdf" || media == "image/png" || media == "image/jpeg";
}

/// OBX-14: when the document was made.
void write_creation(Desk& desk, Draft& report, const Row& row) {
  write_time(desk, report.body, "creation", "_creation", {row.obx(), 14}, TimeForm::date_time,
             &report);
}

void write_embedded(Desk& desk, OrderWork& order, const Row& row, const Place& place) {
  FieldReader& fields = desk.fields();
  Draft& draft = *order.report;
  Pen& pen = draft.body;
  const auto part = [&](std::uint16_t number) { return fields.at(place.part(number)); };
  const Text data = part(5), type = part(2), subtype = part(3), encoding = part(4);
  const auto item = pen.item();
  if (data.empty()) {
    pen.say("contentType", declared(type.text, subtype.text));
    pen.text("title", row.code.said.text);
    for (const Text& said : {type, subtype}) pen.land("contentType", said);
    fields.set_aside(encoding, Reason::type);
    return desk.issue("attachment-empty", &draft, place, "an attachment without data");
  }
  const Decoded decoded = decode(data.text, encoding.text);
  if (!decoded.valid) {  // F9: nothing attached; the raw message has it
    fields.set_aside(encoding, Reason::type);
    if (row.status == "corrected" || row.status == "amended")  // what it replaces is gone with it
      withdraw_bytes(desk, order, row, declared(type.text, subtype.text));
    return desk.issue("attachment-invalid", &draft, place, "the data does not decode");
  }
  std::string_view media = sniffed(decoded.bytes);
  const bool unlike = media.empty() && is_told_by_bytes(declared(type.text, subtype.text));
  if (unlike)
    media = "application/octet-stream";
  else if (media.empty())
    media = declared(type.text, subtype.text);
  if (unlike || decoded.guessed)
    desk.issue("attachment-invalid", &draft, place,
               unlike ? "the bytes are not what the type says: attached as bytes alone"
                      : "no encoding is named: read as Base64");
  const std::string base64 = base::base64(decoded.bytes);
  pen.say("contentType", media);
  for (const Text& said : {type, subtype}) pen.land("contentType", said);
  pen.from("data", base64, data);
  pen.land("data", encoding);
  pen.text("title", row.code.said.text);
  write_creation(desk, draft, row);
  file_bytes(desk, order, row, media, base64);
}

/// T4, T5, T10: the documents of a row that is taken back, as far as it says what they were.
void withdraw(Desk& desk, OrderWork& order, const Row& row) {
  if (row.type.text != "ED") return;
  const std::uint16_t count = desk.fields().repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= std::max<std::uint16_t>(count, 1); ++k) {
    const Place place{row.obx(), 5, k};
    const Text type = desk.fields().at(place.part(2)), subtype = desk.fields().at(place.part(3));
    const bool said = !type.empty() || !subtype.empty();
    withdraw_bytes(desk, order, row, said ? declared(type.text, subtype.text) : "");
    desk.fields().set_aside(place, Reason::status_not_a_result);  // the raw message keeps them
  }
}

void write_pointer(Desk& desk, OrderWork& order, const Row& row, const Place& place) {
  FieldReader& fields = desk.fields();
  Pen& pen = order.report->body;
  const auto part = [&](std::uint16_t number) { return fields.at(place.part(number)); };
  const Text pointer = fields.code_at(place.part(1)), type = part(3), subtype = part(4);
  if (pointer.empty()) return;
  const auto item = pen.item();
  if (!type.empty() || !subtype.empty()) {
    pen.say("contentType", declared(type.text, subtype.text));
    for (const Text& said : {type, subtype}) pen.land("contentType", said);
  }
  pen.text("url", pointer);
  pen.text("title", row.code.said.text);
  write_creation(desk, *order.report, row);
}

/// Text of three lines or more is a document as well, where the report has no other. What no string
/// may hold is one anyway.
void write_long_text(OrderWork& order, bool only_too_long) {
  for (const Row& row : order.rows) {
    if (row.kind != RowKind::result) continue;
    if (row.too_long.empty() && (only_too_long || row.lines.size() < 2)) continue;
    const std::string& text = row.long_text;
    if (text.empty()) continue;
    Pen& pen = order.report->body;
    const auto item = pen.item();
    pen.say("contentType", report_text);
    pen.say("data", base::base64(text));
    for (const Text& origin : row.too_long) pen.land("data", origin);
    pen.say("title", row.code.said.text.text);
  }
}

/// What the row of a document says besides: a report has no elements for how, on what and where
/// something was measured, so all of it stands beside.
void extend_row(Desk& desk, const OrderWork& order, const Row& row) {
  FieldReader& fields = desk.fields();
  Draft& draft = *order.report;
  const SegmentIndex obx = row.obx();
  extend_concepts(desk, draft, "attachment-interpretation", obx, 8);
  extend_concepts(desk, draft, "further-method", obx, 17);
  for (std::uint16_t k = 1; k <= fields.repetitions(obx, 18); ++k)
    extend_identifier(draft, "further-device", read_ei(desk, {obx, 18, k}));
  extend_concepts(desk, draft, "further-body-site", obx, 20);
  extend_identifier(draft, "attachment-identifier", read_ei(desk, {obx, 21}), "FILL");
  extend_text(draft, "attachment-type", fields.code_at({obx, 29}));
  extend_far_fields(desk, draft, obx);
  const SpecimenSegments* specimen =
      row.specimen ? order.patient->specimens[*row.specimen].segments : nullptr;
  if (specimen != nullptr) fields.set_aside_repeated(Place{obx, 33, 0}, Place{specimen->spm, 2, 0});
  extend_participants(desk, draft, participations(desk, row.segments->details));
}

/// Where an attachment's row is read: its code and status land on the attachment's title.
void settle_row(Desk& desk, OrderWork& order, const Row& row) {
  FieldReader& fields = desk.fields();
  Draft& draft = *order.report;
  if (!row.code.said.empty()) extend_concept(desk, draft, "attachment-code", {row.obx(), 3});
  extend_text(draft, "attachment-sub-id", row.sub_id);
  extend_text(draft, "attachment-status", row.sent_status);
  for (std::uint16_t k = 1; k <= fields.repetitions(row.obx(), 5); ++k)
    extend_text(draft, "source-application",
                fields.at(Place{row.obx(), 5, k}.part(row.type.text == "ED" ? 1 : 2)));
  extend_row(desk, order, row);
}

}  // namespace

bool is_gone(Desk& desk, const Row& attachment) {
  return attachment.status == "entered-in-error" || attachment.status == "cancelled" ||
         desk.fields().at({attachment.obx(), 5}).null;
}

void write_attachments(Desk& desk, OrderWork& order) {
  FieldReader& fields = desk.fields();
  bool any = false;
  {
    const auto forms = order.report->body.array("presentedForm");
    for (const Row& row : order.rows) {
      if (row.kind != RowKind::attachment) continue;
      if (is_gone(desk, row)) {
        withdraw(desk, order, row);
        continue;
      }
      any = true;
      if (row.sent_status.text == "U") continue;  // T6
      for (std::uint16_t k = 1; k <= fields.repetitions(row.obx(), 5); ++k) {
        const Place place{row.obx(), 5, k};
        row.type.text == "RP" ? write_pointer(desk, order, row, place)
                              : write_embedded(desk, order, row, place);
      }
    }
    write_long_text(order, any);
  }
  for (const Row& row : order.rows) {
    if (row.kind != RowKind::attachment) continue;
    settle_row(desk, order, row);
  }
}

}  // namespace gateway::mapping
