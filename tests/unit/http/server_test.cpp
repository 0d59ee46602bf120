#include "gateway/http/server.hpp"

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/scripted_site.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::HttpPeer;
using tests::ScriptedSite;

namespace {

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST(Server, AnswersOneRequestAfterTheOtherOnOneConnection) {
  ScriptedSite site;
  auto peer = site.peer();
  for (const char* path : {"/a", "/b"}) {
    peer.send(post(path, "hello"));
    const auto answer = peer.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST " + std::string(path) + " hello");
    EXPECT_EQ(answer->field("Connection"), "");
    EXPECT_EQ(answer->field("Content-Type"), "text/plain");
    EXPECT_EQ(answer->field("X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(answer->field("Date"), testing::EndsWith(" GMT"));
  }
}

/// Answers /later when the test says, all else at once.
struct PatientSite {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<http::Answering> kept;  // guarded by mutex
  base::SystemClock clock;
  observe::Metrics metrics;
  std::unique_ptr<http::Server> server;

  PatientSite() {
    http::Site site;
    site.answer_later = [this](auto request, auto answering) {
      if (request->path == "/later") {
        const std::lock_guard lock(mutex);
        kept = std::move(answering);
        return changed.notify_all();
      }
      if (request->path == "/throws") throw std::runtime_error("a defect");
      answering->put({200, "text/plain", {}, request->path});
      answering->ring();
    };
    site.refuse = [](const auto&, const auto& refusal) {
      return http::Response{refusal.status, "text/plain", {}, refusal.why};
    };
    server =
        *http::Server::start({"site", "127.0.0.1", 0, {}, {}, 1}, std::move(site), clock, metrics);
  }
  std::shared_ptr<http::Answering> take() {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, tests::Peer::patience, [this] { return kept != nullptr; });
    return std::exchange(kept, nullptr);
  }
};

TEST(Server, AnAnswerThatComesLaterHoldsNoThreadAndNobodyElseUp) {
  PatientSite site;
  HttpPeer slow(site.server->port()), other(site.server->port());
  slow.send(get("/later") + get("/behind"));
  const auto answering = site.take();
  ASSERT_TRUE(answering);
  for (const char* path : {"/a", "/b"}) {
    other.send(get(path));
    EXPECT_EQ(other.receive()->body, path);
  }
  answering->put({200, "text/plain", {}, "at last"});
  answering->put({200, "text/plain", {}, "twice"});
  answering->ring();
  EXPECT_EQ(slow.receive()->body, "at last");
  EXPECT_EQ(slow.receive()->body, "/behind");
}

TEST(Server, ADrainAwaitsWhatIsAnsweredLater) {
  PatientSite site;
  HttpPeer peer(site.server->port());
  peer.send(get("/later"));
  auto answering = site.take();
  ASSERT_TRUE(answering);
  auto ended = std::async(std::launch::async, [&site] { site.server.reset(); });
  answering->put({200, "text/plain", {}, "at last"});
  answering->ring();
  answering.reset();
  EXPECT_EQ(peer.receive()->body, "at last");
  EXPECT_EQ(ended.wait_for(10s), std::future_status::ready);
}

TEST(Server, AThrowInsteadOfALaterAnswerIs500) {
  PatientSite site;
  HttpPeer peer(site.server->port());
  peer.send(get("/throws"));
  EXPECT_EQ(peer.status(), 500);
}

TEST(Server, AValueThatWouldBeginAHeaderOfItsOwnIsLeftOut) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send(get("/"));
  const auto answer = peer.receive();
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->head, testing::Not(testing::HasSubstr("Injected")));
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  ScriptedSite site;
  auto peer = site.peer();
  std::string all;
  for (int i = 0; i < 500; ++i) all += i % 2 ? get("/" + std::to_string(i)) : post("/p", "x");
  peer.send(all);
  for (int i = 0; i < 500; ++i) {
    const auto answer = peer.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, i % 2 ? "GET /" + std::to_string(i) + " " : "POST /p x");
  }
}

TEST(Server, HeadIsAnsweredLikeGetWithoutTheBody) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/b"));
  const auto head = peer.receive(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->field("Content-Length"), std::to_string(std::string("HEAD /a ").size()));
  const auto next = peer.receive();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "GET /b ");
}

