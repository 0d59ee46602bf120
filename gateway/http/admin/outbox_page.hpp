/// Sub-room http/admin: what commands and the console ask of a running gateway, as somebody with a
/// person's role.
#pragma once
#include "gateway/http/message.hpp"
#include "gateway/outbox/desk.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::http::admin {

/// GET /admin/outbox?target=&since=&pending=true&after=&count= lists deliveries (any person's
/// role); POST /admin/outbox/retry and /discard {"target","since","deliveries":[…],"reason"} decide
/// about dead letters, POST /admin/outbox/agree {"word"} agrees to what awaits a second person
/// (role operator). JSON in and out; errors are {"error":{"what","remedy"}}. Any thread.
class OutboxPage {
 public:
  explicit OutboxPage(outbox::Desk& desk) : desk_(desk) {}
  /// `door`: "https", "socket", for the audit.
  Response answer(const Request& request, const security::Principal& who, std::string_view door);
  /// http::Site::admit: who may not ask at all, and what is too large to be a decision.
  static std::optional<Response> admit(const security::Principal& who);
  static bool serves(std::string_view path);

 private:
  Response list(const Request& request);
  Response decide(const Request& request, const security::Principal& who, std::string_view door,
                  store::LetterDecision what);
  Response agree(const Request& request, const security::Principal& who);

  outbox::Desk& desk_;
};

}  // namespace gateway::http::admin
