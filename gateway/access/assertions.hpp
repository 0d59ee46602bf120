#pragma once
#include <span>
#include <string>
#include <string_view>

#include "gateway/access/access.hpp"
#include "gateway/access/client_keys.hpp"
#include "gateway/access/failures.hpp"
#include "gateway/access/jws.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"

namespace gateway::access {

/// What a client proves itself with (RFC 7523 §2.2), as it came.
struct ShownAssertion {
  std::string type;       // client_assertion_type
  std::string text;       // client_assertion
  std::string client_id;  // "" where the request named none
  std::string address;    // of the peer, without its port
};

/// Who proved itself, and the jti it did so with: used up from `spend` on.
struct Asserted {
  const ClientGrant* client = nullptr;
  std::string id;  // jti
  std::int64_t ends = 0;
};

/// private_key_jwt of SMART Backend Services (SMART App Launch 2.2; RFC 7523, RFC 8725): RS384 or
/// ES384 by a key registered for the client; iss = sub = client id, aud = the token URL, at most
/// five minutes ahead, each jti once. Any thread; may wait for a client's jwks_url.
///
/// Errors begin with the code of RFC 6749 §5.2: "invalid_client …"; of one that failed five times
/// within a minute from one address "slow_down …", before anything is looked at; "invalid_request".
class Assertions {
 public:
  Assertions(const Access& access, ClientKeys& keys, store::Store& store, const base::Clock& clock,
             std::string token_url);

  /// `also_for`: a further URL it may be meant for, that of the endpoint itself; "": none.
  base::Result<Asserted> check(const ShownAssertion& shown, const std::string& also_for = "");
  /// Uses it up, with the audit rows of what it was used for; durable on return. "invalid_client":
  /// somebody did already; "temporarily_unavailable".
  base::Result<void> spend(const Asserted& asserted, const ShownAssertion& shown,
                           std::span<const store::AuditRow> rows);

  /// The registered client that an assertion says it is of, whether or not it is; "anonymous": of
  /// none. For audit.
  std::string claimed(const ShownAssertion& shown) const;

  static constexpr std::string_view jwt_bearer =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

 private:
  base::Result<Asserted> checked(const ShownAssertion& shown, const std::string& also_for);
  base::Result<void> check_times(const Jws& jws) const;
  std::string whose(const ShownAssertion& shown) const;

  const Access& access_;
  ClientKeys& keys_;
  store::Store& store_;
  const base::Clock& clock_;
  const std::string token_url_;
  Failures failures_;
};

}  // namespace gateway::access
