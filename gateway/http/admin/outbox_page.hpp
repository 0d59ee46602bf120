/// Sub-room http/admin: what commands and the console ask of a running gateway, as somebody with a
/// person's role: /admin/v1/.
#pragma once
#include "gateway/fhir/json.hpp"
#include "gateway/http/message.hpp"
#include "gateway/outbox/desk.hpp"

namespace gateway::http::admin {

/// Dead letters: ?target=&since=&pending=true&after=&count= lists deliveries; a decision is
/// {"target","since","deliveries":[…],"reason"}, {"word"} agrees to what awaits a second person.
/// Who may is decided before. Any thread.
class OutboxPage {
 public:
  explicit OutboxPage(outbox::Desk& desk) : desk_(desk) {}
  Response list(std::string_view query);
  /// `door`: "https", "socket", for the audit.
  Response decide(const fhir::Json& body, const std::string& who, std::string_view door,
                  store::LetterDecision what);
  Response agree(const fhir::Json& body, const std::string& who);

 private:
  outbox::Desk& desk_;
};

}  // namespace gateway::http::admin
