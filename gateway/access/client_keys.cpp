#include "gateway/access/client_keys.hpp"

#include <algorithm>

namespace gateway::access {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::minutes shortest{5}, longest{60}, between_asking{1};
constexpr std::chrono::hours last_good{24};

std::int64_t count(microseconds span) {
  return span.count();
}

const security::PublicKey* key_of(const KeySet& keys, const std::string& id,
                                  security::Algorithm algorithm) {
  for (const NamedKey& one : keys)
    if (one.id == id && one.key.algorithm() == algorithm) return &one.key;
  return nullptr;
}

}  // namespace

ClientKeys::ClientKeys(FetchKeys fetch, const base::Clock& clock)
    : fetch_(std::move(fetch)), clock_(clock) {}

ClientKeys::Client& ClientKeys::client(const std::string& id) {
  const std::lock_guard lock(mutex_);
  auto& one = clients_[id];
  if (!one) one = std::make_unique<Client>();
  return *one;
}

void ClientKeys::give(const std::string& id, KeySet keys) {
  Client& one = client(id);
  const std::lock_guard lock(one.mutex);
  one.forget();  // a URL that was taken away has no word any more
  one.keys = std::move(keys);
}

void ClientKeys::give_url(const std::string& id, std::string url, security::Algorithm rsa) {
  Client& one = client(id);
  const std::lock_guard lock(one.mutex);
  if (one.url != url) one.forget();  // nor have the keys of another place
  one.url = std::move(url);
  one.rsa = rsa;
}

/// What cannot be fetched or read leaves what there is, for a day.
void ClientKeys::refresh(Client& client, std::int64_t now) {
  client.asked = now;
  auto answer = fetch_(client.url);
  auto keys =
      answer ? read_key_set(answer->body, client.rsa) : base::Result<KeySet>(answer.error());
  if (keys) {
    client.keys = *std::move(keys);
    client.fetched = now;
    const std::chrono::seconds told = answer->max_age.value_or(shortest);
    client.fresh_until = now + count(std::clamp<std::chrono::seconds>(told, shortest, longest));
  } else if (client.fetched && now - *client.fetched > count(last_good)) {
    client.keys.clear();
    client.fetched.reset();
  }
}

base::Result<security::PublicKey> ClientKeys::find(const std::string& id, const std::string& key_id,
                                                   security::Algorithm algorithm) {
  Client& one = client(id);
  const std::lock_guard lock(one.mutex);
  const auto now = clock_.steady_microseconds();
  const bool may_ask =
      !one.url.empty() && (!one.asked || now - *one.asked >= count(between_asking));
  const bool is_stale = !one.fetched || now >= one.fresh_until;
  if (may_ask && (is_stale || key_of(one.keys, key_id, algorithm) == nullptr)) refresh(one, now);
  if (const auto* key = key_of(one.keys, key_id, algorithm)) return *key;
  if (!one.url.empty() && !one.fetched)
    return base::Error{base::ErrorKind::unavailable, "the client's keys cannot be fetched", "",
                       "see that its jwks_url answers with its keys, and that its host is among "
                       "access.allow_hosts"};
  return base::Error{base::ErrorKind::forbidden,
                     "the client has no key of this name (kid) for this algorithm", "",
                     "register the key, or sign with a registered one"};
}

}  // namespace gateway::access
