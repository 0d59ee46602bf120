// Tokens and keys: what is taken has one spelling, whatever its parts; key sets hold what verifies;
// scopes that are read are written as they were meant. The input is a token; where it has lines,
// they are header, claims and signature, so that a fuzzer gets behind base64url.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/access/jws.hpp"
#include "gateway/access/key_set.hpp"
#include "gateway/base/parts.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/es384_key.hpp"
#include "gateway/security/scope.hpp"

namespace {

using namespace gateway;

void require(bool holds) {
  if (!holds) std::abort();
}

void take_token(const std::string& text) {
  static const auto key = security::Es384Key::generate().public_key();
  const auto jws = access::read_jws(text);
  if (!jws) return require(!jws.error().what.empty() && jws.error().where.empty());
  require(access::write_jws(jws->signed_text, jws->signature) == text);
  require(jws->claims.is_object() && !jws->key_id.empty());
  require(!key.verifies(jws->signed_text, jws->signature));  // nobody has its private half
  for (const char* name : {"exp", "iat", "nbf"}) access::time_claim(jws->claims, name);
  for (const char* name : {"aud", "iss"}) access::text_claim(jws->claims, name);
}

void take_scopes(std::string_view text) {
  const auto scopes = security::parse_scopes(text);
  if (!scopes) return;
  const auto again = security::parse_scopes(security::to_text(*scopes));
  require(again && *again == *scopes);
  // With oneself and with everything nobody gets more than there was.
  const auto all = security::parse_scopes("system/*.cruds");
  for (const auto& both : {security::common(*scopes, *scopes), security::common(*scopes, *all)})
    for (const auto& one : both) {
      bool is_held = false;
      for (const auto& held : *scopes)
        is_held = is_held || held.type == one.type || held.type == "*";
      require(is_held);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  take_token(std::string(text));
  auto left = text;
  const auto header = base::next_part(left, '\n');
  const auto claims = base::next_part(left, '\n');
  take_token(access::write_jws(access::text_to_sign(header, claims), left));
  if (const auto keys = access::read_key_set(text))
    for (const auto& one : *keys) require(!one.id.empty());
  take_scopes(text);
  if (const auto bytes = security::from_base64url(text))
    require(security::to_base64url(*bytes) == text);
  return 0;
}
