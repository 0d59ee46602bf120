#include "gateway/access/key_set.hpp"

#include <algorithm>
#include <optional>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/security/base64url.hpp"

namespace gateway::access {
namespace {

constexpr std::size_t most_keys = 100;
constexpr fhir::JsonLimits set_limits{.depth = 8, .values = 5000};

base::Error wrong(std::string what, std::string remedy) {
  return {base::ErrorKind::malformed, std::move(what), "", std::move(remedy)};
}

std::string decoded(const fhir::Json& member) {
  return security::from_base64url(member.text()).value_or("");
}

bool is_for_verifying(const fhir::Json& jwk, std::string_view algorithm) {
  if (jwk.has("use") && jwk["use"].text() != "sig") return false;
  if (jwk.has("alg") && jwk["alg"].text() != algorithm) return false;
  const auto& uses = jwk["key_ops"].items();
  return !jwk.has("key_ops") ||
         std::ranges::any_of(uses, [](const auto& one) { return one.text() == "verify"; });
}

/// nullopt: a key for something else.
base::Result<std::optional<security::PublicKey>> key_of(const fhir::Json& jwk,
                                                        security::Algorithm rsa) {
  const auto& type = jwk["kty"].text();
  if (type == "RSA" && is_for_verifying(jwk, security::name_of(rsa))) {
    auto key = security::PublicKey::rsa(decoded(jwk["n"]), decoded(jwk["e"]), rsa);
    if (!key) return key.error();
    return std::optional(*std::move(key));
  }
  if (type == "EC" && jwk["crv"].text() == "P-384" && is_for_verifying(jwk, "ES384")) {
    auto key = security::PublicKey::p384(decoded(jwk["x"]), decoded(jwk["y"]));
    if (!key) return key.error();
    return std::optional(*std::move(key));
  }
  return std::optional<security::PublicKey>();
}

}  // namespace

base::Result<KeySet> read_key_set(std::string_view json, security::Algorithm rsa) {
  const auto set = fhir::parse_json(json, set_limits);
  if (!set || !(*set)["keys"].is_array())
    return wrong("this is no JWK set", "write {\"keys\": [ … ]} with public keys (RFC 7517)");
  const auto& listed = (*set)["keys"].items();
  if (listed.size() > most_keys)
    return wrong("the set has more than 100 keys", "take old ones out");
  KeySet keys;
  for (const fhir::Json& jwk : listed) {
    if (jwk.has("d") || jwk.has("p") || jwk.has("k"))
      return wrong("the set holds a private key",
                   "make a new pair, and write only the public half here");
    const auto& id = jwk["kid"].text();
    if (id.empty()) continue;  // nothing could name it
    auto key = key_of(jwk, rsa);
    if (!key) return key.error();
    if (!*key) continue;
    if (std::ranges::any_of(keys, [&](const NamedKey& other) { return other.id == id; }))
      return wrong("the set names two keys alike", "give each key a kid of its own");
    keys.push_back({id, **std::move(key)});
  }
  if (keys.empty())
    return wrong("the set has no key for " + std::string(security::name_of(rsa)) +
                     " or ES384 that has a kid",
                 "add an RSA key of 2048 bits and more, or one of P-384");
  return keys;
}

std::string write_key_set(const std::vector<security::Es384Key>& keys) {
  fhir::JsonWriter json;
  json.begin_object().key("keys").begin_array();
  for (const auto& key : keys)
    json.begin_object()
        .member("kty", "EC")
        .member("crv", "P-384")
        .member("use", "sig")
        .member("alg", "ES384")
        .member("kid", key.id())
        .member("x", security::to_base64url(key.x()))
        .member("y", security::to_base64url(key.y()))
        .end_object();
  json.end_array().end_object();
  return json.take();
}

}  // namespace gateway::access
