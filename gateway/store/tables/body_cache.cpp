#include "gateway/store/tables/body_cache.hpp"

#include <utility>

namespace gateway::store::tables {
namespace {

// What one takes beside its body, about.
constexpr std::size_t overhead = 320;
// Not for one large document: it would drive out thousands of results.
constexpr std::size_t largest = 64UL * 1024;

}  // namespace

std::size_t BodyCache::Hash::operator()(const BodyPlace& place) const {
  const auto mixed =
      static_cast<std::uint64_t>(place.arrival) * 64 + static_cast<std::uint64_t>(place.slot);
  return static_cast<std::size_t>(mixed * 0x9e3779b97f4a7c15ULL >> 16);
}

std::shared_ptr<const fhir::Version> BodyCache::find(const BodyPlace& place) {
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.find(place); found != young_.end()) return found->second;
  const auto found = old_.find(place);
  if (found == old_.end()) return nullptr;
  auto version = std::move(found->second);
  old_.erase(found);
  put(place, version);
  return version;
}

void BodyCache::keep(const BodyPlace& place, const fhir::Version& version) {
  if (version.body.size() > largest) return;
  auto kept = std::make_shared<const fhir::Version>(version);
  const std::lock_guard lock(mutex_);
  put(place, std::move(kept));
}

void BodyCache::put(const BodyPlace& place, std::shared_ptr<const fhir::Version> version) {
  const auto size = version->body.size() + overhead;
  if (bytes_ + size > most_bytes_ / 2) {
    old_ = std::exchange(young_, {});
    bytes_ = 0;
  }
  if (young_.insert_or_assign(place, std::move(version)).second) bytes_ += size;
}

void BodyCache::forget() {
  const std::lock_guard lock(mutex_);
  young_.clear();
  old_.clear();
  bytes_ = 0;
}

}  // namespace gateway::store::tables
