#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/mllp/sink.hpp"

namespace tests {

inline gateway::intake::Answered answered(std::string bytes, bool close = false) {
  gateway::intake::Answered answer;
  answer.bytes = std::move(bytes);
  answer.close = close;
  return answer;
}

/// Takes messages as a test wants: answers at once with "ack:" and the text, or keeps the answers
/// back until the test gives them.
class ScriptedSink {
  template <class F>
  auto locked(F action) {
    const std::lock_guard lock(mutex_);
    return action();
  }

 public:
  struct Seen {
    std::string text, subject, listener;
    bool over_limit = false;
    std::uint64_t size = 0;
    gateway::intake::Answer answer;
  };

  gateway::mllp::Sink sink() {
    return {[this](auto message, auto answer) { take(std::move(message), std::move(answer)); },
            [this] { return locked([this] { return has_room_; }); },
            [this](auto call) {
              const bool now = locked([&] {
                if (!has_room_) calls_.push_back(call);
                return has_room_;
              });
              if (now) call();
            }};
  }

  void answer_at_once(bool at_once) {
    locked([&] { return at_once_ = at_once; });
  }
  void set_room(bool room) {
    std::vector<std::function<void()>> calls;
    locked([&] {
      has_room_ = room;
      if (room) calls.swap(calls_);
      return true;
    });
    for (const auto& call : calls) call();
  }

  /// Waits until `count` messages are here; false at the deadline.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return seen_.size() >= count; });
  }
  std::size_t count() {
    return locked([this] { return seen_.size(); });
  }
  Seen seen(std::size_t index) {
    return locked([&] { return seen_.at(index); });
  }
  void answer(std::size_t index, std::string bytes, bool close = false) {
    seen(index).answer(answered(std::move(bytes), close));
  }

 private:
  void take(gateway::intake::Received message, gateway::intake::Answer answer) {
    Seen seen{std::string(message.bytes.text()),
              message.peer.subject_text(),
              message.listener->name,
              message.over_limit,
              message.size,
              answer};
    const auto reply = "ack:" + (seen.over_limit ? std::string("too large") : seen.text);
    const bool at_once = locked([&] {
      seen_.push_back(std::move(seen));
      return at_once_;
    });
    arrived_.notify_all();
    if (at_once) answer(answered(reply));
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Seen> seen_;
  std::vector<std::function<void()>> calls_;
  bool at_once_ = true, has_room_ = true;
};

}  // namespace tests
