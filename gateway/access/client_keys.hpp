#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/access/key_set.hpp"
#include "gateway/base/time.hpp"

namespace gateway::access {

/// What a JWKS URL answered, and for how long it says that holds (Cache-Control: max-age).
struct FetchedKeys {
  std::string body;
  std::optional<std::chrono::seconds> max_age;
};
/// Asks a URL that the configuration names; every guard of TRUST.md T9 is behind it.
using FetchKeys = std::function<base::Result<FetchedKeys>(const std::string& url)>;

/// The registered keys of clients: given (`jwks_file`), or fetched (`jwks_url`) when they are asked
/// for. A fetched set counts for what the server says, 5 to 60 minutes, and, while the server
/// cannot be reached, for 24 hours. A key that is not in it is looked for once a minute at most.
/// Any thread; who asks a URL waits for it.
class ClientKeys {
 public:
  ClientKeys(FetchKeys fetch, const base::Clock& clock);
  /// The keys of a client from now on.
  void give(const std::string& client, KeySet keys);
  void give_url(const std::string& client, std::string url,
                security::Algorithm rsa = security::Algorithm::rs384);

  /// Errors: `forbidden` (the client has no such key), `unavailable` (its keys cannot be fetched).
  base::Result<security::PublicKey> find(const std::string& client, const std::string& key_id,
                                         security::Algorithm algorithm);

 private:
  struct Client {
    std::mutex mutex;  // held while its URL is asked: one asks, the others wait for that
    std::string url;
    security::Algorithm rsa = security::Algorithm::rs384;
    KeySet keys;
    std::optional<std::int64_t> asked, fetched;  // steady microseconds
    std::int64_t fresh_until = 0;

    void forget() {
      url.clear();
      keys.clear();
      asked.reset();
      fetched.reset();
      fresh_until = 0;
    }
  };
  Client& client(const std::string& id);
  void refresh(Client& client, std::int64_t now);

  const FetchKeys fetch_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Client>> clients_;  // guarded by mutex_; none goes
};

}  // namespace gateway::access
