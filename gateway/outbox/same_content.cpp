#include "gateway/outbox/same_content.hpp"

#include <algorithm>

namespace gateway::outbox {
namespace {

void sort_members(fhir::Json& json) {  // parsed within a limit of depth
  auto& members = json.members();
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [name, value] : members) sort_members(value);
  for (auto& item : json.items()) sort_members(item);
}

void without_what_servers_add(fhir::Json& resource) {
  auto* meta = resource.find("meta");
  if (meta == nullptr) return;
  for (const char* name : {"versionId", "lastUpdated", "source"}) meta->erase(name);
  if (meta->members().empty()) resource.erase("meta");
}

}  // namespace

bool says_the_same(fhir::Json ours, fhir::Json theirs) {
  without_what_servers_add(ours);
  without_what_servers_add(theirs);
  if (!ours.has("text")) theirs.erase("text");
  sort_members(ours);
  sort_members(theirs);
  return ours == theirs;
}

}  // namespace gateway::outbox
