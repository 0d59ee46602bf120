#pragma once
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
  /// With `tls` the server's certificate and name are verified. Error `unavailable`.
  static base::Result<MllpClient> connect(const Address& to,
                                          const std::optional<security::TlsFiles>& tls);
  /// Sends one message in its frame and waits for the next frame. Error `unavailable`: the
  /// connection ended before an answer came.
  base::Result<std::string> exchange(std::string_view message);

 private:
  struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
  };
  MllpClient(security::TlsContext context, std::unique_ptr<BIO, FreeBio> bio)
      : context_(std::move(context)), bio_(std::move(bio)) {}
  security::TlsContext context_;
  std::unique_ptr<BIO, FreeBio> bio_;
  std::string pending_;  // bytes behind the last frame
};

}  // namespace gateway::app
