#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/forward/https_client.hpp"
#include "gateway/security/jws.hpp"

namespace gateway::forward {

/// How a target of `forward[].auth.smart` is met (SMART App Launch 2.2, backend services).
struct SmartSettings {
  std::string client_id;
  std::filesystem::path key_file;  // PEM: EC P-384 (ES384) or RSA ≥ 2048 (RS384)
  std::string key_id;  // `kid` under which the target knows it; "": the RFC 7638 thumbprint
  std::string scopes = "system/*.cruds";
};

/// Access tokens of one target: asked for with a signed assertion, kept to 80 % of their life, one
/// request for all who wait. The token endpoint comes from the target's `smart-configuration` and
/// must be on the target's own host and port: a document cannot send our assertion elsewhere. The
/// key is read anew for each token. Any thread.
class SmartClient {
 public:
  /// Error `configuration`: the key cannot be read, or is of no kind that SMART takes.
  static base::Result<std::unique_ptr<SmartClient>> with(const SmartSettings& settings,
                                                         const base::Clock& clock);
  /// A token that is good now. Errors: as of HttpsClient::ask; `configuration` where the server
  /// refuses us.
  base::Result<std::string> token(HttpsClient& server);
  /// The server did not take this token: it is not given out again.
  void refused(const std::string& token);

 private:
  SmartClient(SmartSettings settings, security::JwsKey key, const base::Clock& clock)
      : settings_(std::move(settings)), clock_(clock), key_(std::move(key)) {}
  base::Result<void> discover(HttpsClient& server);
  base::Result<void> fetch(HttpsClient& server);
  void read_key();
  std::string assertion() const;

  const SmartSettings settings_;
  const base::Clock& clock_;
  std::mutex mutex_;             // held while a token is fetched: the others wait for it
  security::JwsKey key_;         // guarded by mutex_
  std::string endpoint_;         // guarded by mutex_; a URL
  std::string endpoint_path_;    // guarded by mutex_
  std::string token_;            // guarded by mutex_
  std::int64_t good_until_ = 0;  // guarded by mutex_; steady microseconds
};

}  // namespace gateway::forward
