#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/security/identity.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::access {

class Tokens;

/// How a client showed itself: by certificate, by token, or by both.
struct Identity {
  Identity(security::PeerIdentity its_peer = {}) : peer(std::move(its_peer)) {}
  security::PeerIdentity peer;
  std::string client;                   // of the token; "": none was shown
  std::vector<security::Scope> scopes;  // the token's
  std::string token;                    // its jti
};

/// From the certificate of a connection and the Authorization of a request, "" where there is none.
/// `tokens` null: no client is registered, so no token counts. Errors `forbidden`: "token-expired
/// …", "token-invalid …": who shows a token that counts for nothing is nobody, whatever certificate
/// comes with it.
base::Result<Identity> shown(const security::PeerIdentity& peer, std::string_view authorization,
                             const Tokens* tokens);

/// An identity as text to keep: what `Access` decides on and nothing else. So what is done later in
/// its name is decided by what it is granted then.
std::string write_identity(const Identity& identity);
Identity read_identity(const std::string& text);

}  // namespace gateway::access
