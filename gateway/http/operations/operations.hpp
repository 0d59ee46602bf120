/// Sub-room http/operations: /livez, /readyz, /version, /metrics. Plain, loopback.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/http/message.hpp"
#include "gateway/observe/metrics.hpp"

namespace gateway::http::operations {

/// Reasons why the gateway is not ready; empty = ready.
using ReadinessCheck = std::function<std::vector<std::string>()>;

struct VersionFacts {
  std::string version, instance, mappings;
};

class Operations {
 public:
  Operations(observe::Metrics& metrics, ReadinessCheck ready,
             std::function<VersionFacts()> version);
  Response answer(const Request& request);
  /// http::Site::admit: nothing is posted here.
  std::optional<Response> admit(const Request& request) const;
  /// http::Site::refuse.
  static Response refuse(const Request& request, const Refusal& refusal);

 private:
  observe::Metrics& metrics_;
  ReadinessCheck ready_;
  std::function<VersionFacts()> version_;
};

}  // namespace gateway::http::operations
