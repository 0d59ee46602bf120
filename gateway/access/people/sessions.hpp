#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/access/people/accounts.hpp"

namespace gateway::access::people {

/// A person who is signed in.
struct Session {
  std::string user, shown;
  Role role = Role::operating;
  base::Instant begun, seen;  // the second is up to half a minute behind
  base::Instant proved;       // when the person last proved to be it
  std::int64_t epoch = 0;     // of the account
  std::string key;            // what it is kept under: hash of its token
  std::int64_t version = 0;
};

/// TRUST T16: 15 minutes without a request, 12 hours in all; what is grave asks for a proof that is
/// at most five minutes old.
inline constexpr std::chrono::minutes session_idle{15}, session_life{12 * 60}, proof_life{5};

/// Sessions, kept as hashes of their tokens: whoever reads the store can be nobody with that. They
/// hold through restarts and for every gateway on the store, and end where the account is locked,
/// reset or given another role. Any thread.
class Sessions {
 public:
  explicit Sessions(Accounts& accounts)
      : accounts_(accounts), store_(accounts.store()), clock_(accounts.clock()) {}

  /// The token, 256 random bits: told once, to the person's browser.
  /// `proved`: the person proved to be it just now.
  base::Result<std::string> begin(const Account& account, bool proved);
  /// nullopt: there is no such session, or no longer.
  base::Result<std::optional<Session>> find(std::string_view token);
  /// The same, and it is no use of the session: for what goes on while nobody asks anything.
  base::Result<std::optional<Session>> standing(std::string_view token);
  /// The person proved it once more: the session goes on under a new token.
  base::Result<std::string> renew(const Session& session);
  base::Result<void> end(const Session& session, const Actor& actor);

  bool is_proved(const Session& session) const;
  base::Instant now() const { return clock_.now(); }
  /// What state changes of a session carry beside its cookie; a page of another site cannot know
  /// it.
  static std::string csrf_token(std::string_view token);

 private:
  base::Result<void> touch(const Session& session);

  Accounts& accounts_;
  store::Store& store_;
  const base::Clock& clock_;
};

}  // namespace gateway::access::people
