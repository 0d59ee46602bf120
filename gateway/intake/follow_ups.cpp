#include "gateway/intake/follow_ups.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/time.hpp"

namespace gateway::intake {
namespace {

/// The results of the message as they stand after it: written now, or spoken of and equal; and
/// those of its orders that follow it. What an older message did not change was looked at when it
/// was written.
std::vector<mapping::StandingResult> results_of(
    const mapping::Conversion& conversion, const mapping::Revision& revision,
    const std::vector<std::optional<mapping::Standing>>& standing) {
  std::map<fhir::ResourceKey, std::string_view> written;
  for (const auto& write : revision.writes) written.emplace(write.key, write.body);
  const std::set<fhir::ResourceKey> unchanged(revision.unchanged.begin(), revision.unchanged.end());
  std::vector<mapping::StandingResult> results;
  for (std::size_t i = 0; i < conversion.resources.size(); ++i) {
    const auto& resource = conversion.resources[i];
    if (!resource.result) continue;
    if (resource.result->is_context && !mapping::may_say_not_pregnant(resource.body)) {
      written.erase(resource.key);
      continue;
    }
    if (const auto found = written.find(resource.key); found != written.end()) {
      results.push_back({resource.key, found->second});
      written.erase(found);
      continue;
    }
    if (standing[i] && unchanged.contains(resource.key))
      results.push_back({resource.key, standing[i]->same ? resource.body : standing[i]->body});
  }
  for (const auto& [key, body] : written)
    if (key.type == "Observation") results.push_back({key, body});
  return results;
}

}  // namespace

std::vector<mapping::FollowUpWrite> follow_ups(
    const Work& work, std::size_t w, const mapping::Revision& revision,
    const std::vector<std::optional<mapping::Standing>>& standing, Standings& standings) {
  const auto& message = *work.message;
  if (message.catalogue->watched_rules().empty()) return {};
  std::map<fhir::ResourceKey, mapping::Standing> entries;
  const auto remember = [&](const fhir::ResourceKey& key, const store::Current* current) {
    if (current == nullptr) return entries.end();
    return entries
        .emplace(key, mapping::Standing{current->version, current->deleted, current->body, false,
                                        current->source_time})
        .first;
  };
  for (std::size_t n = 0; n < message.follow_ups.size(); ++n)
    remember(message.follow_ups[n], standings.follow_up(w, n));
  const auto lookup = [&](const fhir::ResourceKey& key) -> const mapping::Standing* {
    auto found = entries.find(key);
    if (found == entries.end()) found = remember(key, standings.named(key));
    return found == entries.end() ? nullptr : &found->second;
  };
  return mapping::follow_ups(*message.catalogue, results_of(message.conversion, revision, standing),
                             lookup, base::to_text(work.received));
}

}  // namespace gateway::intake
