#include "gateway/access/access.hpp"

#include <algorithm>

namespace gateway::access {

Access::Access(std::vector<CertificateGrant> grants, std::vector<ClientGrant> clients)
    : grants_(std::move(grants)), clients_(std::move(clients)) {}

const ClientGrant* Access::client(std::string_view id) const {
  const auto found = std::ranges::find(clients_, id, &ClientGrant::id);
  return found == clients_.end() ? nullptr : &*found;
}

security::Principal Access::principal_of(const Identity& identity) const {
  const auto granted = std::ranges::find_if(grants_, [&](const CertificateGrant& grant) {
    return security::matches(identity.peer, grant.rule);
  });
  if (identity.client.empty()) {
    if (granted == grants_.end()) return {"anonymous", {}, "", false};
    return {identity.peer.subject_text(), granted->scopes, granted->role, true};
  }
  const ClientGrant* registered = client(identity.client);
  if (registered == nullptr) return {"anonymous", {}, "", false};
  security::Principal who{identity.client, security::common(identity.scopes, registered->scopes),
                          registered->role, true, identity.token};
  if (granted == grants_.end()) return who;
  who.scopes = security::common(who.scopes, granted->scopes);
  if (granted->role != who.role) who.role.clear();
  return who;
}

}  // namespace gateway::access