TEST(Server, AnHttp10ClientIsLetGoUnlessItAsksToStay) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(peer.receive()->field("Connection"), "keep-alive");
  peer.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_EQ(peer.receive()->field("Connection"), "close");
  EXPECT_TRUE(peer.is_closed_in_time());
}

TEST(Server, AMethodWithoutABodyIsAnsweredAtOnceWhateverItsName) {
  ScriptedSite site;
  auto peer = site.peer();
  for (const std::string method : {"OPTIONS", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"}) {
    peer.send(method + " /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(peer.receive()->body, method + " /a ");
  }
}

TEST(Server, AHandlerThatFailsIsA500AndTheConnectionGoesOn) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send(get("/throws") + get("/b"));
  const auto failed = peer.receive();
  EXPECT_EQ(failed->status, 500);
  EXPECT_EQ(failed->field("Code"), "internal");
  EXPECT_EQ(peer.receive()->body, "GET /b ");
}

TEST(Server, ChunkedBodiesAreTaken) {
  ScriptedSite site;
  auto peer = site.peer();
  const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  peer.send(head + "5\r\nhello\r\n");
  EXPECT_FALSE(peer.has_bytes_in_time(50ms));
  peer.send("6\r\n world\r\n0\r\n\r\n" + get("/b"));
  EXPECT_EQ(peer.receive()->body, "POST /a hello world");
  EXPECT_EQ(peer.receive()->body, "GET /b ");
}

TEST(Server, ABodyThatWaitsForPermissionGetsItOnce) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(peer.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("he");
  peer.send("llo");
  EXPECT_EQ(peer.receive()->body, "POST /a hello");
}

TEST(Server, WhoMayNotSendIsRefusedBeforeTheBodyIsRead) {
  ScriptedSite site;
  for (const std::string fields : {"", "Expect: 100-continue\r\n"}) {
    auto peer = site.peer();
    peer.send("POST /closed HTTP/1.1\r\nHost: x\r\n" + fields + "Content-Length: 16000000\r\n\r\n");
    const auto answer = peer.receive();  // and not 100
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(peer.is_closed_in_time());
  }
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, ARefusalReachesAPeerThatIsStillSending) {
  ScriptedSite site;
  auto peer = site.peer();
  // More than the kernel's buffers hold: without being read, this could not be sent.
  ASSERT_TRUE(peer.send(post("/closed", std::string(15'000'000, 'x'))));
  EXPECT_EQ(peer.status(), 401);
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, WhatIsOverALimitIsRefusedByTheNameOfTheLimit) {
  http::Limits limits;
  limits.body_bytes = 1000;
  ScriptedSite site(limits);
  const std::vector<std::tuple<std::string, int, std::string>> rows = {
      {post("/a", std::string(1001, 'x')), 413, "body-too-large"},
      {"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413,
       "body-too-large"},
      {get("/" + std::string(limits.url_bytes, 'u')), 414, "url-too-long"},
      {get("/a", "A: " + std::string(limits.header_bytes, 'a') + "\r\n"), 431, "headers-too-large"},
      {"POST /a HTTP/1.0\r\n\r\nhello", 411, ""},
  };
  for (const auto& [bytes, status, code] : rows) {
    auto peer = site.peer();
    peer.send(bytes);
    const auto answer = peer.receive();
    ASSERT_TRUE(answer) << status;
    EXPECT_EQ(answer->status, status);
    EXPECT_EQ(answer->field("Code"), code);
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_TRUE(peer.is_closed_in_time());
  }
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, OfABodyOverTheLimitTheBeginningReachesTheHandlerWhereItIsWantedAndTheConnectionEnds) {
  http::Limits limits;
  limits.body_bytes = 1000;
  ScriptedSite site(limits);
  auto peer = site.peer();
  peer.send("POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n" +
            std::string(5000, 'x'));
  const auto answer = peer.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->body, "cut");
  EXPECT_EQ(answer->field("Connection"), "close");
  EXPECT_TRUE(peer.is_closed_in_time());
  EXPECT_THAT(site.seen(), ElementsAre("POST /cut " + std::string(1001, 'x')));
}

