#include "gateway/http/admin/people_page.hpp"

#include "gateway/base/log.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/admin/answers.hpp"

namespace gateway::http::admin {
namespace {

using access::people::Account;
using access::people::Proof;
using fhir::Json;
using fhir::JsonWriter;
namespace people = access::people;

/// Told on the host itself, where it is typed in a moment later; else it must reach somebody.
constexpr std::chrono::minutes life_on_host{15}, life_of_others{24 * 60};
constexpr std::size_t longest_shown = 100;

Proof proof_of(const Caller& who, const Json& body, const std::string& user) {
  return {user, body["password"].text(), body["code"].text(), who.address, who.door};
}

void write_may(JsonWriter& out, std::string_view role) {
  out.key("may").begin_array();
  for (const auto& rule : people::action_rules())
    if (people::may(role, rule.action)) out.string(rule.name);
  out.end_array();
}

void write_account(JsonWriter& out, const Account& account, base::Instant now) {
  out.begin_object().member("user", account.name).member_if("name", account.shown);
  out.member("role", people::name_of(account.role));
  out.member("by", account.is_of_provider() ? "provider" : "password");
  out.key("locked").boolean(account.locked).key("code").boolean(!account.code.empty());
  const bool invited = !account.invitation.empty() && account.invited_until > now;
  out.member("state", account.locked          ? "locked"
                      : account.can_sign_in() ? "active"
                      : invited               ? "invited"
                                              : "invitation-over");
  if (account.last_sign_in.microseconds > 0)
    out.member("last_sign_in", base::to_text(account.last_sign_in));
  out.end_object();
}

Response invited(int status, const std::string& name, const people::Invitation& invitation) {
  JsonWriter out;
  out.begin_object().member("user", name).member("invitation", invitation.code);
  out.member("until", base::to_text(invitation.until)).end_object();
  return json(status, out.take());
}

Response done() {
  return json(200, "{}");
}

/// A role an account may have; `host` is nobody's but the host's.
std::optional<people::Role> role_in(const Json& body) {
  const auto role = people::role_of(body["role"].text());
  return role == people::Role::host ? std::nullopt : role;
}

Response no_role() {
  return refused(400, "no-such-role", "there is no such role",
                 "operator, analyst, reviewer, auditor or administrator");
}

}  // namespace

PeoplePage::PeoplePage(PeopleSettings settings, people::Accounts& accounts, people::SignIn& sign_in,
                       people::Sessions& sessions, people::Provider* provider)
    : settings_(std::move(settings)),
      accounts_(accounts),
      sign_in_(sign_in),
      sessions_(sessions),
      provider_(provider) {}

/// Until the browser ends; how long it counts is decided here, by what is kept.
std::string PeoplePage::cookie_of(const std::string& token) const {
  return settings_.session_cookie() + '=' + token + "; Path=/; Secure; HttpOnly; SameSite=Strict" +
         (token.empty() ? "; Max-Age=0" : "");
}

Response PeoplePage::session(const Caller& who) {
  JsonWriter out;
  out.begin_object().key("signed_in").boolean(who.session.has_value());
  out.key("provider").boolean(provider_ != nullptr);
  if (who.session) {
    const auto& session = *who.session;
    out.member("user", session.user).member_if("name", session.shown);
    out.member("role", people::name_of(session.role));
    write_may(out, people::name_of(session.role));
    out.member("csrf", people::Sessions::csrf_token(who.token));
    out.key("proved").boolean(sessions_.is_proved(session));
    out.member("begun", base::to_text(session.begun));
  }
  return json(200, out.end_object().take());
}

/// What a session is, to whom its token is given.
Response PeoplePage::entered(Caller who, const std::string& token) {
  auto found = sessions_.find(token);
  if (!found) return refused(found.error());
  who.session = *std::move(found);
  who.token = token;
  Response response = session(who);
  response.headers.emplace_back("Set-Cookie", cookie_of(token));
  return response;
}

/// A new session; one that the browser had ends.
Response PeoplePage::begun(const Caller& who, const Account& account, bool proved) {
  if (who.session)
    if (auto ended = sessions_.end(*who.session, {}); !ended) return refused(ended.error());
  const auto token = sessions_.begin(account, proved);
  if (!token) return refused(token.error());
  return entered(who, *token);
}

Response PeoplePage::sign_in(const Caller& who, const Json& body) {
  const auto account = sign_in_.enter(proof_of(who, body, body["user"].text()));
  if (!account) return refused(account.error());
  // Where people come by a provider, a local account is for the day it is away (TRUST.md §4.3).
  if (provider_ != nullptr) base::log(base::Level::error, "access.local_account_used");
  return begun(who, *account, true);
}

Response PeoplePage::sign_out(const Caller& who) {
  if (auto ended = sessions_.end(*who.session, who.actor()); !ended) return refused(ended.error());
  Response response = done();
  response.headers.emplace_back("Set-Cookie", cookie_of(""));
  return response;
}

Response PeoplePage::prove(const Caller& who, const Json& body) {
  if (auto proved = sign_in_.again(proof_of(who, body, who.session->user)); !proved)
    return refused(proved.error());
  const auto token = sessions_.renew(*who.session);
  if (!token) return refused(token.error());
  return entered(who, *token);
}

Response PeoplePage::accept(const Caller& who, const Json& body) {
  const auto account =
      sign_in_.accept(proof_of(who, body, body["user"].text()), body["invitation"].text());
  if (!account) return refused(account.error());
  return begun(who, *account, true);
}

/// The way there is a link, not a form, which `form-action 'self'` would stop.
Response PeoplePage::provider_begin(const Request& request) {
  if (provider_ == nullptr)
    return refused(404, "no-provider", "no identity provider is configured", "set access.oidc");
  const auto begun = provider_->begin(parameter(request.query, "anew") == "true");
  if (!begun) return refused(begun.error());
  Response response = json(302, "");
  response.content_type.clear();
  response.headers = {{"Location", begun->url},
                      {"Set-Cookie", settings_.provider_cookie() + '=' + begun->carried +
                                         "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"}};
  return response;
}

Response PeoplePage::provider_finish(const Caller& who, const Request& request, const Json& body) {
  if (provider_ == nullptr)
    return refused(404, "no-provider", "no identity provider is configured", "set access.oidc");
  const auto entered =
      provider_->finish({body["code"].text(), body["state"].text(), body["iss"].text(),
                         cookie(request, settings_.provider_cookie())},
                        who.actor());
  if (!entered) return refused(entered.error());
  Response response = begun(who, entered->account, entered->proved);
  response.headers.emplace_back(
      "Set-Cookie", settings_.provider_cookie() + "=; Path=/; Secure; HttpOnly; Max-Age=0");
  return response;
}

Response PeoplePage::password(const Caller& who, const Json& body) {
  const auto account =
      sign_in_.change_password(proof_of(who, body, who.session->user), body["new_password"].text());
  if (!account) return refused(account.error());
  return begun(who, *account, true);
}

Response PeoplePage::code_begin(const Caller& who) {
  const auto code = sign_in_.begin_code(who.session->user);
  if (!code) return refused(code.error());
  JsonWriter out;
  out.begin_object().member("secret", code->secret).member("address", code->address);
  return json(200, out.end_object().take());
}

Response PeoplePage::code_confirm(const Caller& who, const Json& body) {
  const auto account = sign_in_.confirm_code(proof_of(who, body, who.session->user));
  if (!account) return refused(account.error());
  return begun(who, *account, sessions_.is_proved(*who.session));
}

Response PeoplePage::users() {
  const auto all = accounts_.all();
  if (!all) return refused(all.error());
  JsonWriter out;
  out.begin_object().key("users").begin_array();
  for (const Account& account : *all) write_account(out, account, accounts_.clock().now());
  return json(200, out.end_array().end_object().take());
}

std::chrono::minutes PeoplePage::life_of_invitation(const Caller& who) {
  return who.door == "socket" ? life_on_host : life_of_others;
}

Response PeoplePage::add(const Caller& who, const Json& body) {
  const auto role = role_in(body);
  if (!role) return no_role();
  const auto& name = body["user"].text();
  const auto& shown = body["name"].text();
  if (shown.size() > longest_shown)
    return refused(400, "name", "the name is too long", "at most 100 bytes");
  const auto invitation = accounts_.add(name, shown, *role, life_of_invitation(who), who.actor());
  return invitation ? invited(201, name, *invitation) : refused(invitation.error());
}

Response PeoplePage::give_role(const Caller& who, const std::string& name, const Json& body) {
  const auto role = role_in(body);
  if (!role) return no_role();
  auto given = accounts_.give_role(name, *role, who.actor());
  return given ? done() : refused(given.error());
}

Response PeoplePage::lock(const Caller& who, const std::string& name, bool locked) {
  auto changed = accounts_.lock(name, locked, who.actor());
  return changed ? done() : refused(changed.error());
}

Response PeoplePage::reset(const Caller& who, const std::string& name) {
  const auto invitation = accounts_.reset(name, life_of_invitation(who), who.actor());
  return invitation ? invited(200, name, *invitation) : refused(invitation.error());
}

}  // namespace gateway::http::admin
