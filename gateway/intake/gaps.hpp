#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/mapping/conversion.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// The fields of a message that became nothing, each once: "PV1-44", in order of first appearance.
std::vector<std::string> unmapped_fields(const hl7v2::Message& message,
                                         const mapping::LossAccount& account);

/// Which fields of a sender were ever unmapped, so that a new one is said, and said once
/// (V2FHIR.md §5.4, `field-unmapped-new`). Remembered in the store by the review items themselves.
/// Any thread.
class Gaps {
 public:
  explicit Gaps(store::Store& store);

  /// Review items for those of the fields that are new to this sender; it knows them from then on.
  /// A sender with a thousand says no more: it sends anything anywhere.
  std::vector<store::ReviewItem> found(const std::string& sender,
                                       const std::vector<std::string>& fields);
  /// They were not written: the next message says them.
  void forget(const std::string& sender, const std::vector<store::ReviewItem>& items);

 private:
  std::mutex mutex_;
  // guarded by mutex_
  std::unordered_map<std::string, std::unordered_set<std::string>> known_;
};

}  // namespace gateway::intake
