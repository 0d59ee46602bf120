/// Sub-room access/people: the people behind console and commands: what each role may, accounts,
/// signing in, sessions. Knows no HTTP.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace gateway::access::people {

/// What somebody is here (TRUST.md §4.3). `host`: who asks over `operations.socket` as the
/// gateway's own user or root: they own the machine, and make the first account.
enum class Role { operating, analyst, reviewer, auditor, administrator, host };
inline constexpr std::size_t roles = 6;

/// "operator", "analyst", …; as configuration and accounts name them.
std::string_view name_of(Role role);
std::optional<Role> role_of(std::string_view name);

/// What may be done, as far as it is offered.
enum class Action {
  see,                // traffic, queues, health
  open_content,       // messages and patients as they are
  read_audit,         // the trail
  decide_letters,     // retry and discard dead letters
  decide_follow_ups,  // take up and end entries of the site's own list
  see_people,         // accounts and their roles
  change_people,      // make, lock and reset accounts, give roles
  own_account,        // one's own password, sign out
  own_code            // set up one's own second factor
};

/// A row of TRUST.md §4.3: who may, and whether a session must have proved itself just now.
struct ActionRule {
  Action action;
  std::string_view name;        // "users.change", as OpenAPI and pages name it
  std::string_view words;       // for people
  std::array<bool, roles> may;  // in the order of Role
  bool step_up = false;         // TRUST T16
};
/// The one table of them; deploy/AUTHORIZATION.md shows it, and a test walks it.
std::span<const ActionRule> action_rules();
const ActionRule& rule_of(Action action);
bool may(std::string_view role, Action action);

}  // namespace gateway::access::people
