#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/bio.h>

#include "gateway/app/config.hpp"
#include "gateway/base/result.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::app {

/// A blocking MLLP connection for `immunogate send`: one message out, one acknowledgement back.
class MllpClient {
 public:
  /// Longer than the gateway holds what it cannot commit (`hold_seconds`, 15 unless configured).
  static constexpr std::chrono::seconds usual_wait{60};

  /// With `tls` the server's certificate and name are verified. Error `unavailable`, after 10
  /// seconds at the latest.
  static base::Result<MllpClient> connect(const Address& to,
                                          const std::optional<security::TlsFiles>& tls,
                                          std::chrono::seconds answer_within = usual_wait);
  /// Sends one message in its frame and waits for the next frame. Error `unavailable`: the
  /// connection ended before an answer came, or none came in time.
  base::Result<std::string> exchange(std::string_view message);

 private:
  struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
  };
  MllpClient(security::TlsContext context, std::unique_ptr<BIO, FreeBio> bio,
             std::chrono::seconds answer_within)
      : context_(std::move(context)), bio_(std::move(bio)), answer_within_(answer_within) {}
  base::Error unanswered() const;

  security::TlsContext context_;
  std::unique_ptr<BIO, FreeBio> bio_;
  std::chrono::seconds answer_within_;
  std::string pending_;  // bytes behind the last frame
};

}  // namespace gateway::app
