#include "gateway/http/rest/task_change.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace gateway::http::rest {
namespace {

constexpr auto theirs = std::to_array<std::string_view>({"status", "owner", "output", "note"});

/// Where a person may lead an entry from its status: FHIR R4, Task, state machine, without the two
/// words that this gateway says itself (`requested`, `cancelled`).
struct Row {
  std::string_view from, to;
};
constexpr auto ways = std::to_array<Row>(
    {{"requested", "received, accepted, rejected, in-progress, on-hold, completed, failed"},
     {"received", "accepted, rejected, in-progress, on-hold, completed, failed"},
     {"accepted", "rejected, in-progress, on-hold, completed, failed"},
     {"in-progress", "on-hold, completed, failed"},
     {"on-hold", "rejected, in-progress, completed, failed"}});

std::string_view ways_from(std::string_view status) {
  const auto at = std::ranges::find(ways, status, &Row::from);
  return at == ways.end() ? std::string_view() : at->to;
}

bool lists(std::string_view words, std::string_view word) {
  const auto at = words.find(word);
  if (word.empty() || at == words.npos) return false;
  const auto end = at + word.size();
  return (at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ',');
}

}  // namespace

base::Result<void> check_task_change(const fhir::Json& before, const fhir::Json& after,
                                     const std::string& root) {
  std::set<std::string_view> names;
  for (const fhir::Json* task : {&before, &after})
    for (const auto& [name, value] : task->members()) names.insert(name);
  for (const auto name : names) {
    if (std::ranges::find(theirs, name) != theirs.end()) continue;
    if (before[name] == after[name]) continue;
    return base::Error{base::ErrorKind::malformed,
                       "invalid-resource this element is not a reviewer's to change",
                       root + '.' + std::string(name), "change status, owner, output or note"};
  }
  const std::string &from = before["status"].text(), &to = after["status"].text();
  const auto legal = ways_from(from);
  if (from == to || lists(legal, to)) return {};
  return base::Error{base::ErrorKind::conflict,
                     legal.empty() ? "task-transition this entry has ended"
                                   : "task-transition it goes on to " + std::string(legal),
                     root + ".status", "read it again: what stands may be another by now"};
}

}  // namespace gateway::http::rest
