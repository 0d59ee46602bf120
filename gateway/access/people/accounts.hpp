#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/access/people/account.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/store.hpp"

namespace gateway::access::people {

/// The one-time code by which a person sets a password, and when it is over. Shown once.
struct Invitation {
  std::string code;  // "kx3v5-…"
  base::Instant until;
};

/// The accounts of people, and what administrators do to them. Each change is durable with its
/// audit row. Any thread; several gateways on one store.
class Accounts {
 public:
  Accounts(store::Store& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  base::Result<std::vector<Account>> all();
  base::Result<std::optional<Account>> find(const std::string& name);
  /// Is there somebody who can sign in and may change accounts?
  base::Result<bool> has_administrator();

  /// Errors: `malformed` (name), `conflict` (it is there already).
  base::Result<Invitation> add(const std::string& name, const std::string& shown, Role role,
                               std::chrono::minutes life, const Actor& actor);
  /// These end all sessions of the account. Errors: `not_found`; `conflict` where nobody could
  /// administer any more, or a provider's person has their role from there.
  base::Result<void> give_role(const std::string& name, Role role, const Actor& actor);
  base::Result<void> lock(const std::string& name, bool locked, const Actor& actor);
  /// Password and code are gone, and delays; a new invitation.
  base::Result<Invitation> reset(const std::string& name, std::chrono::minutes life,
                                 const Actor& actor);

  /// Changes an account by itself, whatever others do to it meanwhile: `change` is done to what is
  /// read, perhaps several times, and says what else is written with it; its error ends it.
  struct Also {
    std::vector<store::AuditRow> rows;
    std::vector<store::Keeping> texts;
  };
  using Change = std::function<base::Result<Also>(Account&)>;
  base::Result<Account> change(const std::string& name, const Change& change);

  const base::Clock& clock() const { return clock_; }
  store::Store& store() { return store_; }

 private:
  base::Result<void> check_somebody_is_left(const Account& without);
  Invitation invite(Account& account, std::chrono::minutes life) const;

  store::Store& store_;
  const base::Clock& clock_;
};

/// What an invitation's code is kept as.
std::string hash_of_code(std::string_view code);

}  // namespace gateway::access::people
