#include "gateway/http/feed.hpp"

#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/server.hpp"

#include "tests/support/hand_clock.hpp"
#include "tests/unit/http/http_peer.hpp"

using namespace gateway;
using namespace std::chrono_literals;

namespace {

/// Says what a test puts in.
class ScriptedFeed final : public http::Feed {
 public:
  explicit ScriptedFeed(std::string subject = "s1") : Feed(std::move(subject)) {}
  std::optional<Said> next(const base::Clock&) override {
    const std::lock_guard lock(mutex_);
    ++asked_;
    if (!said_.empty()) return Said{std::exchange(said_, "")};
    if (ended_) return std::nullopt;
    return Said{};
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
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
  int asked_ = 0;       // guarded by mutex_
};

/// A server that answers /feed with a feed, and all else with "plain".
template <class Clock>
class AFeedBy : public testing::Test {
 protected:
  AFeedBy() {
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

  /// Until the loop has heard all that was rung.
  void await_loop() {
    tests::HttpPeer other(server->port());
    other.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(other.receive()->body, "plain");
  }

  Clock clock;
  observe::Metrics metrics;
  std::shared_ptr<ScriptedFeed> feed = std::make_shared<ScriptedFeed>();
  std::shared_ptr<http::FeedBell> bell = std::make_shared<http::FeedBell>();
  std::unique_ptr<http::Server> server;
};

/// What one chunk holds; nullopt: the last one, or the connection ended.
std::optional<std::string> said(tests::HttpPeer& peer) {
  const auto size = peer.receive_until("\r\n");
  const auto bytes = size ? std::strtoul(size->c_str(), nullptr, 16) : 0;
  auto chunk = peer.receive_bytes(bytes + 2);
  if (!chunk || bytes == 0) return std::nullopt;
  chunk->resize(bytes);
  return chunk;
}

using AFeed = AFeedBy<base::SystemClock>;
using AFeedByHand = AFeedBy<tests::HandClock>;

TEST_F(AFeed, SaysWhatThereIsAtEachRing) {
  auto peer = listen();
  const auto answer = peer.receive(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->field("Content-Length"), "") << "its end is the last chunk";
  EXPECT_EQ(answer->field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer->field("Connection"), "close");
  for (const char* word : {"one.", "two.", "three."}) {
    feed->say(word);
    bell->ring({"s1"});
    EXPECT_EQ(said(peer), word);
  }
}

TEST_F(AFeed, IsAskedWithoutARingToo) {
  auto peer = listen();
  (void)peer.receive(true);
  feed->say("late.");
  EXPECT_EQ(said(peer), "late.");
}

TEST_F(AFeed, EndsWithTheConnection) {
  feed->say("last.");
  feed->end();
  auto peer = listen();
  (void)peer.receive(true);
  EXPECT_EQ(said(peer), "last.");
  EXPECT_FALSE(said(peer)) << "the last chunk";
}

TEST_F(AFeed, OfHttp10EndsWithTheConnectionAlone) {
  feed->say("last.");
  feed->end();
  tests::HttpPeer peer(server->port());
  peer.send("GET /feed HTTP/1.0\r\n\r\n");
  EXPECT_EQ(peer.receive(true)->field("Transfer-Encoding"), "");
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
  EXPECT_FALSE(said(peer)) << "closed";
}

TEST_F(AFeed, OfAPeerThatDoesNotReadIsCut) {
  auto peer = listen();
  (void)peer.receive(true);
  feed->say(std::string(64'000'000, 'x'));
  bell->ring({"s1"});
  std::weak_ptr<ScriptedFeed> gone = feed;
  feed.reset();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!gone.expired() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(gone.expired());
}

TEST_F(AFeedByHand, IsAskedAtARingThatConcernsItAlone) {
  feed->say("begun.");
  auto peer = listen();
  (void)peer.receive(true);
  EXPECT_EQ(said(peer), "begun.");
  clock.pass(100ms);
  for (int i = 0; i < 100; ++i) bell->ring({"s2", "s3"});
  await_loop();
  EXPECT_EQ(feed->asked(), 1);
  feed->say("rung.");
  bell->ring({"s2", "s1"});
  EXPECT_EQ(said(peer), "rung.");
}

TEST_F(AFeedByHand, OfManyRingsIsAskedOnceInFiftyMilliseconds) {
  feed->say("begun.");
  auto peer = listen();
  (void)peer.receive(true);
  EXPECT_EQ(said(peer), "begun.");
  const int before = feed->asked();
  for (int i = 0; i < 100; ++i) {
    bell->ring({"s1"});
    await_loop();
  }
  EXPECT_EQ(feed->asked(), before) << "the clock stands";
  feed->say("later.");
  clock.pass(50ms);
  EXPECT_EQ(said(peer), "later.") << "without another ring";
  EXPECT_EQ(feed->asked(), before + 1);
}

TEST(FeedBell, RingsBeforeAndAfterTheServer) {
  http::FeedBell bell;
  bell.ring({"s1"});
  int heard = 0;
  bell.connect([&heard](const http::Subjects& subjects) {
    ++heard;
    EXPECT_THAT(subjects, testing::ElementsAre("s1"));
  });
  bell.ring({"s1"});
  bell.connect({});
  bell.ring({"s1"});
  EXPECT_EQ(heard, 1);
}

}  // namespace
