#include "gateway/http/feed.hpp"

#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/server.hpp"

#include "tests/unit/http/http_peer.hpp"

using namespace gateway;
using namespace std::chrono_literals;

namespace {

/// Says what a test puts in.
class ScriptedFeed final : public http::Feed {
 public:
  std::optional<std::string> next(const base::Clock&) override {
    const std::lock_guard lock(mutex_);
    if (!said_.empty()) return std::exchange(said_, "");
    if (ended_) return std::nullopt;
    return "";
  }
  void say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    said_ += text;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }

 private:
  std::mutex mutex_;
  std::string said_;    // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
};

/// A server that answers /feed with a feed, and all else with "plain".
class AFeed : public testing::Test {
 protected:
  AFeed() {
    http::Site site;
    site.answer = [this](const http::Request& request) {
      http::Response response{200, "text/event-stream", {}, ""};
      if (request.path == "/feed")
        response.feed = feed;
      else
        response.body = "plain";
      return response;
    };
    site.refuse = [](const auto&, const http::Refusal& refusal) {
      return http::Response{refusal.status, "text/plain", {}, refusal.why};
    };
    site.bell = bell;
    http::Limits limits;
    limits.answer = 2s;
    server = *http::Server::start({"site", "127.0.0.1", 0, {}, limits, 2}, std::move(site), clock,
                                  metrics);
  }
  tests::HttpPeer listen(const std::string& method = "GET") {
    tests::HttpPeer peer(server->port());
    peer.send(method + " /feed HTTP/1.1\r\nHost: x\r\n\r\n");
    return peer;
  }

  base::SystemClock clock;
  observe::Metrics metrics;
  std::shared_ptr<ScriptedFeed> feed = std::make_shared<ScriptedFeed>();
  std::shared_ptr<http::FeedBell> bell = std::make_shared<http::FeedBell>();
  std::unique_ptr<http::Server> server;
};

TEST_F(AFeed, SaysWhatThereIsAtEachRing) {
  auto peer = listen();
  const auto answer = peer.receive(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->field("Content-Length"), "") << "its end is that of the connection";
  EXPECT_EQ(answer->field("Connection"), "close");
  for (const char* word : {"one.", "two.", "three."}) {
    feed->say(word);
    bell->ring();
    EXPECT_EQ(peer.receive_until("."), word);
  }
}

TEST_F(AFeed, IsAskedWithoutARingToo) {
  auto peer = listen();
  (void)peer.receive(true);
  feed->say("late.");
  EXPECT_EQ(peer.receive_until("."), "late.");
}

TEST_F(AFeed, EndsWithTheConnection) {
  feed->say("last.");
  feed->end();
  auto peer = listen();
  (void)peer.receive(true);
  EXPECT_EQ(peer.receive_until("."), "last.");
  EXPECT_FALSE(peer.receive_until(".")) << "closed";
}

TEST_F(AFeed, HoldsNoThread) {
  std::vector<tests::HttpPeer> many;
  for (int i = 0; i < 20; ++i) {
    many.push_back(listen());
    (void)many.back().receive(true);
  }
  tests::HttpPeer other(server->port());
  other.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(other.receive()->body, "plain");
}

TEST_F(AFeed, OfAPeerThatGoesIsLetGo) {
  {
    auto peer = listen();
    (void)peer.receive(true);
  }
  std::weak_ptr<ScriptedFeed> gone = feed;
  feed.reset();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!gone.expired() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(gone.expired());
}

TEST_F(AFeed, OfAHeadIsItsHeadAlone) {
  feed->say("never.");
  auto peer = listen("HEAD");
  EXPECT_TRUE(peer.receive(true));
  peer.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(peer.receive()->body, "plain");
}

TEST_F(AFeed, DoesNotHoldUpTheEndOfTheServer) {
  auto peer = listen();
  (void)peer.receive(true);
  server.reset();
  EXPECT_FALSE(peer.receive_until(".")) << "closed";
}

TEST_F(AFeed, OfAPeerThatDoesNotReadIsCut) {
  auto peer = listen();
  (void)peer.receive(true);
  feed->say(std::string(64'000'000, 'x'));
  bell->ring();
  std::weak_ptr<ScriptedFeed> gone = feed;
  feed.reset();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!gone.expired() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(gone.expired());
}

TEST(FeedBell, RingsBeforeAndAfterTheServer) {
  http::FeedBell bell;
  bell.ring();
  int heard = 0;
  bell.connect([&heard] { ++heard; });
  bell.ring();
  bell.connect({});
  bell.ring();
  EXPECT_EQ(heard, 1);
  EXPECT_EQ(bell.rings(), 3u);
}

}  // namespace
