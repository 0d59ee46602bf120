/// Room access (floor 5): who is it: certificate → Principal. Knows no HTTP and no FHIR.
#pragma once
#include <string>
#include <vector>

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

/// Immutable; any thread. The first grant that matches decides.
class Access {
 public:
  explicit Access(std::vector<CertificateGrant> grants);
  /// Anonymous (not authenticated) if no grant matches or no certificate was shown.
  security::Principal principal_of(const security::PeerIdentity& peer) const;

 private:
  std::vector<CertificateGrant> grants_;
};

}  // namespace gateway::access
