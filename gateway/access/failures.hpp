#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"

namespace gateway::access {

/// Who failed how often of late, by this process's own count: to slow down who guesses. Any thread.
class Failures {
 public:
  /// `most` within the time is too many.
  Failures(std::size_t most, std::chrono::microseconds within, const base::Clock& clock)
      : most_(most), within_(within.count()), clock_(clock) {}
  bool too_many(const std::string& whose);
  void count(const std::string& whose);

 private:
  const std::size_t most_;
  const std::int64_t within_;  // microseconds
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::int64_t>> failures_;  // steady microseconds; by mutex_
};

}  // namespace gateway::access
