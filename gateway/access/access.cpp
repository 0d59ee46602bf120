#include "gateway/access/access.hpp"

namespace gateway::access {

Access::Access(std::vector<CertificateGrant> grants) : grants_(std::move(grants)) {}

security::Principal Access::principal_of(const security::PeerIdentity& peer) const {
  for (const CertificateGrant& grant : grants_) {
    if (!security::matches(peer, grant.rule)) continue;
    return {peer.subject_text(), grant.scopes, grant.role, true};
  }
  return {"anonymous", {}, "", false};
}

}  // namespace gateway::access
