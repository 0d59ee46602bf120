#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "gateway/fhir/resource.hpp"

namespace gateway::store::tables {

/// Where a version lies, and when it was committed: a number of an arrival may be taken again after
/// a failover, before which all is forgotten.
struct BodyPlace {
  std::int64_t arrival = 0, slot = 0, updated = 0;
  friend bool operator==(const BodyPlace&, const BodyPlace&) = default;
};

/// Versions that were asked for lately, so that a pack of some thirty bodies is not opened for one
/// of them again and again. A version never changes, so none is ever wrong. Any thread; memory is
/// bounded.
class BodyCache {
 public:
  explicit BodyCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Null: it was not asked for lately.
  std::shared_ptr<const fhir::Version> find(const BodyPlace& place);
  void keep(const BodyPlace& place, const fhir::Version& version);
  void forget();

 private:
  struct Hash {
    std::size_t operator()(const BodyPlace& place) const;
  };
  using Versions = std::unordered_map<BodyPlace, std::shared_ptr<const fhir::Version>, Hash>;
  void put(const BodyPlace& place, std::shared_ptr<const fhir::Version> version);

  const std::size_t most_bytes_;
  std::mutex mutex_;
  /// What is full grows old; what nobody asks for until the next is full, goes.
  Versions young_, old_;   // guarded by mutex_
  std::size_t bytes_ = 0;  // guarded by mutex_; of the young
};

}  // namespace gateway::store::tables