TEST(Server, ARequestThatIsCutOffIs400AndNeverReachesTheHandler) {
  ScriptedSite site;
  const std::string whole = post("/a", "hello");
  for (const std::size_t length : {std::size_t{3}, whole.size() - 6, whole.size() - 1}) {
    auto peer = site.peer();
    peer.send(whole.substr(0, length));
    peer.shut_down_sending();
    EXPECT_EQ(peer.status(), 400) << length;
  }
  auto chunked = site.peer();
  chunked.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  chunked.shut_down_sending();
  EXPECT_EQ(chunked.status(), 400);
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, WhoOnlyStopsSendingStillGetsTheAnswer) {
  ScriptedSite site;
  auto peer = site.peer();
  peer.send(post("/slow", "hello"));
  peer.shut_down_sending();
  site.await(1);
  site.release();
  EXPECT_EQ(peer.receive()->body, "POST /slow hello");
  EXPECT_TRUE(peer.is_closed_in_time());
}

TEST(Server, AHundredDrippingClientsDoNotStopAGoodOne) {
  ScriptedSite site;
  std::vector<HttpPeer> drippers;
  for (int i = 0; i < 100; ++i) {
    drippers.push_back(site.peer());
    drippers.back().send(i % 2 ? "GET / HTTP/1.1\r\nHo" : post("/a", "hello").substr(0, 50));
  }
  auto good = site.peer();
  for (int i = 0; i < 20; ++i) {
    for (auto& dripper : drippers) dripper.send(i % 2 ? "" : "s");
    good.send(get("/good"));
    EXPECT_EQ(good.receive()->body, "GET /good ");
  }
}

/// Sends a byte each few milliseconds until there is an answer, and gives it.
std::optional<tests::HttpAnswer> dripped(HttpPeer& peer, const std::string& begin) {
  peer.send(begin);
  const auto until = std::chrono::steady_clock::now() + tests::Peer::patience;
  while (!peer.has_bytes_in_time(5ms)) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("dripped for ever");
    peer.send("d");
  }
  return peer.receive();
}

TEST(Server, AHeadThatDripsIsCutAtItsDeadline) {
  http::Limits limits;
  limits.head = 200ms;
  ScriptedSite site(limits);
  auto peer = site.peer();
  const auto answer = dripped(peer, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->field("Connection"), "close");
}

TEST(Server, ABodyThatDripsIsCutAtItsDeadlineAndNeverReachesTheHandler) {
  http::Limits limits;
  limits.body = 200ms;
  ScriptedSite site(limits);
  auto peer = site.peer();
  const auto answer =
      dripped(peer, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, ABodyThatStopsAfterALongBeginningIsCutToo) {
  http::Limits limits;
  limits.body = 200ms;
  ScriptedSite site(limits);
  auto peer = site.peer();
  peer.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" +
            std::string(8'000'000, 'x'));
  EXPECT_EQ(peer.status(), 408);
  EXPECT_THAT(site.seen(), IsEmpty());
}

TEST(Server, WhoSaysNothingIsLetGoWithoutAWord) {
  http::Limits limits;
  limits.head = limits.idle = 100ms;
  ScriptedSite site(limits);
  auto silent = site.peer();
  auto idle = site.peer();
  idle.send(get("/a"));
  EXPECT_EQ(idle.status(), 200);
  EXPECT_EQ(silent.receive_bytes(1), std::nullopt);
  EXPECT_EQ(idle.receive_bytes(1), std::nullopt);
}

