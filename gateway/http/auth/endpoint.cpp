#include "gateway/http/auth/endpoint.hpp"

#include <array>
#include <charconv>

#include "gateway/fhir/writer.hpp"
#include "gateway/http/auth/form.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::http::auth {
namespace {

constexpr std::size_t longest_form = 64 * 1024;
constexpr std::string_view well_known = "/fhir/.well-known/smart-configuration";
constexpr std::string_view door = "https";

Response json(int status, std::string body, std::string_view route) {
  return {status,
          "application/json",
          {{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}},
          std::move(body),
          route};
}

/// RFC 6749 §5.2.
Response oauth_error(int status, std::string_view code, std::string_view description) {
  fhir::JsonWriter body;
  body.begin_object().member("error", code).member("error_description", description).end_object();
  return json(status, body.take(), "auth/refused");
}

int status_of(std::string_view code) {
  if (code == "invalid_client") return 401;
  if (code == "slow_down") return 429;
  if (code == "temporarily_unavailable") return 503;
  return 400;
}

/// "10.1.2.3:40112" without its port.
std::string address_of(const security::PeerIdentity& peer) {
  return peer.address.substr(0, peer.address.rfind(':'));
}

access::ShownAssertion assertion_of(const Form& form, const Request& request) {
  return {form["client_assertion_type"], form["client_assertion"], form["client_id"],
          address_of(request.peer)};
}

void list(fhir::JsonWriter& json, std::string_view name,
          std::initializer_list<std::string_view> words) {
  json.key(name).begin_array();
  for (const auto word : words) json.string(word);
  json.end_array();
}

bool is_read_only(std::string_view path) {
  return path == "/auth/jwks" || path == well_known;
}

}  // namespace

std::string root_of(const std::string& base_url) {
  constexpr std::string_view fhir = "/fhir";
  return base_url.ends_with(fhir) ? base_url.substr(0, base_url.size() - fhir.size()) : base_url;
}

Addresses::Addresses(const std::string& base_url) {
  const std::string root = root_of(base_url);
  token = root + "/auth/token";
  jwks = root + "/auth/jwks";
  introspect = root + "/auth/introspect";
  revoke = root + "/auth/revoke";
}

Endpoint::Endpoint(Addresses addresses, access::Issuing& issuing, const access::TokenKeys& keys,
                   observe::Metrics& metrics)
    : addresses_(std::move(addresses)), issuing_(issuing), keys_(keys), metrics_(metrics) {}

bool Endpoint::serves(std::string_view path) {
  return path == well_known || path == "/auth/token" || path == "/auth/jwks" ||
         path == "/auth/introspect" || path == "/auth/revoke";
}

std::optional<Response> Endpoint::admit(const Request& request) const {
  const bool reads = is_read_only(request.path);
  const bool fits =
      reads ? request.method == "GET" || request.method == "HEAD" : request.method == "POST";
  if (!fits) {
    Response response = oauth_error(405, "invalid_request", reads ? "this is read" : "post a form");
    response.headers.emplace_back("Allow", reads ? "GET, HEAD, OPTIONS" : "POST, OPTIONS");
    return response;
  }
  if (reads) return std::nullopt;
  const auto length = request.header("content-length");
  std::size_t bytes = 0;
  const auto* end = length.data() + length.size();
  if (length.empty() || std::from_chars(length.data(), end, bytes).ptr != end)
    return oauth_error(411, "invalid_request", "say how long the form is (Content-Length)");
  if (bytes > longest_form)
    return oauth_error(413, "invalid_request", "a form here has at most 64 KiB");
  return std::nullopt;
}

Response Endpoint::answer(const Request& request) {
  if (request.method == "OPTIONS")
    return {204,
            "",
            {{"Allow", is_read_only(request.path) ? "GET, HEAD, OPTIONS" : "POST, OPTIONS"}},
            "",
            "auth/options"};
  if (auto refusal = admit(request)) return *std::move(refusal);
  if (request.path == well_known) return configuration();
  if (request.path == "/auth/token") return token(request);
  if (request.path == "/auth/introspect") return introspect(request);
  if (request.path == "/auth/revoke") return revoke(request);
  std::vector<security::Es384Key> keys;
  const auto all = keys_.all();  // held: they may be exchanged meanwhile
  for (const auto& one : *all) keys.push_back(one.key);
  Response response = json(200, access::write_key_set(keys), "auth/jwks");
  // Shorter than the hour that a key is published before it signs.
  response.headers = {{"Cache-Control", "public, max-age=300"}};
  return response;
}

