#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/access/people/roles.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/store/audit.hpp"
#include "gateway/store/kept.hpp"

namespace gateway::access::people {

/// A person as this gateway knows them. A value; kept as text under its name.
struct Account {
  std::string name;   // local: is_account_name; of the provider: "oidc:…"
  std::string shown;  // how the person is called; may be ""
  Role role = Role::operating;
  bool locked = false;         // by an administrator
  std::string password;        // hash; "": none yet, or the provider's person
  std::string code;            // TOTP secret, 20 bytes; "": none
  std::string new_code;        // the same, until its first code was shown
  std::int64_t code_step = 0;  // of the last code that was used
  std::string invitation;      // hash of the one-time code by which a password is set; ""
  base::Instant invited_until;
  std::int64_t epoch = 1;  // sessions begun under an earlier one are over
  base::Instant last_sign_in;
  std::int64_t version = 0;  // as it was read; 0: new

  bool is_of_provider() const { return name.starts_with("oidc:"); }
  bool can_sign_in() const { return !locked && (is_of_provider() || !password.empty()); }
};

inline constexpr std::string_view account_kind = "account";
Account read_account(const store::Kept& kept);
store::Keeping write_account(const Account& account);

/// 2 to 64 of a-z, 0-9, '.', '-', '_', beginning with a letter.
bool is_account_name(std::string_view name);

/// TRUST.md §4.3: at least 15 characters, or 8 beside a code; at most 256 bytes. Error `malformed`.
base::Result<void> check_new_password(std::string_view password, const Account& account);

/// Who does something to an account, for the audit trail.
struct Actor {
  std::string name, address, door;
};
store::AuditRow row_of(std::string_view event, const Actor& actor, base::Instant at,
                       std::string outcome, std::string detail);

/// A refusal as pages say it: `what` begins with a code, a blank behind it.
base::Error refusal(base::ErrorKind kind, std::string_view code, const std::string& why,
                    std::string remedy = "");

}  // namespace gateway::access::people
