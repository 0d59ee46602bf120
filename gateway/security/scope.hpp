#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::security {

enum class Interaction { create, read, update, remove, search };

/// One SMART v2 `system/` scope: `system/Observation.rs?category=laboratory`.
struct Scope {
  std::string type;  // "*" = every clinical type, Task, Subscription and the artefacts
  bool create = false, read = false, update = false, remove = false, search = false;
  std::string restriction;  // the query part, percent-encoded as given; "" = none
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// Blank-separated scopes; v1 forms (`system/*.read`, `.write`, `.*`) are translated. Error
/// `malformed` naming the scope.
base::Result<std::vector<Scope>> parse_scopes(std::string_view text);

/// The way back, to be kept: "system/Observation.rs?category=laboratory system/Patient.r".
std::string to_text(const std::vector<Scope>& scopes);

/// What somebody was shown in answer to one request: noted where it is read, audited where the
/// answer is finished.
struct Shown {
  std::vector<std::string> entities;  // read by name: "Observation/o…/_history/2"
  std::set<std::string> patients;     // whom all of it is about: "Patient/p…"
  std::int64_t count = 0;             // resources, those of pages too
};
/// What both allow: each of `asked` as far as one of `held` goes. Restrictions of both hold. A
/// wildcard meets neither AuditEvent nor raw messages, which are granted by name alone.
std::vector<Scope> common(const std::vector<Scope>& asked, const std::vector<Scope>& held);

/// Who asks, and what they may.
struct Principal {
  std::string name;  // for audit: certificate subject or client id; "anonymous"
  std::vector<Scope> scopes;
  std::string role;  // "", "source", "operator", …
  bool authenticated = false;
  std::string token;  // jti of the token that was shown, for audit; "": none was
  std::shared_ptr<Shown> shown = nullptr;  // of one request on one thread; null: nobody asks
  bool is_source() const { return role == "source"; }
};

/// The restriction under which a Binary is read where raw messages were not granted by name. A
/// reader may compare with this text instead of evaluating it.
inline constexpr std::string_view all_but_raw_messages = "_tag:not=raw-message";

/// The restrictions under which the interaction is allowed on the type: nullopt: not at all; an
/// empty list: wholly; else any one of these queries. A wildcard never covers AuditEvent (which the
/// role `auditor` may read without any scope), nor
/// Binary with tag raw-message (INTERFACE.md §5): these need `system/Binary.r?_tag=raw-message`,
/// and reading any other Binary comes with `all_but_raw_messages`. Writing is not restricted so: a
/// raw message is made by the gateway alone.
std::optional<std::vector<std::string>> allowed(const Principal& principal, Interaction interaction,
                                                std::string_view type);

/// May the principal read raw messages? Only where a scope grants it by name.
bool may_read_raw_messages(const Principal& principal);

}  // namespace gateway::security
