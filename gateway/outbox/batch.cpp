#include "gateway/outbox/batch.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/owned.hpp"

namespace gateway::outbox {

std::vector<Post> batch(const store::Delivery& delivery, const std::string& instance) {
  const std::string path = delivery.path.empty() ? instance : delivery.path + ", " + instance;
  std::vector<Post> posts;
  std::vector<std::pair<fhir::ResourceKey, std::string_view>> entries;
  std::size_t bytes = 0;
  const auto close = [&] {
    if (!entries.empty()) posts.push_back({fhir::transaction(entries), path});
    entries.clear();
    bytes = 0;
  };
  std::set<fhir::ResourceKey> said;
  for (const auto& resource : delivery.resources) {
    if (fhir::never_leaves(resource.key.type)) continue;
    if (!said.insert(resource.key).second) continue;
    if (entries.size() == most_entries || bytes + resource.body.size() > most_bytes) close();
    entries.emplace_back(resource.key, resource.body);
    bytes += resource.body.size();
  }
  close();
  return posts;
}

}  // namespace gateway::outbox
