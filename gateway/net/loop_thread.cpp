#include "gateway/net/loop_thread.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace gateway::net {

void LoopThread::start(std::chrono::milliseconds span, std::function<void()> look) {
  span_ = span;
  look_ = std::move(look);
  tick();
  thread_ = std::thread([this] {
    // OpenSSL writes with write(2): a peer that has gone would end the process.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    context_.run();
  });
}

void LoopThread::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void LoopThread::drop_handlers() {
  timer_.cancel();
  context_.restart();
  context_.poll();
}

void LoopThread::tick() {
  timer_.expires_after(span_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    look_();
    tick();
  });
}

std::chrono::milliseconds often_enough_for(std::chrono::milliseconds shortest) {
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace gateway::net
