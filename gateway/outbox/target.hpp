/// Room outbox (floor 5): everything that leaves: lease, batch per patient, judge the target's
/// answer, retry, dead letter. Knows no sockets and no TLS.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"

namespace gateway::outbox {

/// One request to a target.
struct Post {
  std::string body;          // a transaction Bundle
  std::string path;          // X-ImmunoGate-Path to send: instances passed, ours included
  std::string patient = {};  // whose order it is in; "": it is about several
};

/// What is kept of an answer.
inline constexpr std::size_t most_answer_bytes = 1024 * 1024;

/// What a target said, as far as it said anything.
struct TargetAnswer {
  int status = 0;
  std::string body;  // at most so much; there may be more then
  std::optional<std::chrono::seconds> retry_after;
};

/// A place results are forwarded to. Implemented in `forward`; blocking; any thread. Errors:
/// `unavailable`: nothing was sent (connect, TLS, no token); `unknown`: the request went out and no
/// whole answer came back (time-out, half an answer); `configuration`: the target must be put right
/// by a person (certificate refused, redirect).
class Target {
 public:
  virtual ~Target() = default;
  virtual base::Result<TargetAnswer> post(const Post& post) = 0;
  /// What stands below the base: "metadata", "Observation/x". Only FHIR servers can be asked.
  virtual base::Result<TargetAnswer> get(const std::string& path) {
    return base::Error{base::ErrorKind::unsupported, "this target cannot be asked", path, ""};
  }
};

}  // namespace gateway::outbox
