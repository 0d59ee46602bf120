#include "gateway/access/assertions.hpp"

#include "gateway/base/hash.hpp"

namespace gateway::access {
namespace {

constexpr std::int64_t longest_life = 300, skew = 30;  // seconds (TRUST T8)
constexpr std::size_t longest_id = 255;
constexpr std::size_t most_failures = 5;
constexpr std::chrono::minutes failures_within{1};

base::Error refused(std::string_view code, const std::string& why, std::string remedy = "") {
  return {base::ErrorKind::forbidden, std::string(code) + ' ' + why, "", std::move(remedy)};
}

base::Error invalid_client(const std::string& why, std::string remedy = "") {
  return refused("invalid_client", why, std::move(remedy));
}

bool is_assertion_type(std::string_view type) {
  return type.empty() || type == "jwt" || type == "client-authentication+jwt";
}

}  // namespace

Assertions::Assertions(const Access& access, ClientKeys& keys, store::Store& store,
                       const base::Clock& clock, std::string token_url)
    : access_(access),
      keys_(keys),
      store_(store),
      clock_(clock),
      token_url_(std::move(token_url)),
      failures_(most_failures, failures_within, clock) {}

std::string Assertions::claimed(const ShownAssertion& shown) const {
  const auto jws = read_jws(shown.text);
  const std::string id = jws ? jws->claims["iss"].text() : "";
  return access_.client(id) != nullptr ? id : "anonymous";
}

/// Whose failures count together: of one who names a client, from where. Nobody can so lock out a
/// client that asks from another address.
std::string Assertions::whose(const ShownAssertion& shown) const {
  return claimed(shown) + '\n' + shown.address;
}

base::Result<Asserted> Assertions::check(const ShownAssertion& shown, const std::string& also_for) {
  const std::string who = whose(shown);
  if (failures_.too_many(who))
    return refused("slow_down", "this client failed five times within a minute",
                   "look at why it fails; it may ask again in a minute");
  auto found = checked(shown, also_for);
  if (!found && found.error().kind == base::ErrorKind::forbidden) failures_.count(who);
  return found;
}

base::Result<void> Assertions::check_times(const Jws& jws) const {
  const auto now = clock_.now().microseconds / 1'000'000;
  const auto ends = time_claim(jws.claims, "exp");
  if (!ends) return invalid_client("the assertion says no end (exp)");
  if (*ends <= now - skew) return invalid_client("the assertion's time is over");
  if (*ends > now + longest_life + skew)
    return invalid_client("the assertion ends more than five minutes ahead",
                          "let exp be at most 300 seconds from now");
  for (const std::string_view name : {"nbf", "iat"}) {
    if (!jws.claims.has(name)) continue;
    const auto begins = time_claim(jws.claims, name);
    if (!begins || *begins > now + skew)
      return invalid_client("the assertion is of a time to come", "see that the clocks agree");
  }
  return {};
}

base::Result<Asserted> Assertions::checked(const ShownAssertion& shown,
                                           const std::string& also_for) {
  if (shown.type != jwt_bearer)
    return refused("invalid_request", "client_assertion_type is missing or another",
                   "give " + std::string(jwt_bearer));
  const auto jws = read_jws(shown.text);
  if (!jws) return invalid_client("client_assertion: " + jws.error().what);
  if (!is_assertion_type(jws->type))
    return invalid_client("the assertion is of another kind (typ)");
  const std::string issuer = jws->claims["iss"].text();
  const ClientGrant* client = access_.client(issuer);
  if (client == nullptr || jws->claims["sub"].text() != issuer ||
      (!shown.client_id.empty() && shown.client_id != issuer))
    return invalid_client("iss and sub name no client that is registered here",
                          "both are the id in access.clients");
  const auto key = keys_.find(client->id, jws->key_id, jws->algorithm);
  if (!key && key.error().kind == base::ErrorKind::unavailable) {
    auto error = key.error();
    error.what = "temporarily_unavailable " + error.what;
    return error;
  }
  if (!key) return invalid_client(key.error().what, key.error().remedy);
  if (!key->verifies(jws->signed_text, jws->signature))
    return invalid_client("the signature is not that of the key it names");
  const std::string audience = text_claim(jws->claims, "aud");
  if (audience.empty() || (audience != token_url_ && audience != also_for))
    return invalid_client("the assertion is for another server (aud)",
                          "let aud be the token endpoint's URL, " + token_url_);
  if (auto times = check_times(*jws); !times) return times.error();
  const auto& id = jws->claims["jti"];
  if (!id.is_string() || id.text().empty() || id.text().size() > longest_id)
    return invalid_client("the assertion has no jti, or too long a one",
                          "give each a jti of its own, of at most 255 bytes");
  return Asserted{client, id.text(), *time_claim(jws->claims, "exp")};
}

base::Result<void> Assertions::spend(const Asserted& asserted, const ShownAssertion& shown,
                                     std::span<const store::AuditRow> rows) {
  // Hashed: a client chooses its jti, and two clients may choose alike.
  const auto name = base::KeyHash().add(asserted.client->id).add(asserted.id).digest();
  const base::Instant until{(asserted.ends + skew + 1) * 1'000'000};
  const auto fresh = store_.spend({"assertion", base::hex(base::bytes_of(name)), until}, rows);
  if (!fresh) {
    auto error = fresh.error();
    error.what = "temporarily_unavailable " + error.what;
    return error;
  }
  if (*fresh) return {};
  failures_.count(whose(shown));
  return invalid_client("the assertion was used before (jti)", "make a new one for each request");
}

}  // namespace gateway::access
