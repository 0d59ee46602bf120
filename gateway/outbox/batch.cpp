#include "gateway/outbox/batch.hpp"

#include <map>
#include <set>
#include <utility>

#include "gateway/fhir/owned.hpp"

namespace gateway::outbox {

std::vector<Part> parts_of(const store::Delivery& delivery, bool conditional) {
  std::vector<Part> parts;
  Part part;
  std::size_t bytes = 0;
  const auto close = [&] {
    if (!part.entries.empty()) parts.push_back(std::exchange(part, {}));
    bytes = 0;
  };
  std::set<fhir::ResourceKey> said;
  for (std::size_t i = 0; i < delivery.resources.size(); ++i) {
    const auto& resource = delivery.resources[i];
    if (fhir::never_leaves(resource.key.type)) continue;
    if (!said.insert(resource.key).second) continue;
    if (part.entries.size() == most_entries || bytes + resource.body.size() > most_bytes) close();
    const bool has_tag = conditional && i < delivery.tags.size();
    part.entries.push_back(
        {resource.key, resource.body, has_tag ? delivery.tags[i] : std::string()});
    part.resources.push_back(i);
    bytes += resource.body.size();
  }
  close();
  return parts;
}

std::vector<fhir::TransactionEntry> together(std::span<const store::Delivery> deliveries) {
  std::vector<fhir::TransactionEntry> entries;
  std::map<fhir::ResourceKey, std::pair<std::size_t, std::int64_t>> said;  // where, which version
  for (const auto& delivery : deliveries) {
    for (std::size_t i = 0; i < delivery.resources.size(); ++i) {
      const auto& resource = delivery.resources[i];
      if (fhir::never_leaves(resource.key.type)) continue;
      const auto [at, is_new] = said.try_emplace(resource.key, entries.size(), resource.version);
      if (is_new) {
        entries.push_back({resource.key, resource.body,
                           i < delivery.tags.size() ? delivery.tags[i] : std::string()});
      } else if (at->second.second < resource.version) {
        at->second.second = resource.version;
        entries[at->second.first].body = resource.body;
      }
    }
  }
  return entries;
}

std::size_t bytes_of(const store::Delivery& delivery) {
  std::size_t bytes = 0;
  for (const auto& resource : delivery.resources) bytes += resource.body.size();
  return bytes;
}

bool fits(const store::Delivery& delivery, std::size_t entries, std::size_t bytes) {
  return entries + delivery.resources.size() <= most_entries &&
         bytes + bytes_of(delivery) <= most_bytes;
}

std::string path_of(const store::Delivery& delivery, const std::string& instance) {
  return delivery.path.empty() ? instance : delivery.path + ", " + instance;
}

std::vector<store::Sent> sent_of(const store::Delivery& delivery) {
  std::vector<store::Sent> sent;
  for (const auto& resource : delivery.resources)
    if (!fhir::never_leaves(resource.key.type))
      sent.push_back({resource.key, resource.version, ""});
  return sent;
}

}  // namespace gateway::outbox
