#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/security/client_tls.hpp"

namespace gateway::forward {

/// A topic of Kafka brokers (`forward[].topic`).
struct TopicSettings {
  std::string brokers;  // "broker-1:9093,broker-2:9093": who tells of all others
  std::string topic;
  security::TlsFiles tls;  // ca verifies the brokers; certificate and key are ours
  bool allow_private_address = false;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);  // until the brokers have it
  std::shared_ptr<const security::ClientTls> editions = {};      // as of HttpsSettings
  /// Further properties of librdkafka, over ours; for tests.
  std::vector<std::pair<std::string, std::string>> properties = {};
};

/// Each delivery is a record: its transaction Bundle as the value, its patient as the key, so that
/// what is about one patient stays in order in one partition; the instances it has passed as header
/// `X-ImmunoGate-Path`. Delivered when all replicas in sync have it (idempotent producer,
/// acks=all). TLS always; every address that a broker names is checked like a URL's (TRUST T10).
/// Error `configuration`; also where this program was built without librdkafka.
base::Result<std::unique_ptr<outbox::Target>> topic_target(const TopicSettings& settings);

/// Was this program built with librdkafka?
bool knows_topics();

}  // namespace gateway::forward
