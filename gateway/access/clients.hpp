#pragma once
#include <string>
#include <vector>

#include "gateway/security/scope.hpp"

namespace gateway::access {

/// One entry of `access.clients`: a client of SMART Backend Services and what it may at most.
struct ClientGrant {
  std::string id;
  std::vector<security::Scope> scopes;
  std::string role;
  /// A resource server: it may ask what others' tokens are worth (RFC 7662).
  bool introspects() const { return role == "resource-server"; }
};

}  // namespace gateway::access
