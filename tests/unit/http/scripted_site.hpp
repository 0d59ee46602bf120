#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/server.hpp"

#include "tests/unit/http/http_peer.hpp"

namespace tests {

/// A server of its own and a site that answers "METHOD path body". Who sends a body to /closed is
/// refused 401 before it is read; of too large a one for /cut the beginning is kept; what asks for
/// /slow is answered when the test says.
class ScriptedSite {
 public:
  explicit ScriptedSite(gateway::http::Limits limits = {},
                        std::optional<gateway::security::TlsFiles> tls = {}, int threads = 2) {
    gateway::http::Site site;
    site.answer = [this](const auto& request) { return answer(request); };
    site.admit = [](const auto& request) -> std::optional<gateway::http::Response> {
      if (request.path != "/closed") return std::nullopt;
      return gateway::http::Response{401, "text/plain", {}, "who are you"};
    };
    site.keeps_beginning = [](const auto& request) { return request.path == "/cut"; };
    site.refuse = [](const auto& request, const auto& refusal) {
      return gateway::http::Response{refusal.status,
                                     "text/plain",
                                     {{"Code", std::string(refusal.code)}, {"Path", request.path}},
                                     refusal.why};
    };
    auto started = gateway::http::Server::start(
        {"site", "127.0.0.1", 0, std::move(tls), limits, threads}, std::move(site), clock, metrics);
    if (!started) throw std::runtime_error(started.error().text());
    server = *std::move(started);
  }
  ~ScriptedSite() { release(); }

  std::uint16_t port() const { return server->port(); }
  HttpPeer peer() const { return HttpPeer(port()); }

  /// All that reached the handler.
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::string subject() {  // of the last one
    const std::lock_guard lock(mutex_);
    return subject_;
  }
  /// Waits until so many have reached the handler.
  void await(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, Peer::patience, [&] { return seen_.size() >= count; }))
      throw std::runtime_error("the handler was not called in time");
  }
  /// Lets what asked for /slow go on.
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  gateway::base::SystemClock clock;
  gateway::observe::Metrics metrics;
  std::unique_ptr<gateway::http::Server> server;

 private:
  gateway::http::Response answer(const gateway::http::Request& request) {
    std::unique_lock lock(mutex_);
    const auto text = request.method + " " + request.path + " " + request.body;
    seen_.push_back(text);
    subject_ = request.peer.subject_text();
    changed_.notify_all();
    if (request.is_cut) return {413, "text/plain", {}, "cut"};
    if (request.path == "/slow") changed_.wait(lock, [this] { return released_; });
    if (request.path == "/throws") throw std::runtime_error("a defect");
    if (request.path == "/large") return {200, "text/plain", {}, std::string(32'000'000, 'l')};
    return {200, "text/plain", {{"Evil", "a\r\nInjected: b"}}, text};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;  // guarded by mutex_
  std::string subject_;            // guarded by mutex_
  bool released_ = false;          // guarded by mutex_
};

}  // namespace tests
