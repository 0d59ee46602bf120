/// Sub-room http/auth: SMART Backend Services over HTTP (SMART App Launch 2.2): /auth/token,
/// /auth/jwks, /auth/introspect, /auth/revoke, and what tells clients of them.
#pragma once
#include <optional>
#include <string>

#include "gateway/access/issuing.hpp"
#include "gateway/access/token_keys.hpp"
#include "gateway/http/message.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::http::auth {

/// base_url without /fhir: "https://host:8443".
std::string root_of(const std::string& base_url);

/// Where they are: behind the root, /auth.
struct Addresses {
  explicit Addresses(const std::string& base_url);
  std::string token, jwks, introspect, revoke;
};

class Endpoint {
 public:
  Endpoint(Addresses addresses, access::Issuing& issuing, const access::TokenKeys& keys,
           observe::Metrics& metrics);
  /// /auth/… and /fhir/.well-known/smart-configuration.
  Response answer(const Request& request);
  /// http::Site::admit: forms are small, and say how long they are.
  std::optional<Response> admit(const Request& request) const;
  /// Is it one of the paths that this answers?
  static bool serves(std::string_view path);

 private:
  Response token(const Request& request);
  Response introspect(const Request& request);
  Response revoke(const Request& request);
  Response configuration() const;
  Response refused(const base::Error& error);

  const Addresses addresses_;
  access::Issuing& issuing_;
  const access::TokenKeys& keys_;
  observe::Metrics& metrics_;
};

}  // namespace gateway::http::auth
