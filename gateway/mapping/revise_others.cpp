#include "gateway/mapping/revise_others.hpp"

#include <algorithm>

namespace gateway::mapping {

const fhir::Body* body_of(const Conversion& conversion, ConvertedIndex& index,
                          const fhir::ResourceKey& key, const Standing& stands) {
  if (!stands.same) return &stands.body;
  const auto found = index.find(key);
  return found ? &conversion.resources[*found].body : nullptr;
}

OtherResult& OtherResults::of(const fhir::ResourceKey& key) {
  const auto known = results_.find(key);
  if (known != results_.end()) return known->second;
  OtherResult& result = results_[key];
  const Standing* stands = lookup_(key);
  if (!stands || stands->deleted) return result;
  const fhir::Body* bytes = body_of(conversion_, index_, key, *stands);
  if (bytes == nullptr) return result;
  if (auto body = fhir::parse_json(*bytes)) result.before = result.body = std::move(*body);
  result.version = stands->version;
  result.source_time = stands->source_time;
  return result;
}

bool OtherResults::is_changed(const fhir::ResourceKey& key) const {
  const auto known = results_.find(key);
  return known != results_.end() && known->second.is_changed();
}

void OtherResults::write(Revision& revision) const {
  for (const auto& [key, result] : results_)
    if (result.is_changed())
      revision.writes.push_back(
          {key, result.body.write(), result.version, result.source_time, result.by});
}

void OtherResults::name_in(fhir::Body& provenance) const {
  const auto changed = [](const auto& one) { return one.second.is_changed(); };
  if (std::none_of(results_.begin(), results_.end(), changed)) return;
  auto body = fhir::parse_json(provenance);
  if (!body || !body->find("target")) return;
  for (const auto& [key, result] : results_)
    if (result.is_changed())
      body->find("target")->items().push_back(
          fhir::Json::object({{"reference", fhir::Json::string(key.reference())}}));
  provenance = body->write();
}

}  // namespace gateway::mapping
