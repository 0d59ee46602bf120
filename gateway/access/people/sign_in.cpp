#include "gateway/access/people/sign_in.hpp"

#include "gateway/security/random.hpp"
#include "gateway/security/totp.hpp"

namespace gateway::access::people {
namespace {

using base::ErrorKind;
namespace totp = security::totp;

constexpr int most_waiting = 8;

base::Error no() {
  return refusal(ErrorKind::forbidden, "sign-in-refused",
                 "name, password or code is wrong, or the account is locked",
                 "try again; an administrator can reset the account");
}

Actor actor_of(const Proof& proof, const std::optional<Account>& account) {
  return {account ? account->name : "anonymous", proof.address, proof.door};
}

std::int64_t seconds(base::Instant instant) {
  return instant.microseconds / 1'000'000;
}

}  // namespace

SignIn::SignIn(Accounts& accounts, std::string instance, security::ScryptCost cost)
    : accounts_(accounts),
      attempts_(accounts),
      instance_(std::move(instance)),
      cost_(cost),
      nobody_(security::hash_password(security::random_bytes(32), cost)) {}

template <class Work>
auto SignIn::in_turn(Work work) -> base::Result<decltype(work())> {
  struct Counted {
    std::atomic<int>& count;
    ~Counted() { --count; }
  };
  const bool is_full = ++waiting_ > most_waiting;
  const Counted counted{waiting_};
  if (is_full)
    return refusal(ErrorKind::forbidden, "slow-down", "many sign in at once",
                   "try again in a moment");
  const std::lock_guard lock(turn_);
  return work();
}

base::Result<bool> SignIn::is_password(std::string_view password, std::string_view kept) {
  return in_turn([&] { return security::is_password(password, kept); });
}

base::Result<std::string> SignIn::hashed(std::string_view password) {
  return in_turn([&] { return security::hash_password(password, cost_); });
}

/// Notes the failure down; what is answered tells nothing of `why`.
base::Error SignIn::refuse(const Proof& proof, const std::optional<Account>& account,
                           const std::string& why) {
  auto noted = attempts_.failed(proof.user, actor_of(proof, account), why);
  return noted ? no() : noted.error();
}

base::Result<Account> SignIn::proved(const Proof& proof, Needs needs, const std::string& event,
                                     const Accounts::Change& also) {
  if (auto admitted = attempts_.admit(proof.user, proof.address); !admitted)
    return admitted.error();
  auto found = accounts_.find(proof.user);
  if (!found) return found.error();
  const auto account = *std::move(found);
  const bool has_password = account && !account->password.empty();
  const bool by_code = needs == Needs::code_or_password && account && !account->code.empty();
  if (!by_code) {
    const auto right = is_password(proof.password, has_password ? account->password : nobody_);
    if (!right) return right.error();
    if (!*right || !has_password)
      return refuse(proof, account, account ? "password" : "no such account");
  }
  if (account->locked) return refuse(proof, account, "locked");
  bool code_is_wrong = false;
  auto done = accounts_.change(proof.user, [&](Account& now) -> base::Result<Accounts::Also> {
    // It may have been changed since: then what was proved proves nothing.
    if (now.locked || now.password != account->password || now.code != account->code) return no();
    const auto at = accounts_.clock().now();
    if (!now.code.empty()) {
      const auto step = totp::step_of(now.code, proof.code, seconds(at), now.code_step);
      if (!step) return code_is_wrong = true, no();
      now.code_step = *step;
    }
    auto out = also(now);
    if (!out) return out;
    attempts_.forget(proof.user, *out);
    out->rows.push_back(row_of(event, actor_of(proof, account), at, "200", ""));
    return out;
  });
  if (code_is_wrong) return refuse(proof, account, "code");
  return done;
}

base::Result<Account> SignIn::enter(const Proof& proof) {
  return proved(proof, Needs::all, "sign-in",
                [&](Account& account) -> base::Result<Accounts::Also> {
                  account.last_sign_in = accounts_.clock().now();
                  return Accounts::Also{};
                });
}

base::Result<void> SignIn::again(const Proof& proof) {
  const auto done =
      proved(proof, Needs::code_or_password, "step-up",
             [](Account&) -> base::Result<Accounts::Also> { return Accounts::Also{}; });
  if (!done) return done.error();
  return {};
}

base::Result<Account> SignIn::accept(const Proof& proof, const std::string& invitation) {
  // Not by name: an invitation is short, and nobody guesses 100 bits.
  if (auto admitted = attempts_.admit_address(proof.address); !admitted) return admitted.error();
  auto found = accounts_.find(proof.user);
  if (!found) return found.error();
  const auto account = *std::move(found);
  const auto is_right = [&](const Account& one) {
    return !one.locked && !one.invitation.empty() && one.invited_until > accounts_.clock().now() &&
           security::equal_secrets(one.invitation, hash_of_code(invitation));
  };
  if (!account || !is_right(*account)) return refuse(proof, account, "invitation");
  if (auto fine = check_new_password(proof.password, *account); !fine) return fine.error();
  const auto hash = hashed(proof.password);
  if (!hash) return hash.error();
  return accounts_.change(proof.user, [&](Account& now) -> base::Result<Accounts::Also> {
    if (!is_right(now)) return no();
    now.invitation.clear();
    now.password = *hash;
    now.last_sign_in = accounts_.clock().now();
    Accounts::Also out;
    attempts_.forget(proof.user, out);
    out.rows.push_back(
        row_of("user-activated", actor_of(proof, account), now.last_sign_in, "200", ""));
    return out;
  });
}

base::Result<Account> SignIn::change_password(const Proof& proof, const std::string& fresh) {
  const auto found = accounts_.find(proof.user);
  if (!found) return found.error();
  if (*found)
    if (auto fine = check_new_password(fresh, **found); !fine) return fine.error();
  const auto hash = hashed(fresh);
  if (!hash) return hash.error();
  return proved(proof, Needs::all, "password-changed",
                [&](Account& account) -> base::Result<Accounts::Also> {
                  account.password = *hash;
                  ++account.epoch;
                  return Accounts::Also{};
                });
}

base::Result<NewCode> SignIn::begin_code(const std::string& user) {
  NewCode out;
  const auto done = accounts_.change(user, [&](Account& account) -> base::Result<Accounts::Also> {
    if (account.is_of_provider())
      return refusal(ErrorKind::conflict, "code-of-provider",
                     "this account proves itself at the identity provider", "");
    account.new_code = security::random_bytes(totp::secret_bytes);
    out = {totp::to_base32(account.new_code),
           totp::address(account.new_code, instance_, account.name)};
    return Accounts::Also{};
  });
  if (!done) return done.error();
  return out;
}

base::Result<Account> SignIn::confirm_code(const Proof& proof) {
  return accounts_.change(proof.user, [&](Account& account) -> base::Result<Accounts::Also> {
    const auto at = accounts_.clock().now();
    const auto step = account.new_code.empty()
                          ? std::nullopt
                          : totp::step_of(account.new_code, proof.code, seconds(at), 0);
    if (!step)
      return refusal(ErrorKind::malformed, "code-wrong", "this is not the code of now",
                     "see that the clock of your device is right, and take the next code");
    account.code = std::exchange(account.new_code, "");
    account.code_step = *step;
    ++account.epoch;
    return Accounts::Also{{row_of("code-set", actor_of(proof, account), at, "200", "")}, {}};
  });
}

}  // namespace gateway::access::people
