// What is attached to a report, as clients find it that fetch bytes or look for documents alone
// (V2FHIR.md §3.1).
#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view pdf = "application/pdf";

/// Names an attachment: its report and row, with an ordinal where these say the same. A row that is
/// sent alone later is still itself.
class AttachmentKey {
 public:
  AttachmentKey(Desk& desk, const OrderWork& order, const Row& row)
      : head_(order.head),
        parts_{order.report->key.id, row.code.key_code, row.code.key_system, row.sub_id.text} {
    std::string joined = "Attachment";
    for (const std::string_view part : parts_) (joined += '\x1F') += part;
    const int count = desk.ordinal(joined);
    ordinal_ = std::to_string(count);
    if (count > 1) parts_.push_back(ordinal_);
  }
  AttachmentKey(const AttachmentKey&) = delete;
  AttachmentKey& operator=(const AttachmentKey&) = delete;

  std::string id(char letter, std::string_view type) const {
    return order_id(letter, head_, type, parts_);
  }

 private:
  const OrderHead& head_;
  std::string ordinal_;
  std::vector<std::string_view> parts_;
};

/// An attachment is its PDF's Binary as well, so that a client can fetch the bytes alone. Without
/// data its bytes are taken back: they stay in its history alone (T5).
std::string write_binary(Desk& desk, const AttachmentKey& key, std::string_view type,
                         std::string_view data) {
  Draft& draft = desk.open("Binary", key.id('b', "Binary"));
  draft.body.say("contentType", type);
  if (data.empty())
    draft.deleted.emplace_back("data");
  else
    draft.body.say("data", data);
  return draft.reference();
}

std::string_view doc_status(std::string_view status) {
  if (status == "final") return "final";
  if (status == "corrected" || status == "amended") return "amended";
  return status == "preliminary" || status == "registered" ? "preliminary" : "";
}

/// A PDF, or a document that no OBR has, as clients that know documents alone look for it. `url` is
/// empty where the row was withdrawn.
void write_document_of(Desk& desk, OrderWork& order, const Row& row, const AttachmentKey& key,
                       std::string_view media, const std::string& url) {
  Draft& draft = desk.open("DocumentReference", key.id('f', "DocumentReference"));
  Pen& pen = draft.body;
  pen.say("status", url.empty() ? "entered-in-error" : "current");
  if (!url.empty()) pen.say("docStatus", doc_status(row.status));
  if (!row.code.said.empty()) {
    const auto type = pen.object("type");
    write_concept(pen, row.code.said);
  }
  {
    const auto categories = pen.array("category");
    say_concept(pen, nullptr, fhir::canonical::v2_table("0074"), "LAB");
  }
  refer(pen, "subject", order.subject());
  if (order.segments->obr) {
    const TimeReading issued = read_time(desk, {*order.segments->obr, 22});
    if (issued.time && issued.time->offset_minutes) pen.say("date", issued.time->to_fhir());
  }
  {
    const auto contents = pen.array("content");
    const auto content = pen.item();
    const auto attachment = pen.object("attachment");
    pen.say("contentType", media);
    pen.say("url", url);
    pen.say("title", row.code.said.text.empty() ? "withdrawn" : row.code.said.text.text);
  }
  const auto context = pen.object("context");
  if (order.encounter() != nullptr) {
    const auto encounters = pen.array("encounter");
    refer(pen, nullptr, order.encounter()->reference());
  }
  const auto related = pen.array("related");
  refer(pen, nullptr, order.report->reference());
}

}  // namespace

void file_bytes(Desk& desk, OrderWork& order, const Row& row, std::string_view media,
                std::string_view data) {
  const AttachmentKey key(desk, order, row);
  if (media != pdf && order.segments->obr) return;
  std::string url = write_binary(desk, key, media, data);
  if (order.patient->segments->documents.size() == 1)
    order.patient->files.push_back({std::string(media), std::move(url), row.code.said.text});
  else
    write_document_of(desk, order, row, key, media, url);
}

void withdraw_bytes(Desk& desk, OrderWork& order, const Row& row, std::string_view media) {
  const AttachmentKey key(desk, order, row);
  if (!media.empty() && media != pdf && order.segments->obr) return;
  write_binary(desk, key, media.empty() ? pdf : media, "");
  if (order.patient->segments->documents.size() == 1) return;  // TXA-19 says it
  write_document_of(desk, order, row, key, "", "");
}

}  // namespace gateway::mapping