TEST(Server, AnAnswerThatIsNotReadIsGivenUpAtItsDeadline) {
  http::Limits limits;
  limits.answer = 100ms;
  ScriptedSite site(limits);
  auto peer = site.peer();
  peer.send(get("/large"));
  site.await(1);
  auto& open = site.metrics.gauge("immunogate_connections", {{"door", "site"}});
  const auto until = std::chrono::steady_clock::now() + tests::Peer::patience;
  while (open.value() > 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(open.value(), 0);
}

TEST(Server, WhenAllConnectionsAreBusyAFurtherOneIsTold503) {
  http::Limits limits;
  limits.connections = 2;
  ScriptedSite site(limits);
  std::vector<HttpPeer> busy;
  for (int i = 0; i < 2; ++i) {
    busy.push_back(site.peer());
    busy.back().send(get("/slow"));
  }
  site.await(2);
  auto further = site.peer();
  further.send(get("/a"));
  EXPECT_EQ(further.status(), 503);
  site.release();
  for (auto& peer : busy) EXPECT_EQ(peer.status(), 200);
}

TEST(Server, AnIdleConnectionMakesRoomForAFurtherOne) {
  http::Limits limits;
  limits.connections = 1;
  ScriptedSite site(limits);
  auto idle = site.peer();
  idle.send(get("/a"));
  EXPECT_EQ(idle.status(), 200);
  auto further = site.peer();
  further.send(get("/b"));
  EXPECT_EQ(further.status(), 200);
  EXPECT_TRUE(idle.is_closed_in_time());
}

TEST(Server, AllBodiesTogetherHaveALimit) {
  http::Limits limits;
  limits.all_bodies = 100'000;
  ScriptedSite site(limits);
  const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n";
  auto first = site.peer();
  first.send(head + std::string(60'000, 'x'));
  auto second = site.peer();
  second.send(head + std::string(60'000, 'x'));
  // One of the two, whichever came first, stays.
  const auto until = std::chrono::steady_clock::now() + tests::Peer::patience;
  while (!first.has_bytes_in_time(1ms) && !second.has_bytes_in_time(1ms))
    ASSERT_LT(std::chrono::steady_clock::now(), until);
  auto& refused = first.has_bytes_in_time(0ms) ? first : second;
  auto& stays = &refused == &first ? second : first;
  EXPECT_EQ(refused.status(), 503);
  stays.send(std::string(30'000, 'x'));
  EXPECT_EQ(stays.status(), 200);
}

TEST(ServerDrain, AnswersWhatWasReadAndClosesWhatIsIdle) {
  ScriptedSite site;
  auto idle = site.peer();
  idle.send(get("/a"));
  EXPECT_EQ(idle.status(), 200);
  auto asked = site.peer();
  asked.send(get("/slow"));
  site.await(2);
  auto ended = std::async(std::launch::async, [&] { site.server.reset(); });
  EXPECT_TRUE(idle.is_closed_in_time());
  EXPECT_FALSE(asked.has_bytes_in_time(0ms));
  site.release();
  const auto answer = asked.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->field("Connection"), "close");
  EXPECT_TRUE(asked.is_closed_in_time());
  ended.get();
}

TEST(ServerDrain, BeginsWithoutWaitingForItsEnd) {
  ScriptedSite site;
  auto idle = site.peer();
  idle.send(get("/a"));
  EXPECT_EQ(idle.status(), 200);
  auto asked = site.peer();
  asked.send(get("/slow"));
  site.await(2);
  site.server->begin_drain();
  EXPECT_TRUE(idle.is_closed_in_time());
  EXPECT_THROW(site.peer(), std::runtime_error);  // cannot connect
  site.release();
  EXPECT_EQ(asked.status(), 200);
}

TEST(ServerDrain, ARequestThatHasBegunMayEnd) {
  ScriptedSite site;
  auto witness = site.peer();
  auto peer = site.peer();
  const std::string request = post("/a", "hello");
  peer.send(request.substr(0, 40));
  witness.send(get("/w"));  // answered: what was sent before it has been read
  EXPECT_EQ(witness.status(), 200);
  auto ended = std::async(std::launch::async, [&] { site.server.reset(); });
  EXPECT_TRUE(witness.is_closed_in_time());
  peer.send(request.substr(40));
  EXPECT_EQ(peer.receive()->body, "POST /a hello");
  ended.get();
}

TEST(ServerDrain, ARequestThatDripsDoesNotHoldItUp) {
  http::Limits limits;
  limits.drain = 600ms;
  ScriptedSite site(limits);
  auto peer = site.peer();
  peer.send(get("/a"));
  EXPECT_EQ(peer.status(), 200);
  peer.send("GET / HTTP/1.1\r\n");
  auto ended = std::async(std::launch::async, [&] { site.server.reset(); });
  const auto answer = dripped(peer, "Host: x\r\nA: ");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->field("Code"), "shutting-down");
  ended.get();
}

}  // namespace
