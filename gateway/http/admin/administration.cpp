#include "gateway/http/admin/administration.hpp"

#include <charconv>

#include "gateway/http/admin/answers.hpp"
#include "gateway/http/admin/embedded.hpp"
#include "gateway/http/strict.hpp"
#include "gateway/security/password.hpp"

namespace gateway::http::admin {
namespace {

using access::people::ActionRule;
using access::people::Sessions;
using fhir::Json;
namespace people = access::people;

constexpr std::string_view admin_path = "/admin";

bool changes(const Request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

/// What is forbidden to one session is not what is refused to anybody: pages ask for a code then.
Response proof_needed() {
  return refused(403, "proof-needed", "prove first that it is you",
                 "send your code, or your password if you have no code, to session/proof");
}

}  // namespace

Administration::Administration(PeopleSettings settings, Sessions& sessions, Pages pages,
                               std::function<void(store::AuditRow)> on_refused)
    : settings_(std::move(settings)),
      sessions_(sessions),
      pages_(pages),
      on_refused_(std::move(on_refused)) {}

bool Administration::serves(std::string_view path) {
  return path.starts_with(admin_path) &&
         (path.size() == admin_path.size() || path[admin_path.size()] == '/');
}

std::optional<Response> Administration::admit(const Request& request) {
  if (!changes(request)) return std::nullopt;
  const auto length = request.header("content-length");
  std::size_t bytes = 0;
  const auto* end = length.data() + length.size();
  if (length.empty() || std::from_chars(length.data(), end, bytes).ptr != end)
    return strict(refused(411, "", "say how long the body is", "send Content-Length"));
  if (bytes > longest_body) return strict(refused(413, "", "this is too long", "at most 64 KiB"));
  return std::nullopt;
}

base::Result<Caller> Administration::caller(const Request& request, const security::Principal& who,
                                            std::string_view door) {
  Caller out;
  out.address = request.peer.address.substr(0, request.peer.address.rfind(':'));
  out.door = door;
  if (const auto token = cookie(request, settings_.session_cookie()); !token.empty()) {
    auto session = sessions_.find(token);
    if (!session) return session.error();
    if (*session) {
      out.session = *std::move(session);
      out.token = token;
      out.name = out.session->user;
      out.role = people::name_of(out.session->role);
      return out;
    }
  }
  if (!who.authenticated) return out;
  out.name = who.name;
  out.role = who.role;
  return out;
}

std::optional<Response> Administration::stopped_as_foreign(const Request& request,
                                                           const Caller& who) const {
  const auto site = request.header("sec-fetch-site");
  const bool is_ours = site == "same-origin";
  const bool is_browser = who.session || (who.role.empty() && who.door != "socket");
  if (is_browser ? !is_ours : !site.empty() && !is_ours)
    return refused(403, "foreign", "this comes from a page of another site",
                   "use the console of this gateway (Sec-Fetch-Site: same-origin)");
  if (who.session &&
      !security::equal_secrets(request.header("x-csrf-token"), Sessions::csrf_token(who.token)))
    return refused(403, "foreign", "X-CSRF-Token is not that of the session",
                   "send `csrf` of GET /admin/v1/session");
  return std::nullopt;
}

Response Administration::not_allowed(const Caller& who, const ActionRule& rule,
                                     const Endpoint& endpoint) {
  if (who.role.empty())
    return refused(401, "sign-in", "who asks is not known here",
                   "sign in at /console/, or show a certificate of access.certificates");
  auto row = people::row_of("refused", who.actor(), sessions_.now(), "403",
                            std::string(endpoint.path) + " as " + who.role);
  on_refused_(std::move(row));
  return refused(403, "role", "your role may not " + std::string(rule.words),
                 "ask somebody whose role may");
}

std::optional<Response> Administration::stopped(const Request& request, const Endpoint& endpoint,
                                                const Caller& who) {
  const ActionRule* rule = endpoint.action ? &people::rule_of(*endpoint.action) : nullptr;
  if (rule != nullptr && !people::may(who.role, *endpoint.action))
    return not_allowed(who, *rule, endpoint);
  if (endpoint.session_only && !who.session)
    return refused(401, "session-needed", "this is about one's own session", "sign in first");
  if (!changes(request)) return std::nullopt;
  if (auto foreign = stopped_as_foreign(request, who)) return foreign;
  if (rule != nullptr && rule->step_up && who.session && !sessions_.is_proved(*who.session))
    return proof_needed();
  return std::nullopt;
}

Response Administration::answer(const Request& request, const security::Principal& principal,
                                std::string_view door) {
  const auto found = match(request.method, request.path);
  if (!found.is_path)
    return strict(refused(404, "", "nothing answers here", "GET /admin/v1/openapi.json says what"));
  if (found.endpoint == nullptr)
    return strict(refused(405, "", "this is not done with " + request.method,
                          "GET /admin/v1/openapi.json says how"));
  const auto who = caller(request, principal, door);
  if (!who) return strict(refused(who.error()));
  auto stop = stopped(request, *found.endpoint, *who);
  Response response = stop ? *std::move(stop) : carried_out(request, found, *who);
  response.route = found.endpoint->path.substr(1);
  return strict(std::move(response));
}

Response Administration::carried_out(const Request& request, const Match& match,
                                     const Caller& who) {
  if (changes(request)) {
    const auto body = body_of(request);
    return body ? changed(request, match, who, *body) : refused(body.error());
  }
  return shown(request, match, who);
}

/// A session may end while its stream goes on; that it goes on is no use of the session.
std::function<bool()> Administration::still_known(const Caller& who) const {
  if (!who.session) return [] { return true; };
  return [this, token = who.token, role = who.session->role] {
    const auto session = sessions_.standing(token);
    return session && *session && (*session)->role == role;
  };
}

Response Administration::shown(const Request& request, const Match& match, const Caller& who) {
  switch (match.endpoint->call) {
    case Call::openapi:
      return json(200, std::string(embedded::openapi()));
    case Call::session:
      return pages_.people.session(who);
    case Call::provider_begin:
      return pages_.people.provider_begin(request);
    case Call::users:
      return pages_.people.users();
    case Call::overview:
      return pages_.traffic.overview();
    case Call::health:
      return pages_.traffic.health();
    case Call::events:
      return pages_.live.stream(who, request, still_known(who));
    case Call::messages:
      return pages_.messages.list(who, request.query);
    case Call::message:
      return pages_.messages.open(who, match.name, request.query);
    case Call::patients:
      return pages_.patients.find(who, request.query);
    case Call::patient:
      return pages_.patients.open(who, match.name, request.query);
    case Call::follow_ups:
      return pages_.follow_ups.list(who, request.query);
    case Call::reviews:
      return pages_.traffic.reviews(request.query);
    case Call::senders:
      return pages_.traffic.senders();
    case Call::targets:
      return pages_.traffic.targets();
    case Call::audit:
      return pages_.traffic.audit(who, request.query);
    default:
      return pages_.outbox.list(request.query);
  }
}

Response Administration::changed(const Request& request, const Match& match, const Caller& who,
                                 const Json& body) {
  using Decision = store::LetterDecision;
  switch (match.endpoint->call) {
    case Call::sign_in:
      return pages_.people.sign_in(who, body);
    case Call::sign_out:
      return pages_.people.sign_out(who);
    case Call::prove:
      return pages_.people.prove(who, body);
    case Call::accept:
      return pages_.people.accept(who, body);
    case Call::provider_finish:
      return pages_.people.provider_finish(who, request, body);
    case Call::password:
      return pages_.people.password(who, body);
    case Call::code_begin:
      return pages_.people.code_begin(who);
    case Call::code_confirm:
      return pages_.people.code_confirm(who, body);
    case Call::user_add:
      return pages_.people.add(who, body);
    case Call::user_role:
      return pages_.people.give_role(who, match.name, body);
    case Call::user_lock:
      return pages_.people.lock(who, match.name, true);
    case Call::user_unlock:
      return pages_.people.lock(who, match.name, false);
    case Call::user_reset:
      return pages_.people.reset(who, match.name);
    case Call::follow_up_decide:
      return pages_.follow_ups.decide(who, match.name, body);
    case Call::letters_retry:
      return pages_.outbox.decide(body, who.name, who.door, Decision::retry);
    case Call::letters_discard:
      return pages_.outbox.decide(body, who.name, who.door, Decision::discard);
    default:
      return pages_.outbox.agree(body, who.name);
  }
}

}  // namespace gateway::http::admin
