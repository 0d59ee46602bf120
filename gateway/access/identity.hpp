#pragma once
#include <string>

#include "gateway/security/identity.hpp"

namespace gateway::access {

/// How a client showed itself, as text to keep: what `Access` decides on and nothing else. So what
/// is done later in its name is decided by what it is granted then.
std::string write_identity(const security::PeerIdentity& peer);
security::PeerIdentity read_identity(const std::string& text);

}  // namespace gateway::access
