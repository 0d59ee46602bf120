#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/security/es384_key.hpp"

namespace gateway::access {

/// One of our own keys, and since when it is there.
struct TokenKey {
  security::Es384Key key;
  base::Instant made;
};

/// The life of our keys (TRUST.md §4.2): a new one every 90 days, published an hour before it
/// signs; the one before it is believed for an hour after. All pure: keys in, keys out.
namespace key_life {
inline constexpr std::chrono::hours between{90 * 24}, before_use{1}, after_use{1};
/// Which of them signs: the newest that has been published long enough, else the oldest. Needs one.
const TokenKey& signing(const std::vector<TokenKey>& keys, base::Instant now);
/// Is a further one due?
bool is_due(const std::vector<TokenKey>& keys, base::Instant now);
/// Is this one over: nothing that it signed can be valid?
bool is_over(const TokenKey& key, const std::vector<TokenKey>& keys, base::Instant now);
}  // namespace key_life

/// The keys in use now. Any thread.
class TokenKeys {
 public:
  using Set = std::shared_ptr<const std::vector<TokenKey>>;
  explicit TokenKeys(std::vector<TokenKey> keys = {});
  /// What is not among these is believed no longer.
  void publish(std::vector<TokenKey> keys);
  Set all() const;

 private:
  mutable std::mutex mutex_;
  Set keys_;  // guarded by mutex_
};

}  // namespace gateway::access
