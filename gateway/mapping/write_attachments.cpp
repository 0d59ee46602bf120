#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/uri.hpp"
#include "gateway/mapping/attachment_media.hpp"
#include "gateway/mapping/participation.hpp"
#include "gateway/mapping/write_observation.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

/// OBX-14: when the document was made.
void write_creation(Desk& desk, Draft& report, const Row& row) {
  write_time(desk, report.body, "creation", "_creation", {row.obx(), 14}, TimeForm::date_time,
             &report);
}

/// ED.2 to ED.4. An encoding that is known only says how the data are read.
SaidMedia media_of(FieldReader& fields, const Place& place) {
  SaidMedia said = said_media(fields, place.part(2), place.part(3));
  const Text encoding = fields.at(place.part(4));
  if (is_known_encoding(encoding.text))
    fields.set_aside(encoding, Reason::type);
  else
    said.encoding = encoding;
  return said;
}

void write_embedded(Desk& desk, OrderWork& order, const Row& row, const Place& place) {
  FieldReader& fields = desk.fields();
  Draft& draft = *order.report;
  Pen& pen = draft.body;
  const Text data = fields.at(place.part(5)), encoding = fields.at(place.part(4));
  const SaidMedia said = media_of(fields, place);
  const auto item = pen.item();
  if (data.empty()) {
    write_media(desk, pen, said, said.media);
    pen.text("title", row.code.said.text);
    return desk.issue("attachment-empty", &draft, place, "an attachment without data");
  }
  const Decoded decoded = decode_attachment(data.text, encoding.text);
  if (!decoded.valid) {  // F9: nothing attached; the raw message has it
    if (row.status == "corrected" || row.status == "amended")  // what it replaces is gone with it
      withdraw_bytes(desk, order, row, said.media);
    return desk.issue("attachment-invalid", &draft, place, "the data does not decode");
  }
  std::string_view media = sniffed(decoded.bytes);
  const bool unlike = media.empty() && is_told_by_bytes(said.media);
  if (media.empty()) media = unlike ? any_bytes : std::string_view(said.media);
  if (unlike || decoded.guessed)
    desk.issue("attachment-invalid", &draft, place,
               unlike ? "the bytes are not what the type says: attached as bytes alone"
                      : "no encoding is named: read as Base64");
  const std::string base64 = base::base64(decoded.bytes);
  write_media(desk, pen, said, media);
  pen.from("data", base64, data);
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
    const SaidMedia said = said_media(desk.fields(), place.part(2), place.part(3));
    withdraw_bytes(desk, order, row, said.empty() ? std::string_view() : said.media);
    desk.fields().set_aside(place, Reason::status_not_a_result);  // the raw message keeps them
  }
}

/// Paths of files have blanks; what names no scheme leads nowhere from here.
void write_pointer(Desk& desk, OrderWork& order, const Row& row, const Place& place) {
  FieldReader& fields = desk.fields();
  Pen& pen = order.report->body;
  const Text pointer = fields.code_at(place.part(1));
  if (pointer.empty()) return;
  const SaidMedia said = said_media(fields, place.part(3), place.part(4));
  const std::string url = fhir::as_url(pointer.text);
  const auto item = pen.item();
  write_media(desk, pen, said, said.empty() ? std::string_view() : said.media,
              url.empty() ? pointer : Text{});
  if (!url.empty()) pen.from("url", url, pointer);
  pen.text("title", row.code.said.text);
  write_creation(desk, *order.report, row);
}

/// Text of three lines or more is a document as well, where the report has no other. What no string
/// may hold is one anyway.
void write_long_text(OrderWork& order, bool only_too_long) {
  for (const Row& row : order.rows) {
    if (row.kind != RowKind::result && row.kind != RowKind::context) continue;
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
