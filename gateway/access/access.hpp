/// Room access (floor 5): who is it: certificate, token → Principal; who may have a token. Knows no
/// HTTP and no resource.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/access/clients.hpp"
#include "gateway/access/identity.hpp"
#include "gateway/base/result.hpp"
#include "gateway/security/identity.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::access {

/// One entry of `access.certificates`.
struct CertificateGrant {
  security::CertificateRule rule;
  std::vector<security::Scope> scopes;
  std::string role;
};

/// Any thread. The first certificate grant that matches decides.
class Access {
 public:
  explicit Access(std::vector<CertificateGrant> grants, std::vector<ClientGrant> clients = {});
  /// Exchanges all grants for what is asked from now on.
  void publish(std::vector<CertificateGrant> grants, std::vector<ClientGrant> clients);
  /// Anonymous (not authenticated) if no grant matches and no token was shown. Of a token: what it
  /// says, as far as its client has it still. Of both: the narrower, that is what both allow, and
  /// the role only where both have it; a certificate that no grant matches takes nothing away.
  security::Principal principal_of(const Identity& identity) const;
  /// nullptr: no such client. Good as long as this is, whatever is published.
  const ClientGrant* client(std::string_view id) const;
  bool has_clients() const { return !current_.load()->clients.empty(); }

 private:
  struct Grants {
    std::vector<CertificateGrant> certificates;
    std::vector<ClientGrant> clients;
  };
  std::mutex mutex_;
  /// All there ever were, since who is being answered may look at one still: an exchange is a
  /// person's doing, and small.
  std::vector<std::unique_ptr<const Grants>> editions_;  // guarded by mutex_
  std::atomic<const Grants*> current_{nullptr};
};

}  // namespace gateway::access
