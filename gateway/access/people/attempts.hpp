#pragma once
#include <string>

#include "gateway/access/failures.hpp"
#include "gateway/access/people/accounts.hpp"

namespace gateway::access::people {

/// Slows down who guesses: from the fifth failure in a row at one name on, each makes it wait twice
/// as long, 30 seconds to 15 minutes; never for good, which would let anybody lock out anybody
/// (TRUST.md §4.3). Names that nobody has are slowed alike, so that none is found out. Kept in the
/// store: it holds for all gateways, through restarts. Beside it an address that failed 20 times
/// within ten minutes waits, whatever the names. Any thread.
class Attempts {
 public:
  explicit Attempts(Accounts& accounts)
      : store_(accounts.store()),
        clock_(accounts.clock()),
        addresses_(20, std::chrono::minutes(10), clock_) {}

  /// Error `forbidden` "slow-down …": not even looked at.
  base::Result<void> admit(const std::string& user, const std::string& address);
  /// The same of the address alone, where what is asked for cannot be guessed.
  base::Result<void> admit_address(const std::string& address);
  /// With its audit row; error `unavailable` where it cannot be noted down.
  base::Result<void> failed(const std::string& user, const Actor& actor, const std::string& why);
  /// What is written with a success, so that failures begin anew.
  void forget(const std::string& user, Accounts::Also& also);

 private:
  store::Store& store_;
  const base::Clock& clock_;
  Failures addresses_;
};

}  // namespace gateway::access::people
