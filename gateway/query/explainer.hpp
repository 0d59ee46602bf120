#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/mapping/catalogue.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// Says why a resource says what it says (FHIR.md §3, $explain): its message is converted again,
/// which is pure, so nothing of that has to be kept. Any thread.
class Explainer {
 public:
  Explainer(store::Store& store, std::shared_ptr<const mapping::Catalogue> catalogue);
  /// Swaps mappings for what is explained from now on.
  void publish(std::shared_ptr<const mapping::Catalogue> catalogue);

  /// The mappings of now.
  std::shared_ptr<const mapping::Catalogue> catalogue() const;
  /// A Parameters resource. Who may read a resource may have its version explained by the places of
  /// the message, not by what stands there: that takes the scope for raw messages, since a message
  /// holds more than the client may see. Errors as Reader::read; `malformed` "invalid-resource …":
  /// today's mappings do not read the message.
  base::Result<std::string> explain(const security::Principal& who, const fhir::ResourceKey& key,
                                    std::optional<std::int64_t> version) const;

 private:
  store::Store& store_;
  mutable std::mutex mutex_;
  std::shared_ptr<const mapping::Catalogue> catalogue_;  // guarded by mutex_
};

}  // namespace gateway::query
