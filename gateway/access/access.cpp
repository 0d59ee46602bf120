#include "gateway/access/access.hpp"

#include <algorithm>

namespace gateway::access {

Access::Access(std::vector<CertificateGrant> grants, std::vector<ClientGrant> clients) {
  publish(std::move(grants), std::move(clients));
}

void Access::publish(std::vector<CertificateGrant> grants, std::vector<ClientGrant> clients) {
  const std::lock_guard lock(mutex_);
  editions_.push_back(
      std::make_unique<const Grants>(Grants{std::move(grants), std::move(clients)}));
  current_ = editions_.back().get();
}

const ClientGrant* Access::client(std::string_view id) const {
  const auto& clients = current_.load()->clients;
  const auto found = std::ranges::find(clients, id, &ClientGrant::id);
  return found == clients.end() ? nullptr : &*found;
}

security::Principal Access::principal_of(const Identity& identity) const {
  const auto& grants = current_.load()->certificates;
  const auto granted = std::ranges::find_if(grants, [&](const CertificateGrant& grant) {
    return security::matches(identity.peer, grant.rule);
  });
  if (identity.client.empty()) {
    if (granted == grants.end()) return {"anonymous", {}, "", false};
    return {identity.peer.subject_text(), granted->scopes, granted->role, true};
  }
  const ClientGrant* registered = client(identity.client);
  if (registered == nullptr) return {"anonymous", {}, "", false};
  security::Principal who{identity.client, security::common(identity.scopes, registered->scopes),
                          registered->role, true, identity.token};
  if (granted == grants.end()) return who;
  who.scopes = security::common(who.scopes, granted->scopes);
  if (granted->role != who.role) who.role.clear();
  return who;
}

}  // namespace gateway::access
