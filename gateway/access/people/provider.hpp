#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/access/client_keys.hpp"
#include "gateway/access/failures.hpp"
#include "gateway/access/people/accounts.hpp"

namespace gateway::access::people {

/// An OpenID Connect provider that knows the people (TRUST.md §4.3).
struct ProviderSettings {
  std::string issuer, client_id, client_secret;
  std::string redirect_uri;      // where the provider sends the browser back
  std::string scopes;            // "openid profile groups"
  std::vector<std::string> acr;  // how the person must have proved to be it: one of these
  std::string claim;             // that names the person's groups
  std::vector<std::pair<std::string, Role>> roles;  // group → role; the first that fits
  security::Algorithm algorithm = security::Algorithm::rs256;  // that signs its ID tokens
};

/// A request to the provider, and its answer. Every guard of what leaves is behind it (TRUST T10).
struct ProviderRequest {
  std::string url, authorization, form;  // a form is posted; "": GET
};
using AskProvider =
    std::function<base::Result<std::pair<int, std::string>>(const ProviderRequest& request)>;

/// Signing in by OpenID Connect 1.0: authorization code with PKCE (RFC 7636), state and nonce;
/// issuer, audience, times, `acr` and signature checked (Core §3.1.3.7), each sign-in once. Nothing
/// is kept between the two steps but what the browser carries, sealed. Any thread; waits for the
/// provider.
class Provider {
 public:
  Provider(ProviderSettings settings, Accounts& accounts, AskProvider ask, FetchKeys fetch,
           std::string seal_key);

  struct Begun {
    std::string url;      // where the browser goes
    std::string carried;  // what it brings back, in a cookie of its own
  };
  /// `anew`: the person must prove it now, whatever the provider remembers.
  base::Result<Begun> begin(bool anew);

  struct Returned {
    std::string code, state, issuer;  // as the provider gave them to the browser
    std::string carried;
  };
  struct Entered {
    Account account;
    bool proved = false;  // within the last five minutes, not by what the provider remembers
  };
  /// The person's account, made or brought up to date; noted down. Errors: "sign-in-refused",
  /// "no-role", "provider-away".
  base::Result<Entered> finish(const Returned& returned, const Actor& from);

 private:
  struct Endpoints {
    std::string authorization, token, keys;
  };
  struct Person {
    std::string name, shown;
    std::optional<Role> role;  // none of the person's groups has one: then all sessions end
    bool proved;
  };
  base::Result<Endpoints> endpoints();
  base::Result<Entered> finished(const Returned& returned, const Actor& from);
  base::Result<Endpoints> discovered() const;
  base::Result<std::string> id_token(const Returned& returned, const std::string& verifier);
  base::Result<Person> person_of(const std::string& token, const std::string& nonce);
  base::Result<void> check_claims(const fhir::Json& claims, const std::string& nonce) const;
  base::Result<Account> account_of(const Person& person, const Actor& from);

  const ProviderSettings settings_;
  Accounts& accounts_;
  const base::Clock& clock_;
  const AskProvider ask_;
  const std::string seal_key_;
  ClientKeys keys_;
  std::mutex mutex_;
  Endpoints known_;               // guarded by mutex_
  std::int64_t known_until_ = 0;  // guarded by mutex_; steady microseconds
  bool asks_ = false;             // guarded by mutex_; somebody does
  std::atomic<int> finishing_ = 0;
  Failures addresses_;
};

}  // namespace gateway::access::people
