#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "gateway/access/people/sessions.hpp"
#include "gateway/access/people/sign_in.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/totp.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"

namespace gateway::access::people::tests {

inline constexpr const char* words = "correct horse battery staple";

/// People on a real store, with passwords that cost little.
class House : public testing::Test {
 protected:
  std::unique_ptr<store::Store> opened() {
    auto store = store::sqlite::open({.file = folder_.path() / "gateway.db", .min_free_bytes = 1},
                                     clock_, metrics_);
    if (!store) throw std::runtime_error(store.error().text());
    return *std::move(store);
  }
  /// Somebody who has set a password.
  Account person(const std::string& name, Role role = Role::operating,
                 const std::string& password = words) {
    const auto invited = accounts_.add(name, "", role, std::chrono::minutes(15), admin_);
    EXPECT_TRUE(invited) << invited.error().text();
    const auto account = sign_in_.accept(proof(name, password), invited->code);
    EXPECT_TRUE(account) << account.error().text();
    return *account;
  }
  Proof proof(const std::string& user, const std::string& password = words,
              const std::string& code = "") const {
    return {user, password, code, "10.0.0.1", "https"};
  }
  /// Has the person set up a code; its secret.
  std::string with_code(const std::string& name) {
    EXPECT_TRUE(sign_in_.begin_code(name));
    const auto secret = (*accounts_.find(name))->new_code;
    EXPECT_TRUE(sign_in_.confirm_code(proof(name, "", code_of(secret))));
    return secret;
  }
  std::string code_of(const std::string& secret) const {
    return security::totp::code_of(secret, clock_.now().microseconds / 30'000'000);
  }
  /// "" or the code of the refusal.
  template <class T>
  static std::string refusal_of(const base::Result<T>& result) {
    return result ? "" : result.error().what.substr(0, result.error().what.find(' '));
  }
  /// The events of the trail, newest first, each with whose it is.
  std::string trail(std::size_t most = 3) {
    std::string out;
    const auto rows = store_->audited({.most = most});
    for (const auto& one : *rows) out += one.row.event + " " + one.row.agent + "; ";
    return out;
  }

  const security::ScryptCost cheap_{4, 1, 1};
  const Actor admin_{"root", "10.0.0.9", "socket"};
  ::tests::TemporaryFolder folder_;
  ::tests::HandClock clock_;
  observe::Metrics metrics_;
  std::unique_ptr<store::Store> store_ = opened();
  Accounts accounts_{*store_, clock_};
  SignIn sign_in_{accounts_, "clinic-a", cheap_};
  Sessions sessions_{accounts_};
};

}  // namespace gateway::access::people::tests
