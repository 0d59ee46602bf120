#include "gateway/http/hl7/endpoint.hpp"

#include <future>
#include <memory>

#include "gateway/intake/over_limit.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http::hl7 {
namespace {

bool is_hl7(std::string_view content_type) {
  return content_type.starts_with("application/hl7-v2") ||
         content_type.starts_with("x-application/hl7-v2+er7");
}

Response plain(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", {}, std::move(text), "hl7v2"};
}

/// Over the limit `body` is one byte longer than may come; the hash is of all of it, as at the
/// other door, so that a resend by either has the same.
intake::Received received(const Request& request, const intake::ListenerPolicy& policy) {
  const std::string_view body = request.body;
  intake::Received received;
  received.bytes = base::Buffer(request.is_cut ? body.substr(0, intake::head_bytes) : body);
  received.listener = &policy;
  received.peer = request.peer;
  received.received = request.received;
  received.over_limit = request.is_cut;
  if (!request.is_cut) return received;
  received.size = body.size();
  received.hash = base::sha256(body);
  return received;
}

}  // namespace

Endpoint::Endpoint(intake::ListenerPolicy policy, intake::Intake& intake, observe::Metrics& metrics)
    : policy_(std::move(policy)),
      intake_(intake),
      acknowledgement_seconds_(metrics.seconds(observe::names::acknowledgement_seconds)) {}

std::optional<Response> Endpoint::admit(const Request& request) const {
  if (request.method != "POST") {
    Response response = plain(405, "HL7 messages are posted\n");
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  if (!request.peer.present()) return plain(401, "a client certificate is needed\n");
  if (policy_.senders.empty())
    return plain(403, "no sender may use this door; name them in https.senders\n");
  if (!is_hl7(request.header("content-type")))
    return plain(415, "send application/hl7-v2 or x-application/hl7-v2+er7\n");
  return std::nullopt;
}

Response Endpoint::refused(const Refusal& refusal) {
  Response response = plain(refusal.status, refusal.why + "\n");
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

Response Endpoint::answer(const Request& request) {
  if (auto refusal = admit(request)) return *std::move(refusal);
  // Shared: the thread that answers may still be leaving set_value when this one goes on.
  const auto promise = std::make_shared<std::promise<intake::Answered>>();
  auto answer = promise->get_future();
  intake_.receive(received(request, policy_), [promise](intake::Answered answered) {
    promise->set_value(std::move(answered));
  });
  const intake::Answered answered = answer.get();
  if (answered.bytes.empty() && answered.close && !request.is_cut)  // held too long, unknown: R2
    return refused({503, "", "the message could not be taken; send it again"});
  std::string body = answered.bytes;
  for (const std::string& further : answered.further) body += further;
  return {request.is_cut ? 413 : 200,  // the acknowledgement says AR, or nobody asked for one
          std::string(request.header("content-type")),
          {{"Cache-Control", "no-store"}},
          std::move(body),
          "hl7v2",
          &acknowledgement_seconds_};
}

}  // namespace gateway::http::hl7
