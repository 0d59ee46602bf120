#pragma once
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>

#include <unistd.h>

#include "gateway/base/time.hpp"

namespace gateway::app {

/// One line that is written over on a terminal; elsewhere a line each time it looks at something
/// new, and every ten seconds.
class Progress {
 public:
  Progress(std::string command, const base::Clock& clock)
      : command_(std::move(command)), clock_(clock), terminal_(::isatty(2) == 1) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void say(const char* what, std::int64_t done, std::int64_t total) {
    constexpr std::int64_t pause = 10'000'000, blink = 100'000;
    const auto now = clock_.steady_microseconds();
    if (what == what_ && now - said_ < (terminal_ ? blink : pause)) return;
    what_ = what;
    said_ = now;
    if (terminal_) std::cerr << "\r\x1b[K";
    std::cerr << command_ << ": " << what;
    if (total > 0) std::cerr << " " << done << " of " << total;
    std::cerr << (terminal_ ? "" : "\n") << std::flush;
  }

 private:
  void clear() const {
    if (terminal_ && what_ != nullptr) std::cerr << "\r\x1b[K" << std::flush;
  }
  const std::string command_;
  const base::Clock& clock_;
  const bool terminal_;
  const char* what_ = nullptr;
  std::int64_t said_ = 0;
};

}  // namespace gateway::app
