#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/access/clients.hpp"
#include "gateway/access/token_keys.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/base/time.hpp"
#include "gateway/security/identity.hpp"
#include "gateway/store/store.hpp"

namespace gateway::access {

/// What a token of ours says, believed.
struct Token {
  std::string id;  // jti
  std::string client;
  std::vector<security::Scope> scopes;  // granted when it was issued
  std::int64_t issued = 0, ends = 0;    // seconds since 1970
  std::string certificate_sha256;       // it counts only with this one (RFC 8705); "": with any
  std::string key_id;
};

/// Our access tokens: JWTs of RFC 9068 (`at+jwt`), ES384, for `base_url` alone, for minutes. Each
/// is verified once and remembered by its hash. Any thread; asks the store only to take one back.
class Tokens {
 public:
  /// `taken_back` is what the store says was taken back and is not over.
  Tokens(std::string base_url, std::chrono::seconds life, const TokenKeys& keys,
         store::Store& store, const base::Clock& clock,
         const std::vector<store::Spending>& taken_back = {});

  struct Issued {
    std::string text;
    Token token;
  };
  Issued issue(const ClientGrant& client, std::vector<security::Scope> scopes,
               const security::PeerIdentity& peer) const;

  /// Errors `forbidden`: "token-expired …", "token-invalid …". Decides from what is in memory.
  base::Result<Token> verify(std::string_view text, const security::PeerIdentity& peer) const;
  /// The same whoever shows it: what introspection tells.
  base::Result<Token> verify(std::string_view text) const;
  /// From its durable return on the token is none. With the audit rows of that.
  base::Result<void> take_back(const Token& token, std::span<const store::AuditRow> rows);

  static constexpr std::string_view spending_kind = "token";  // the kind of Spending

 private:
  base::Result<Token> believed(std::string_view text) const;
  void remember(const base::Digest& hash, const Token& token) const;

  const std::string base_url_;
  const std::chrono::seconds life_;
  const TokenKeys& keys_;
  store::Store& store_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<base::Digest, Token> verified_;  // guarded by mutex_
  std::map<std::string, std::int64_t> taken_back_;  // jti → end; guarded by mutex_
};

}  // namespace gateway::access
