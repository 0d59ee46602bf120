#pragma once
#include <functional>
#include <optional>
#include <string>

#include "gateway/access/assertions.hpp"
#include "gateway/access/tokens.hpp"

namespace gateway::access {

/// A request of the token endpoint (RFC 6749 §4.4.2).
struct TokenRequest {
  std::string grant_type, scope;
  ShownAssertion assertion;
  security::PeerIdentity peer;
  std::string door;  // for audit
};
/// Its answer; `scope` is what was granted, which may be less than was asked, never more.
struct Granted {
  std::string token, scope;
  std::int64_t seconds = 0;
};
/// A request about a token: of introspection (RFC 7662) or revocation (RFC 7009).
struct TokenQuestion {
  std::string token;
  ShownAssertion assertion;
  std::string url;   // of the endpoint that was asked
  std::string door;  // for audit
};

/// Notes down what was refused: soon, and in a flood counted, so that who asks again and again
/// makes neither the disk work nor the trail full (audit::Recorder::refused).
using NoteRefusal = std::function<void(store::AuditRow)>;

/// Who gets a token, and what becomes of it. What is granted or taken back is audited before it is
/// answered; refusals are noted. Any thread. Errors begin with the code of RFC 6749 §5.2, as those
/// of `Assertions`.
class Issuing {
 public:
  Issuing(Assertions& assertions, Tokens& tokens, store::Store& store, const base::Clock& clock,
          NoteRefusal note_refusal);

  base::Result<Granted> grant(const TokenRequest& request);
  /// nullopt: not active, whatever else it is. Only resource servers may ask.
  base::Result<std::optional<Token>> introspect(const TokenQuestion& question);
  /// Done too where there was nothing to take back. Only one's own.
  base::Result<void> take_back(const TokenQuestion& question);

 private:
  base::Result<Granted> granted(const TokenRequest& request);
  base::Result<std::optional<Token>> introspected(const TokenQuestion& question);
  base::Result<void> taken_back(const TokenQuestion& question);
  base::Error refused(base::Error error, const ShownAssertion& shown, const std::string& door);
  store::AuditRow row(std::string event, const Asserted& asserted, const std::string& door) const;

  Assertions& assertions_;
  Tokens& tokens_;
  store::Store& store_;
  const base::Clock& clock_;
  const NoteRefusal note_refusal_;
};

}  // namespace gateway::access
