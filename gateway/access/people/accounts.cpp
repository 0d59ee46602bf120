#include "gateway/access/people/accounts.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/security/random.hpp"

namespace gateway::access::people {
namespace {

using base::ErrorKind;

constexpr int most_races = 8;
constexpr std::size_t code_characters = 20, group_characters = 5;  // 100 bits

base::Error no_such(const std::string& name) {
  return refusal(ErrorKind::not_found, "no-such-user", "there is no account " + name,
                 "`immunogate user list` shows them");
}

/// Blanks, capitals and dashes do not count: people type it.
std::string plain_code(std::string_view code) {
  std::string out;
  for (const char c : code)
    if (c != '-' && c != ' ') out += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string new_code() {
  const auto plain = base::base32(base::sha256(security::random_bytes(32)), code_characters);
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && i % group_characters == 0) out += '-';
    out += plain[i];
  }
  return out;
}

bool administers(const Account& account) {
  return account.can_sign_in() && may(name_of(account.role), Action::change_people);
}

}  // namespace

std::string hash_of_code(std::string_view code) {
  const auto digest = base::sha256(plain_code(code));
  return base::hex(base::bytes_of(digest));
}

base::Result<std::vector<Account>> Accounts::all() {
  const auto kept = store_.all_kept(account_kind);
  if (!kept) return kept.error();
  std::vector<Account> out;
  for (const auto& one : *kept) out.push_back(read_account(one));
  return out;
}

base::Result<std::optional<Account>> Accounts::find(const std::string& name) {
  const auto kept = store_.kept(account_kind, name);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Account>();
  return std::optional(read_account(**kept));
}

base::Result<bool> Accounts::has_administrator() {
  const auto accounts = all();
  if (!accounts) return accounts.error();
  return std::ranges::any_of(*accounts, administers);
}

base::Result<void> Accounts::check_somebody_is_left(const Account& without) {
  if (!administers(without) || without.is_of_provider()) return {};
  const auto accounts = all();
  if (!accounts) return accounts.error();
  const auto count = std::ranges::count_if(*accounts, [&](const Account& account) {
    return account.name != without.name && !account.is_of_provider() && administers(account);
  });
  if (count > 0) return {};
  return refusal(ErrorKind::conflict, "last-administrator",
                 "this is the last administrator who can sign in", "make another one first");
}

Invitation Accounts::invite(Account& account, std::chrono::minutes life) const {
  Invitation out{new_code(),
                 {clock_.now().microseconds +
                  std::chrono::duration_cast<std::chrono::microseconds>(life).count()}};
  account.invitation = hash_of_code(out.code);
  account.invited_until = out.until;
  return out;
}

base::Result<Invitation> Accounts::add(const std::string& name, const std::string& shown, Role role,
                                       std::chrono::minutes life, const Actor& actor) {
  if (!is_account_name(name))
    return refusal(ErrorKind::malformed, "user-name", "this is no name for an account",
                   "take 2 to 64 of a-z, 0-9, '.', '-', '_', a letter first");
  Account account;
  account.name = name;
  account.shown = shown;
  account.role = role;
  const auto out = invite(account, life);
  const auto change = write_account(account);
  const auto row = row_of("user-added", actor, clock_.now(), "200",
                          name + " role " + std::string(name_of(role)));
  const auto kept = store_.keep({&change, 1}, {&row, 1});
  if (!kept) return kept.error();
  if (*kept) return out;
  return refusal(ErrorKind::conflict, "user-exists", "there is an account of this name",
                 "take another name, or `immunogate user reset` it");
}

base::Result<Account> Accounts::change(const std::string& name, const Change& change) {
  for (int i = 0; i < most_races; ++i) {
    auto found = find(name);
    if (!found) return found.error();
    if (!*found) return no_such(name);
    Account account = **std::move(found);
    auto also = change(account);
    if (!also) return also.error();
    also->texts.push_back(write_account(account));
    const auto kept = store_.keep(also->texts, also->rows);
    if (!kept) return kept.error();
    if (*kept) return account;
  }
  return refusal(ErrorKind::unavailable, "busy", "the account is being changed", "try again");
}

base::Result<void> Accounts::give_role(const std::string& name, Role role, const Actor& actor) {
  const auto done = change(name, [&](Account& account) -> base::Result<Also> {
    if (account.is_of_provider())
      return refusal(ErrorKind::conflict, "role-of-provider",
                     "the role of this account comes from the identity provider",
                     "change the person's group there");
    const bool keeps = may(name_of(role), Action::change_people);
    if (auto left = keeps ? base::Result<void>() : check_somebody_is_left(account); !left)
      return left.error();
    const auto row = row_of(
        "user-role", actor, clock_.now(), "200",
        name + " from " + std::string(name_of(account.role)) + " to " + std::string(name_of(role)));
    account.role = role;
    ++account.epoch;
    return Also{{row}, {}};
  });
  if (!done) return done.error();
  return {};
}

base::Result<void> Accounts::lock(const std::string& name, bool locked, const Actor& actor) {
  const auto done = change(name, [&](Account& account) -> base::Result<Also> {
    if (auto left = locked ? check_somebody_is_left(account) : base::Result<void>(); !left)
      return left.error();
    account.locked = locked;
    ++account.epoch;
    return Also{
        {row_of(locked ? "user-locked" : "user-unlocked", actor, clock_.now(), "200", name)}, {}};
  });
  if (!done) return done.error();
  return {};
}

base::Result<Invitation> Accounts::reset(const std::string& name, std::chrono::minutes life,
                                         const Actor& actor) {
  Invitation out;
  const auto done = change(name, [&](Account& account) -> base::Result<Also> {
    if (account.is_of_provider())
      return refusal(ErrorKind::conflict, "password-of-provider",
                     "this account has no password here", "reset it at the identity provider");
    account.password.clear();
    account.code.clear();
    account.new_code.clear();
    ++account.epoch;
    out = invite(account, life);
    return Also{{row_of("user-reset", actor, clock_.now(), "200", name)}, {}};
  });
  if (!done) return done.error();
  return out;
}

}  // namespace gateway::access::people
