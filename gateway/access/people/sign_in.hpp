#pragma once
#include <atomic>
#include <mutex>
#include <string>

#include "gateway/access/people/attempts.hpp"
#include "gateway/security/password.hpp"

namespace gateway::access::people {

/// What a person types, and from where.
struct Proof {
  std::string user, password, code;
  std::string address, door;
};

/// A second factor that is being set up: what an app takes.
struct NewCode {
  std::string secret;   // base32
  std::string address;  // otpauth://
};

/// Local accounts prove who they are: password (scrypt) and, where one is set up, a code (TOTP)
/// that counts once. One password is computed at a time, some wait, the others are told to come
/// again, so that nobody spends the gateway's memory and threads on it. Any thread.
///
/// Errors are refusals: "sign-in-refused" says the same whatever was wrong, "slow-down".
class SignIn {
 public:
  SignIn(Accounts& accounts, std::string instance, security::ScryptCost cost = {});

  /// Somebody signs in; noted down.
  base::Result<Account> enter(const Proof& proof);
  /// Proves it once more: by code, or by password where there is no code (TRUST T16).
  base::Result<void> again(const Proof& proof);
  /// Sets the first password by the code of an invitation, which counts once.
  base::Result<Account> accept(const Proof& proof, const std::string& invitation);
  /// By the old one; ends all sessions of the account.
  base::Result<Account> change_password(const Proof& proof, const std::string& fresh);
  /// Sets up a code: it counts from the moment that its first code is shown.
  base::Result<NewCode> begin_code(const std::string& user);
  /// The sessions that stand end: they began where a password was enough (TRUST T16).
  base::Result<Account> confirm_code(const Proof& proof);

 private:
  enum class Needs { all, code_or_password };
  base::Result<Account> proved(const Proof& proof, Needs needs, const std::string& event,
                               const Accounts::Change& also);
  base::Error refuse(const Proof& proof, const std::optional<Account>& account,
                     const std::string& why);
  base::Result<bool> is_password(std::string_view password, std::string_view kept);
  base::Result<std::string> hashed(std::string_view password);
  template <class Work>
  auto in_turn(Work work) -> base::Result<decltype(work())>;

  Accounts& accounts_;
  Attempts attempts_;
  const std::string instance_;
  const security::ScryptCost cost_;
  const std::string nobody_;  // a hash that no password has, compared with where nobody is
  std::mutex turn_;
  std::atomic<int> waiting_{0};
};

}  // namespace gateway::access::people
