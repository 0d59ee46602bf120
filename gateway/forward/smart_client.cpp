#include "gateway/forward/smart_client.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/log.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/security/base64url.hpp"
#include "gateway/security/random.hpp"

namespace gateway::forward {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::int64_t assertion_seconds = 240;  // SMART: at most five minutes
constexpr std::int64_t unsaid_life_seconds = 300;

Error refused_us(std::string what, const std::string& where) {
  return {ErrorKind::configuration, std::move(what), where,
          "register client_id and public key at the target, and name the scopes it grants"};
}

std::string pair(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + fhir::canonical::percent_encoded(value);
}

/// What may heal is left as it is; what a person must mend is said to be so.
std::optional<Error> error_of(const base::Result<HttpsAnswer>& answer, const char* what,
                              const std::string& where) {
  // Nothing of ours went out but the question for a token: nothing was sent to the target.
  if (!answer && answer.error().kind == ErrorKind::unknown)
    return Error{ErrorKind::unavailable, answer.error().what, where, ""};
  if (!answer) return answer.error();
  if (answer->status == 200) return std::nullopt;
  const std::string said = std::string(what) + " (" + std::to_string(answer->status) + ")";
  if (answer->status >= 500 || answer->status == 429 || answer->status == 408)
    return Error{ErrorKind::unavailable, said, where, ""};
  return refused_us(said, where);
}

}  // namespace

base::Result<std::unique_ptr<SmartClient>> SmartClient::with(const SmartSettings& settings,
                                                             const base::Clock& clock) {
  auto key = security::JwsKey::read(settings.key_file);
  if (!key) return key.error();
  return std::unique_ptr<SmartClient>(new SmartClient(settings, *std::move(key), clock));
}

base::Result<std::string> SmartClient::token(HttpsClient& server) {
  const std::lock_guard lock(mutex_);
  if (!token_.empty() && clock_.steady_microseconds() < good_until_) return token_;
  token_.clear();
  if (endpoint_.empty())
    if (auto found = discover(server); !found) return found.error();
  if (auto fetched = fetch(server); !fetched) return fetched.error();
  return token_;
}

void SmartClient::refused(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (token == token_) token_.clear();
  endpoint_.clear();  // it may have moved
}

base::Result<void> SmartClient::discover(HttpsClient& server) {
  auto base_path = server.address().path;
  if (base_path.ends_with('/')) base_path.pop_back();
  const std::string path = base_path + "/.well-known/smart-configuration";
  const auto answer = server.ask({"GET", path, {{"Accept", "application/json"}}, "", ""});
  if (auto error = error_of(answer, "the target has no smart-configuration", path)) return *error;
  const auto json = fhir::parse_json(answer->body);
  if (!json) return refused_us("the target's smart-configuration is no JSON", path);
  const auto& url = (*json)["token_endpoint"].text();
  const auto endpoint = parse_https_url(url);
  if (!endpoint) return refused_us("the target's token_endpoint is no https URL", path);
  if (endpoint->host != server.address().host || endpoint->port != server.address().port)
    return Error{ErrorKind::configuration,
                 "the target's token_endpoint is on another host, and is not asked", path,
                 "a token is asked for only where `url` leads"};
  endpoint_ = url;
  endpoint_path_ = endpoint->path;
  return {};
}

/// One that was exchanged counts from the next token on; a file that cannot be read now leaves the
/// key that was.
void SmartClient::read_key() {
  if (auto key = security::JwsKey::read(settings_.key_file))
    key_ = *std::move(key);
  else
    base::log(base::Level::warning, "forward.key_unreadable");
}

base::Result<void> SmartClient::fetch(HttpsClient& server) {
  read_key();
  const std::string body =
      pair("grant_type", "client_credentials") + "&" + pair("scope", settings_.scopes) + "&" +
      pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
      "&" + pair("client_assertion", assertion());
  const auto answer = server.ask({"POST",
                                  endpoint_path_,
                                  {{"Accept", "application/json"}},
                                  "application/x-www-form-urlencoded",
                                  body});
  if (auto error = error_of(answer, "the target grants no token", endpoint_path_)) return *error;
  const auto json = fhir::parse_json(answer->body);
  if (!json || (*json)["access_token"].text().empty())
    return refused_us("the target's token answer has no access_token", endpoint_path_);
  std::int64_t life = unsaid_life_seconds;
  const auto& said = (*json)["expires_in"].text();
  std::from_chars(said.data(), said.data() + said.size(), life);
  token_ = (*json)["access_token"].text();
  good_until_ = clock_.steady_microseconds() +
                std::clamp<std::int64_t>(life, 0, 86'400) * base::microseconds_a_second * 8 / 10;
  return {};
}

/// RFC 7523 §3; SMART App Launch 2.2, client authentication: asymmetric.
std::string SmartClient::assertion() const {
  fhir::JsonWriter header, claims;
  header.begin_object().member("alg", key_.algorithm()).member("typ", "JWT");
  header.member("kid", settings_.key_id.empty() ? key_.thumbprint() : settings_.key_id)
      .end_object();
  const auto now = clock_.now().microseconds / base::microseconds_a_second;
  claims.begin_object().member("iss", settings_.client_id).member("sub", settings_.client_id);
  claims.member("aud", endpoint_).member("jti", security::to_base64url(security::random_bytes(24)));
  claims.key("iat").integer(now).key("exp").integer(now + assertion_seconds).end_object();
  return key_.sign(header.view(), claims.view());
}

}  // namespace gateway::forward