Response Endpoint::refused(const base::Error& error) {
  const std::string_view what = error.what;
  const auto blank = std::min(what.find(' '), what.size());
  const auto code = what.substr(0, blank);
  auto text = std::string(what.substr(std::min(blank + 1, what.size())));
  if (!error.remedy.empty()) text += "; " + error.remedy;
  metrics_.counter(observe::names::token_requests, {{"result", std::string(code)}}).add();
  Response response = oauth_error(status_of(code), code, text);
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (response.status == 429) response.headers.emplace_back("Retry-After", "60");
  if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

Response Endpoint::token(const Request& request) {
  const auto form = Form::read(request);
  if (!form) return refused(form.error());
  const auto granted =
      issuing_.grant({(*form)["grant_type"], (*form)["scope"], assertion_of(*form, request),
                      request.peer, std::string(door)});
  if (!granted) return refused(granted.error());
  metrics_.counter(observe::names::token_requests, {{"result", "issued"}}).add();
  fhir::JsonWriter body;
  body.begin_object().member("access_token", granted->token).member("token_type", "bearer");
  body.key("expires_in").integer(granted->seconds);
  body.member("scope", granted->scope).end_object();
  return json(200, body.take(), "auth/token");
}

Response Endpoint::introspect(const Request& request) {
  const auto form = Form::read(request);
  if (!form) return refused(form.error());
  const auto found = issuing_.introspect(
      {(*form)["token"], assertion_of(*form, request), addresses_.introspect, std::string(door)});
  if (!found) return refused(found.error());
  fhir::JsonWriter body;
  body.begin_object().key("active").boolean(found->has_value());
  if (const auto& token = *found) {
    body.member("scope", security::to_text(token->scopes)).member("client_id", token->client);
    body.member("token_type", "bearer");
    body.key("exp").integer(token->ends).key("iat").integer(token->issued);
    body.member("sub", token->client).member("jti", token->id);
    if (!token->certificate_sha256.empty())
      body.key("cnf").begin_object().member("x5t#S256", token->certificate_sha256).end_object();
  }
  body.end_object();
  return json(200, body.take(), "auth/introspect");
}

Response Endpoint::revoke(const Request& request) {
  const auto form = Form::read(request);
  if (!form) return refused(form.error());
  const auto done = issuing_.take_back(
      {(*form)["token"], assertion_of(*form, request), addresses_.revoke, std::string(door)});
  if (!done) return refused(done.error());
  return json(200, "", "auth/revoke");
}

/// SMART App Launch 2.2, conformance. No issuer: nobody logs in here.
Response Endpoint::configuration() const {
  fhir::JsonWriter body;
  body.begin_object();
  body.member("token_endpoint", addresses_.token).member("jwks_uri", addresses_.jwks);
  body.member("introspection_endpoint", addresses_.introspect);
  body.member("revocation_endpoint", addresses_.revoke);
  list(body, "grant_types_supported", {"client_credentials"});
  list(body, "token_endpoint_auth_methods_supported", {"private_key_jwt"});
  list(body, "token_endpoint_auth_signing_alg_values_supported", {"RS384", "ES384"});
  list(body, "scopes_supported",
       {"system/*.rs", "system/*.cruds", "system/*.read", "system/*.write",
        "system/Observation.rs?category=laboratory"});
  list(body, "capabilities", {"client-confidential-asymmetric", "permission-v1", "permission-v2"});
  list(body, "code_challenge_methods_supported", {"S256"});
  body.end_object();
  Response response = json(200, body.take(), "auth/smart-configuration");
  response.headers = {{"Cache-Control", "public, max-age=300"}};
  return response;
}

}  // namespace gateway::http::auth
