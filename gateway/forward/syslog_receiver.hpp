#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/audit/exporter.hpp"
#include "gateway/base/result.hpp"
#include "gateway/security/client_tls.hpp"

namespace gateway::forward {

/// Where the trail goes (`audit.syslog`).
struct SyslogSettings {
  std::string host;
  std::uint16_t port = 6514;  // RFC 5425 §4.1
  std::string name;           // as it is configured: "log.clinic.example:6514"
  security::TlsFiles tls;     // ca verifies the receiver; certificate and key are ours
  bool allow_private_address = false;
  std::chrono::milliseconds timeout{30'000};
  std::shared_ptr<const security::ClientTls> editions = {};  // as of HttpsSettings
};

/// A syslog server over TLS (RFC 5425), connected to by the rules of HttpsClient. `has_all` is the
/// word of the other host's TCP: every octet was acknowledged, and nobody has closed. Error
/// `configuration`.
base::Result<std::unique_ptr<audit::Receiver>> syslog_receiver(const SyslogSettings& settings);

}  // namespace gateway::forward
