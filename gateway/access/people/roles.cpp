#include "gateway/access/people/roles.hpp"

#include <algorithm>

namespace gateway::access::people {
namespace {

constexpr std::array<std::string_view, roles> names = {"operator", "analyst",       "reviewer",
                                                       "auditor",  "administrator", "host"};

constexpr bool y = true, n = false;
constexpr auto rules = std::to_array<ActionRule>({
    //                                                 operator, analyst, reviewer, auditor,
    //                                                 administrator, host
    {Action::see, "see", "see traffic, queues, health", {y, y, y, y, y, y}},
    {Action::open_content,
     "content.open",
     "open what stands in messages, with a reason",
     {y, y, y, n, n, y}},
    {Action::read_audit, "audit.read", "read the audit trail", {n, n, n, y, n, n}},
    {Action::decide_letters,
     "letters.decide",
     "retry and discard dead letters",
     {y, n, n, n, n, y},
     true},
    {Action::decide_follow_ups,
     "follow-ups.decide",
     "take up and end entries of the follow-up list",
     {n, n, y, n, n, n}},
    {Action::see_people, "users.see", "see accounts and roles", {n, n, n, n, y, y}},
    {Action::change_people,
     "users.change",
     "make, lock and reset accounts, give roles",
     {n, n, n, n, y, y},
     true},
    {Action::own_account, "account", "change one's own password, sign out", {y, y, y, y, y, n}},
    {Action::own_code, "account.code", "set up one's own code", {y, y, y, y, y, n}, true},
});

}  // namespace

std::string_view name_of(Role role) {
  return names.at(static_cast<std::size_t>(role));
}

std::optional<Role> role_of(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Role>(found - names.begin());
}

std::span<const ActionRule> action_rules() {
  return rules;
}

const ActionRule& rule_of(Action action) {
  return *std::ranges::find(rules, action, &ActionRule::action);
}

bool may(std::string_view role, Action action) {
  const auto known = role_of(role);
  return known && rule_of(action).may.at(static_cast<std::size_t>(*known));
}

}  // namespace gateway::access::people
