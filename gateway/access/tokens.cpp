#include "gateway/access/tokens.hpp"

#include <algorithm>

#include "gateway/access/jws.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/random.hpp"

namespace gateway::access {
namespace {

constexpr std::string_view own_type = "at+jwt";  // RFC 9068 §2.1: never taken for an assertion
constexpr std::size_t most_verified = 10'000;
constexpr std::int64_t clock_skew = 30;  // seconds between clocks of ours (TRUST T8)

std::int64_t seconds(base::Instant instant) {
  return instant.microseconds / 1'000'000;
}

base::Error invalid(const std::string& why) {
  return {base::ErrorKind::forbidden, "token-invalid the access token counts for nothing: " + why,
          "", "ask for a new one at the token endpoint"};
}

base::Error expired() {
  return {base::ErrorKind::forbidden, "token-expired the access token's time is over", "",
          "ask for a new one at the token endpoint"};
}

}  // namespace

Tokens::Tokens(std::string base_url, std::chrono::seconds life, const TokenKeys& keys,
               store::Store& store, const base::Clock& clock,
               const std::vector<store::Spending>& taken_back)
    : base_url_(std::move(base_url)), life_(life), keys_(keys), store_(store), clock_(clock) {
  for (const auto& one : taken_back) taken_back_.emplace(one.name, seconds(one.until));
}

Tokens::Issued Tokens::issue(const ClientGrant& client, std::vector<security::Scope> scopes,
                             const security::PeerIdentity& peer) const {
  const auto keys = keys_.all();
  const auto now = clock_.now();
  const auto& key = key_life::signing(*keys, now).key;
  Token token{security::to_base64url(security::random_bytes(16)),
              client.id,
              std::move(scopes),
              seconds(now),
              seconds(now) + life_.count(),
              peer.certificate_sha256,
              key.id()};
  fhir::JsonWriter header;
  header.begin_object().member("alg", "ES384").member("typ", own_type).member("kid", key.id());
  header.end_object();
  fhir::JsonWriter claims;
  claims.begin_object().member("iss", base_url_).member("aud", base_url_);
  claims.member("sub", client.id).member("client_id", client.id);
  claims.member("scope", security::to_text(token.scopes)).member("jti", token.id);
  claims.key("iat").integer(token.issued).key("exp").integer(token.ends);
  if (!token.certificate_sha256.empty())
    claims.key("cnf").begin_object().member("x5t#S256", token.certificate_sha256).end_object();
  claims.end_object();
  const std::string text = text_to_sign(header.view(), claims.view());
  return {write_jws(text, key.sign(text)), std::move(token)};
}

/// Signature and claims; not whether it is over or taken back, which changes.
base::Result<Token> Tokens::believed(std::string_view text) const {
  const auto jws = read_jws(text);
  if (!jws) return invalid(jws.error().what);
  if (jws->type != own_type) return invalid("it is of another kind");
  const auto keys = keys_.all();
  const auto key =
      std::ranges::find_if(*keys, [&](const TokenKey& one) { return one.key.id() == jws->key_id; });
  if (key == keys->end() || jws->algorithm != security::Algorithm::es384 ||
      !key->key.public_key().verifies(jws->signed_text, jws->signature))
    return invalid("no key of this gateway signed it");
  const auto& claims = jws->claims;
  const auto issued = time_claim(claims, "iat");
  const auto ends = time_claim(claims, "exp");
  auto scopes = security::parse_scopes(claims["scope"].text());
  Token token{.id = claims["jti"].text(),
              .client = claims["client_id"].text(),
              .certificate_sha256 = claims["cnf"]["x5t#S256"].text(),
              .key_id = jws->key_id};
  if (claims["iss"].text() != base_url_ || claims["aud"].text() != base_url_)
    return invalid("it is for another server");
  if (!issued || !ends || !scopes || token.id.empty() || token.client.empty() ||
      claims["sub"].text() != token.client)
    return invalid("a claim is missing");
  token.scopes = *std::move(scopes);
  token.issued = *issued;
  token.ends = *ends;
  return token;
}

void Tokens::remember(const base::Digest& hash, const Token& token) const {
  if (verified_.size() >= most_verified) verified_.clear();  // each is verified once more
  verified_.emplace(hash, token);
}

base::Result<Token> Tokens::verify(std::string_view text) const {
  const auto hash = base::sha256(text);
  const auto keys = keys_.all();
  std::unique_lock lock(mutex_);
  auto known = verified_.find(hash);
  const auto is_ours = [&](const TokenKey& key) { return key.key.id() == known->second.key_id; };
  if (known == verified_.end() || std::ranges::none_of(*keys, is_ours)) {
    if (known != verified_.end()) verified_.erase(known);  // its key was taken away
    lock.unlock();
    auto token = believed(text);
    if (!token) return token.error();
    lock.lock();
    remember(hash, *token);
    known = verified_.find(hash);
  }
  const Token token = known->second;
  const auto now = seconds(clock_.now());
  if (token.ends <= now) {
    verified_.erase(known);
    return expired();
  }
  if (token.issued > now + clock_skew) return invalid("it is of a time to come");
  if (taken_back_.contains(token.id)) return invalid("it was taken back");
  return token;
}

base::Result<Token> Tokens::verify(std::string_view text,
                                   const security::PeerIdentity& peer) const {
  auto token = verify(text);
  if (token && !token->certificate_sha256.empty() &&
      token->certificate_sha256 != peer.certificate_sha256)
    return invalid("it was issued to whoever shows another certificate");
  return token;
}

base::Result<void> Tokens::take_back(const Token& token, std::span<const store::AuditRow> rows) {
  const base::Instant until{(token.ends + clock_skew) * 1'000'000};
  const auto spent = store_.spend({std::string(spending_kind), token.id, until}, rows);
  if (!spent) return spent.error();
  const std::lock_guard lock(mutex_);
  const auto now = seconds(clock_.now());
  std::erase_if(taken_back_, [now](const auto& one) { return one.second < now; });
  taken_back_.emplace(token.id, token.ends + clock_skew);
  return {};
}

}  // namespace gateway::access
