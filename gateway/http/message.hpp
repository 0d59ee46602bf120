/// Room http (floor 6): the HTTP server (a library's, in one file), routing, limits. Handlers are
/// functions from Request to Response values; only server.cpp knows the library.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/security/identity.hpp"

namespace gateway::http {

struct Request {
  std::string method;                                        // "GET"
  std::string path;                                          // percent-decoded, "/fhir/Observation"
  std::string query;                                         // as sent, without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  security::PeerIdentity peer;
  base::Instant received;
  std::string_view header(std::string_view lower_case_name) const;  // "" if absent
};

struct Response {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string_view route = "other";  // a literal, for metrics: "fhir/search", never a path
};

using Handler = std::function<Response(const Request&)>;

}  // namespace gateway::http
