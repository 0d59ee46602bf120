#include "gateway/http/admin/arrival_text.hpp"

#include "gateway/intake/said.hpp"
#include "gateway/mapping/kept_account.hpp"

namespace gateway::http::admin {
namespace {

std::string_view state_of(const store::ArrivalLine& line) {
  if (line.state == store::ArrivalState::accepted) return "accepted";
  return code_of(line) == "AE" ? "error" : "rejected";
}

std::string_view kind_text(store::ArrivalKind kind) {
  if (kind == store::ArrivalKind::hl7v2) return "message";
  return kind == store::ArrivalKind::bundle ? "bundle" : "consequence";
}

}  // namespace

std::string_view code_of(const store::ArrivalLine& line) {
  return intake::application_code(line.answer);
}

void write_line(fhir::JsonWriter& out, const store::ArrivalLine& line) {
  out.key("arrival").integer(line.number.value).member("received", base::to_text(line.received));
  out.member("listener", line.listener).member("sender", line.sender);
  out.member_if("message_type", line.message_type).member_if("control_id", line.control_id);
  out.member("kind", kind_text(line.kind));
  if (line.kind == store::ArrivalKind::hl7v2) out.member_if("answer", code_of(line));
  out.member("state", state_of(line)).key("size").integer(line.size);
  if (line.repeats > 0) out.key("repeats").integer(line.repeats);
  if (line.reviews > 0) out.key("reviews").integer(line.reviews);
  if (line.account.empty()) return;
  const auto fates = mapping::fates_of(line.account);
  out.key("fates").begin_object().key("mapped").integer(fates.mapped);
  out.key("set_aside").integer(fates.set_aside).key("unmapped").integer(fates.unmapped);
  out.end_object();
}

}  // namespace gateway::http::admin
