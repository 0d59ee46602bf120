#pragma once
#include <chrono>
#include <functional>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace gateway::net {

/// An event loop and the one thread it runs on.
class LoopThread {
 public:
  boost::asio::io_context& context() { return context_; }
  bool is_running() const { return thread_.joinable(); }
  /// From any thread: done on the loop's.
  template <class Work>
  void post(Work work) {
    boost::asio::post(context_, std::move(work));
  }

  /// Begins the thread; from then on `look` is called on it every `span`. Connections have no
  /// timers of their own: that would cost more than the precision is worth.
  void start(std::chrono::milliseconds span, std::function<void()> look);
  /// Ends the thread. Not from the loop's own.
  void stop();
  /// After `stop`: calls off what was under way, which may hold connections, and they their loop.
  void drop_handlers();

 private:
  void tick();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_{
      context_.get_executor()};
  boost::asio::steady_timer timer_{context_};
  std::chrono::milliseconds span_{0};
  std::function<void()> look_;
  std::thread thread_;
};

/// How often to look at deadlines of which the shortest is this.
std::chrono::milliseconds often_enough_for(std::chrono::milliseconds shortest);

}  // namespace gateway::net
