#include "gateway/access/issuing.hpp"

#include <algorithm>

#include "gateway/base/parts.hpp"

namespace gateway::access {
namespace {

base::Error error(std::string what, std::string remedy = "") {
  return {base::ErrorKind::malformed, std::move(what), "", std::move(remedy)};
}

/// What of the words asked for is granted; who says nothing gets all that is registered (RFC 6749
/// §3.3: SMART's clients say what they want, those of plain OAuth often do not).
base::Result<std::vector<security::Scope>> scopes_of(std::string_view asked,
                                                     const ClientGrant& client) {
  for (std::string_view left = asked; !left.empty();) {
    const auto word = base::next_part(left, ' ');
    if (word.starts_with("patient/") || word.starts_with("user/"))
      return error("invalid_scope scopes of patients and users need a launch, which is not here",
                   "ask for system/ scopes");
  }
  const auto wanted = security::parse_scopes(asked);
  if (!wanted) return error("invalid_scope a scope is not understood", wanted.error().remedy);
  if (wanted->empty() && !client.scopes.empty()) return client.scopes;
  auto scopes = security::common(*wanted, client.scopes);
  if (scopes.empty())
    return error("invalid_scope nothing of what was asked is granted to this client",
                 "ask the operator of this gateway, or for less");
  return scopes;
}

std::string_view code_of(const base::Error& error) {
  return std::string_view(error.what).substr(0, error.what.find(' '));
}

}  // namespace

Issuing::Issuing(Assertions& assertions, Tokens& tokens, store::Store& store,
                 const base::Clock& clock, NoteRefusal note_refusal)
    : assertions_(assertions),
      tokens_(tokens),
      store_(store),
      clock_(clock),
      note_refusal_(std::move(note_refusal)) {}

store::AuditRow Issuing::row(std::string event, const Asserted& asserted,
                             const std::string& door) const {
  return {std::move(event), clock_.now(), asserted.client->id, door, "200", {}, ""};
}

base::Error Issuing::refused(base::Error error, const ShownAssertion& shown,
                             const std::string& door) {
  const auto code = std::string(code_of(error));
  if (code == "temporarily_unavailable") return error;  // nobody was refused
  const char* status = code == "invalid_client" ? "401" : code == "slow_down" ? "429" : "400";
  store::AuditRow row{
      "token-refused", clock_.now(), assertions_.claimed(shown), door, status, {}, code};
  row.address = shown.address;
  note_refusal_(std::move(row));
  return error;
}

base::Result<Granted> Issuing::grant(const TokenRequest& request) {
  auto done = granted(request);
  if (!done) return refused(done.error(), request.assertion, request.door);
  return done;
}

base::Result<Granted> Issuing::granted(const TokenRequest& request) {
  if (request.grant_type != "client_credentials")
    return error(request.grant_type.empty()
                     ? "invalid_request grant_type is missing"
                     : "unsupported_grant_type only client_credentials is served",
                 "give grant_type=client_credentials");
  const auto asserted = assertions_.check(request.assertion);
  if (!asserted) return asserted.error();
  auto scopes = scopes_of(request.scope, *asserted->client);
  if (!scopes) return scopes.error();
  const auto issued = tokens_.issue(*asserted->client, *std::move(scopes), request.peer);
  Granted out{issued.text, security::to_text(issued.token.scopes),
              issued.token.ends - issued.token.issued};
  auto kept = row("token", *asserted, request.door);
  kept.detail = "jti " + issued.token.id + " scope " + out.scope;
  if (auto spent = assertions_.spend(*asserted, request.assertion, {&kept, 1}); !spent)
    return spent.error();
  return out;
}

base::Result<std::optional<Token>> Issuing::introspect(const TokenQuestion& question) {
  auto done = introspected(question);
  if (!done) return refused(done.error(), question.assertion, question.door);
  return done;
}

base::Result<std::optional<Token>> Issuing::introspected(const TokenQuestion& question) {
  const auto asserted = assertions_.check(question.assertion, question.url);
  if (!asserted) return asserted.error();
  if (!asserted->client->introspects())
    return error("unauthorized_client only a resource server may ask what a token is worth",
                 "register it with role resource-server");
  if (question.token.empty()) return error("invalid_request token is missing");
  auto token = tokens_.verify(question.token);
  auto kept = row("token-introspected", *asserted, question.door);
  if (token) kept.detail = "jti " + token->id;
  if (auto spent = assertions_.spend(*asserted, question.assertion, {&kept, 1}); !spent)
    return spent.error();
  if (!token) return std::optional<Token>();
  return std::optional(*std::move(token));
}

base::Result<void> Issuing::take_back(const TokenQuestion& question) {
  auto done = taken_back(question);
  if (!done) return refused(done.error(), question.assertion, question.door);
  return done;
}

base::Result<void> Issuing::taken_back(const TokenQuestion& question) {
  const auto asserted = assertions_.check(question.assertion, question.url);
  if (!asserted) return asserted.error();
  if (question.token.empty()) return error("invalid_request token is missing");
  const auto token = tokens_.verify(question.token);
  if (token && token->client != asserted->client->id)
    return error("invalid_client the token was issued to another client");
  auto kept = row("token-revoked", *asserted, question.door);
  if (token) kept.detail = "jti " + token->id;
  if (auto spent = assertions_.spend(*asserted, question.assertion, {}); !spent)
    return spent.error();
  auto done = token ? tokens_.take_back(*token, {&kept, 1}) : store_.audit({&kept, 1});
  if (done) return {};
  return base::Error{base::ErrorKind::unavailable,
                     "temporarily_unavailable the token cannot be taken back now", "",
                     "ask again later"};
}

}  // namespace gateway::access
