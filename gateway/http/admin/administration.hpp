#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/admin/endpoints.hpp"
#include "gateway/http/admin/follow_ups_page.hpp"
#include "gateway/http/admin/live_page.hpp"
#include "gateway/http/admin/messages_page.hpp"
#include "gateway/http/admin/outbox_page.hpp"
#include "gateway/http/admin/patients_page.hpp"
#include "gateway/http/admin/people_page.hpp"
#include "gateway/http/admin/traffic_page.hpp"
#include "gateway/http/message.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::http::admin {

/// Who answers below /admin/v1/.
struct Pages {
  PeoplePage& people;
  OutboxPage& outbox;
  MessagesPage& messages;
  TrafficPage& traffic;
  PatientsPage& patients;
  LivePage& live;
  FollowUpsPage& follow_ups;
};

/// /admin/v1/, described by its openapi.json: who asks is found out, whether they may is looked up
/// in one table (access/people/roles), and only then is anything done. JSON in and out; errors are
/// {"error":{"code","what","remedy"}}.
///
/// What a session changes needs three things that a page of another site cannot have (TRUST T16):
/// a JSON content type, the session's own X-CSRF-Token, Sec-Fetch-Site: same-origin; and what is
/// grave a proof of who it is that is at most five minutes old. Any thread.
class Administration {
 public:
  /// `on_refused` takes what is noted down of who was not let do something.
  Administration(PeopleSettings settings, access::people::Sessions& sessions, Pages pages,
                 std::function<void(store::AuditRow)> on_refused);

  /// `who`: by certificate or socket; a session counts before it.
  Response answer(const Request& request, const security::Principal& who, std::string_view door);
  /// http::Site::admit: what is too large, or does not say how large it is.
  static std::optional<Response> admit(const Request& request);
  static bool serves(std::string_view path);

 private:
  base::Result<Caller> caller(const Request& request, const security::Principal& who,
                              std::string_view door);
  std::optional<Response> stopped(const Request& request, const Endpoint& endpoint,
                                  const Caller& who);
  std::optional<Response> stopped_as_foreign(const Request& request, const Caller& who) const;
  Response not_allowed(const Caller& who, const access::people::ActionRule& rule,
                       const Endpoint& endpoint);
  Response carried_out(const Request& request, const Match& match, const Caller& who);
  std::function<bool()> still_known(const Caller& who) const;
  Response shown(const Request& request, const Match& match, const Caller& who);
  Response changed(const Request& request, const Match& match, const Caller& who,
                   const fhir::Json& body);

  const PeopleSettings settings_;
  access::people::Sessions& sessions_;
  const Pages pages_;
  const std::function<void(store::AuditRow)> on_refused_;
};

}  // namespace gateway::http::admin
