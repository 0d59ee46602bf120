#include "gateway/access/token_keys.hpp"

#include <algorithm>

#include "gateway/base/result.hpp"

namespace gateway::access {
namespace {

std::int64_t microseconds_of(std::chrono::microseconds span) {
  return span.count();
}

/// The next one made after a key; nullptr: it is the newest.
const TokenKey* successor(const TokenKey& key, const std::vector<TokenKey>& keys) {
  const TokenKey* next = nullptr;
  for (const TokenKey& other : keys)
    if (other.made > key.made && (next == nullptr || other.made < next->made)) next = &other;
  return next;
}

}  // namespace

namespace key_life {

const TokenKey& signing(const std::vector<TokenKey>& keys, base::Instant now) {
  base::invariant(!keys.empty(), "there is a key to sign with");
  const TokenKey* oldest = keys.data();
  const TokenKey* newest_ready = nullptr;
  for (const TokenKey& key : keys) {
    if (key.made < oldest->made) oldest = &key;
    const bool is_ready = key.made.microseconds + microseconds_of(before_use) <= now.microseconds;
    if (is_ready && (newest_ready == nullptr || key.made > newest_ready->made)) newest_ready = &key;
  }
  return newest_ready != nullptr ? *newest_ready : *oldest;
}

bool is_due(const std::vector<TokenKey>& keys, base::Instant now) {
  return std::ranges::all_of(keys, [&](const TokenKey& key) {
    return key.made.microseconds + microseconds_of(between) <= now.microseconds;
  });
}

bool is_over(const TokenKey& key, const std::vector<TokenKey>& keys, base::Instant now) {
  const TokenKey* next = successor(key, keys);
  return next != nullptr &&
         next->made.microseconds + microseconds_of(before_use) + microseconds_of(after_use) <=
             now.microseconds;
}

}  // namespace key_life

TokenKeys::TokenKeys(std::vector<TokenKey> keys) {
  publish(std::move(keys));
}

void TokenKeys::publish(std::vector<TokenKey> keys) {
  auto set = std::make_shared<const std::vector<TokenKey>>(std::move(keys));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(set);
}

TokenKeys::Set TokenKeys::all() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

}  // namespace gateway::access
