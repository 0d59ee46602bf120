#include "gateway/mllp/door.hpp"

#include <future>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/names.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/mllp_peer.hpp"
#include "tests/unit/mllp/scripted_sink.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Optional;
using tests::MllpPeer;

namespace {

security::TlsFiles files(const std::string& name) {
  const auto& all = tests::certificates();
  return {all.certificate(name), all.key(name), all.ca()};
}

tests::PeerFiles shown(const std::string& name, int version = 0) {
  const auto& all = tests::certificates();
  return {all.certificate(name), all.key(name), all.ca(), version};
}

struct Gate {
  explicit Gate(mllp::Limits limits = {}, bool tls = false) {
    mllp::ListenerSettings listener{"127.0.0.1", 0, {}, {}};
    if (tls) listener.tls = files("gateway");
    auto opened = mllp::Door::open({listener}, limits, taker.sink(), clock, metrics);
    if (!opened) throw std::runtime_error(opened.error().text());
    door = *std::move(opened);
  }
  std::uint16_t port() const { return door->port(0); }
  /// What a counter has come to when it shows anything; 0 at the deadline.
  std::int64_t comes_to(std::string_view name, const char* label, const std::string& value) {
    auto& counter =
        metrics.counter(name, {{"door", "mllp:" + std::to_string(port())}, {label, value}});
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (counter.value() == 0 && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    return counter.value();
  }
  std::int64_t handshakes(const std::string& result) {
    return comes_to(observe::names::handshakes, "result", result);
  }
  std::int64_t rejected(const std::string& reason) {
    return comes_to(observe::names::frames_rejected, "reason", reason);
  }

  base::SystemClock clock;
  observe::Metrics metrics;
  tests::ScriptedSink taker;
  std::unique_ptr<mllp::Door> door;
};

TEST(Door, AnswersWhatItIsGivenOverPlainMllp) {
  Gate gate;
  MllpPeer peer(gate.port());
  peer.send_message("MSH|a");
  EXPECT_THAT(peer.receive(), Optional(std::string("ack:MSH|a")));
  peer.send("noise\x0bMSH|b\x1c");  // no CR, something before
  EXPECT_THAT(peer.receive(), Optional(std::string("ack:MSH|b")));
  EXPECT_EQ(gate.taker.seen(0).listener, "mllp:" + std::to_string(gate.port()));
  EXPECT_EQ(gate.taker.seen(0).subject, "");
}

TEST(Door, OverTlsItKnowsTheSenderByItsCertificate) {
  Gate gate({}, true);
  for (const int version : {0, 0x0303}) {  // the best, and TLS 1.2
    auto peer = MllpPeer::tls(gate.port(), shown("sender", version));
    ASSERT_TRUE(peer);
    const std::string large(300'000, 'x');
    peer->send_message(large);
    EXPECT_THAT(peer->receive(), Optional("ack:" + large));
  }
  EXPECT_EQ(gate.taker.seen(0).subject, "CN=sender,O=ImmunoGate development");
  EXPECT_EQ(gate.handshakes("ok"), 2);
}

TEST(Door, TheHandshakeRefusesWhomTheAuthorityDoesNotKnow) {
  Gate gate({}, true);
  const auto& all = tests::certificates();
  all.make({.name = "foreign", .by_another_authority = true});
  all.make({.name = "old", .begins_in_days = -10, .ends_in_days = -1});
  all.make({.name = "server", .usage = "serverAuth"});
  const struct {
    tests::PeerFiles files;
    const char* result;
  } rows[] = {
      {{{}, {}, all.ca()}, "no-certificate"},        {shown("foreign"), "certificate-authority"},
      {shown("old"), "certificate-expired"},         {shown("server"), "certificate-purpose"},
      {shown("sender", 0x0302), "protocol-version"},
  };
  for (const auto& row : rows) {
    auto peer = MllpPeer::tls(gate.port(), row.files);
    if (peer) {  // TLS 1.3: the client is done before the server has looked at it
      peer->send_message("MSH|a");
      EXPECT_FALSE(peer->receive()) << row.result;
    }
    EXPECT_EQ(gate.handshakes(row.result), 1) << row.result;
  }
  EXPECT_EQ(gate.taker.count(), 0U);
}

TEST(Door, ARefusedHandshakeIsLoggedWithThePeerAndTheCertificateItShowed) {
  Gate gate({}, true);
  tests::certificates().make({.name = "foreign", .by_another_authority = true});
  const std::string peer = R"("peer":"127\.0\.0\.1:[0-9]+",)";
  const struct {
    tests::PeerFiles files;
    const char* result;
    std::string certificate;
  } rows[] = {
      {shown("foreign"), "certificate-authority", R"("certificate":"[0-9a-f]{16}")"},
      {{{}, {}, tests::certificates().ca()}, "no-certificate", R"("certificate":"")"},
  };
  for (const auto& row : rows) {
    testing::internal::CaptureStdout();
    auto client = MllpPeer::tls(gate.port(), row.files);
    EXPECT_EQ(gate.handshakes(row.result), 1);
    const auto log = testing::internal::GetCapturedStdout();
    EXPECT_TRUE(std::regex_search(log, std::regex(peer + row.certificate))) << log;
  }
}

TEST(Door, PlainMllpOnATlsListenerIsCalledByItsName) {
  Gate gate({}, true);
  MllpPeer peer(gate.port());
  peer.send_message("MSH|a");
  EXPECT_FALSE(peer.receive());
  EXPECT_EQ(gate.handshakes("plain bytes on a TLS listener"), 1);
}

TEST(Door, AnswersLeaveInTheOrderOfArrival) {
  Gate gate;
  gate.taker.answer_at_once(false);
  MllpPeer peer(gate.port());
  std::string all;
  for (int i = 0; i < 10; ++i) all += "\x0bMSH|" + std::to_string(i) + "\x1c\r";
  peer.send(all);
  ASSERT_TRUE(gate.taker.wait_for(10));
  for (int i = 9; i >= 0; --i) {
    gate.taker.answer(static_cast<std::size_t>(i), i == 4 ? "" : std::to_string(i));
  }
  for (const char* expected : {"0", "1", "2", "3", "5", "6", "7", "8", "9"}) {  // 4: nothing to say
    EXPECT_THAT(peer.receive(), Optional(std::string(expected)));
  }
}

TEST(Door, BeyondTheFramesInFlightNothingIsTaken) {
  mllp::Limits limits;
  limits.frames_in_flight = 3;
  Gate gate(limits);
  gate.taker.answer_at_once(false);
  MllpPeer peer(gate.port());
  std::string all;
  for (int i = 0; i < 8; ++i) all += "\x0bMSH|" + std::to_string(i) + "\x1c\r";
  peer.send(all);
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(gate.taker.wait_for(std::min<std::size_t>(i + 3, 8)));
    EXPECT_LE(gate.taker.count(), i + 3);
    gate.taker.answer(i, std::to_string(i));
    EXPECT_THAT(peer.receive(), Optional(std::to_string(i)));
  }
}

TEST(Door, WhileLanesAreFullNothingIsTaken) {
  Gate gate;
  gate.taker.set_room(false);
  MllpPeer peer(gate.port());
  peer.send_message("MSH|a");
  MllpPeer other(gate.port());
  other.send_message("MSH|b");
  EXPECT_EQ(gate.taker.count(), 0U);
  gate.taker.set_room(true);
  EXPECT_THAT(peer.receive(), Optional(std::string("ack:MSH|a")));
  EXPECT_THAT(other.receive(), Optional(std::string("ack:MSH|b")));
}

TEST(Door, AnAnswerMayCloseTheConnectionAfterTheEarlierOnes) {
  Gate gate;
  gate.taker.answer_at_once(false);
  MllpPeer peer(gate.port());
  for (const char* text : {"MSH|0", "MSH|1", "MSH|2"}) peer.send_message(text);
  ASSERT_TRUE(gate.taker.wait_for(3));
  gate.taker.answer(2, "2");
  gate.taker.answer(1, "", true);
  gate.taker.answer(0, "0");
  EXPECT_THAT(peer.receive(), Optional(std::string("0")));
  EXPECT_FALSE(peer.receive());
}

TEST(Door, OverTheLimitIsAnsweredThenClosed) {
  mllp::Limits limits;
  limits.message_bytes = 100'000;
  for (const bool tls : {false, true}) {
    Gate gate(limits, tls);
    auto peer = tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
    peer.send_message("MSH|" + std::string(99'996, 'x'));  // exactly the limit
    EXPECT_EQ(peer.receive()->size(), 4 + 100'000U);
    peer.send("\x0bMSH|" + std::string(500'000, 'x'));  // and it never ends
    EXPECT_THAT(peer.receive(), Optional(std::string("ack:too large")));
    EXPECT_TRUE(peer.is_closed_in_time());
    const auto seen = gate.taker.seen(1);
    EXPECT_TRUE(seen.over_limit);
    EXPECT_GT(seen.size, 100'000U);
    EXPECT_EQ(seen.text.size(), 4096U);
    EXPECT_EQ(gate.rejected("over-limit"), 1);
  }
}

TEST(Door, BytesInFlightAreBoundedAndFreedByAnswers) {
  mllp::Limits limits;
  limits.bytes_in_flight = 200'000;
  limits.frame = 60s;
  Gate gate(limits);
  gate.taker.answer_at_once(false);
  std::vector<MllpPeer> peers;
  std::vector<std::future<bool>> sent;
  for (int i = 0; i < 8; ++i) peers.emplace_back(gate.port());
  for (auto& peer : peers) {
    sent.push_back(std::async(std::launch::async, [&peer] {
      return peer.send_message("MSH|" + std::string(100'000, 'x'));
    }));
  }
  // Each answer makes room for more, until everybody was heard.
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(gate.taker.wait_for(i + 1)) << i;
    EXPECT_LE(gate.taker.count(), i + 5);
    gate.taker.answer(i, "ok");
  }
  for (auto& one : sent) EXPECT_TRUE(one.get());
  for (auto& peer : peers) EXPECT_THAT(peer.receive(), Optional(std::string("ok")));
}

TEST(Door, AFrameThatDoesNotEndAndAHandshakeThatDoesNotEndAreClosed) {
  mllp::Limits limits;
  limits.handshake = 100ms;
  limits.frame = 100ms;
  Gate plain(limits);
  MllpPeer slow(plain.port());
  slow.send("\x0bMSH|");
  EXPECT_TRUE(slow.is_closed_in_time());
  EXPECT_EQ(plain.rejected("slow"), 1);
  Gate tls(limits, true);
  MllpPeer silent(tls.port());
  EXPECT_TRUE(silent.is_closed_in_time());
  EXPECT_EQ(tls.handshakes("timeout"), 1);
}

TEST(Door, IdleBetweenFramesIsLegitimate) {
  mllp::Limits limits;
  limits.handshake = limits.frame = limits.write = 1000ms;
  for (const bool tls : {false, true}) {
    Gate gate(limits, tls);
    auto peer = tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
    peer.send_message("MSH|a");
    EXPECT_TRUE(peer.receive());
    EXPECT_FALSE(peer.is_closed_in_time(2500ms));
    peer.send_message("MSH|b");
    EXPECT_TRUE(peer.receive());
  }
}

TEST(Door, WhoDoesNotReadItsAnswersIsClosed) {
  mllp::Limits limits;
  limits.write = 200ms;
  Gate gate(limits);
  gate.taker.answer_at_once(false);
  MllpPeer peer(gate.port());
  peer.send_message("MSH|a");
  ASSERT_TRUE(gate.taker.wait_for(1));
  gate.taker.answer(0, std::string(16 << 20, 'x'));
  EXPECT_EQ(gate.rejected("answer-not-read"), 1);
}

TEST(Door, APeerThatOnlyStopsSendingStillGetsItsAnswers) {
  for (const bool tls : {false, true}) {
    Gate gate({}, tls);
    gate.taker.answer_at_once(false);
    auto peer = tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
    peer.send_message("MSH|a");
    peer.shut_down_sending();
    ASSERT_TRUE(gate.taker.wait_for(1));
    gate.taker.answer(0, "ok");
    EXPECT_THAT(peer.receive(), Optional(std::string("ok")));
    EXPECT_FALSE(peer.receive());
  }
}

TEST(Door, APeerThatVanishesTakesNobodyWithIt) {
  for (const bool tls : {false, true}) {
    Gate gate({}, tls);
    gate.taker.answer_at_once(false);
    for (int i = 0; i < 3; ++i) {
      auto peer = tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
      peer.send_message("MSH|a");
      ASSERT_TRUE(gate.taker.wait_for(static_cast<std::size_t>(i) + 1));
      if (i == 0) peer.reset();
      if (i == 1) peer.abandon();
    }
    for (std::size_t i = 0; i < 3; ++i) gate.taker.answer(i, "too late");
    gate.taker.answer_at_once(true);
    auto peer = tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
    peer.send_message("MSH|b");
    EXPECT_THAT(peer.receive(), Optional(std::string("ack:MSH|b")));
  }
}

TEST(Door, MoreConnectionsThanTheLimitWaitUntilOneGoes) {
  mllp::Limits limits;
  limits.connections = 2;
  Gate gate(limits);
  MllpPeer first(gate.port());
  auto second = std::make_unique<MllpPeer>(gate.port());
  first.send_message("MSH|1");
  second->send_message("MSH|2");
  EXPECT_TRUE(first.receive());
  EXPECT_TRUE(second->receive());
  MllpPeer third(gate.port());
  third.send_message("MSH|3");
  EXPECT_FALSE(third.is_closed_in_time(100ms));
  EXPECT_EQ(gate.taker.count(), 2U);
  second.reset();
  EXPECT_TRUE(gate.taker.wait_for(3));
}

TEST(Drain, AnswersWhatWasReadAndClosesTheRest) {
  for (const bool tls : {false, true}) {
    Gate gate({}, tls);
    gate.taker.answer_at_once(false);
    const auto connect = [&] {
      return tls ? *MllpPeer::tls(gate.port(), shown("sender")) : MllpPeer(gate.port());
    };
    auto idle = connect();
    auto waiting = connect();
    waiting.send_message("MSH|a");
    ASSERT_TRUE(gate.taker.wait_for(1));
    auto drained = std::async(std::launch::async, [&] { gate.door->drain(20s); });
    EXPECT_TRUE(idle.is_closed_in_time());
    gate.taker.answer(0, "ok");
    EXPECT_THAT(waiting.receive(), Optional(std::string("ok")));
    EXPECT_TRUE(waiting.is_closed_in_time());
    drained.get();
    EXPECT_THROW(MllpPeer{gate.port()}, std::runtime_error);
  }
}

TEST(Drain, AFrameThatHasBegunMayEndButIsNotWaitedForForEver) {
  Gate gate;
  MllpPeer ends(gate.port());
  MllpPeer never(gate.port());
  ends.send("\x0bMSH|");
  never.send("\x0bMSH|");
  MllpPeer idle(gate.port());
  for (auto* peer : {&ends, &never}) peer->send("x");
  idle.send_message("MSH|i");
  ASSERT_TRUE(gate.taker.wait_for(1));
  auto drained = std::async(std::launch::async, [&] { gate.door->drain(4s); });
  EXPECT_TRUE(idle.is_closed_in_time());
  ends.send("end\x1c\r");
  EXPECT_THAT(ends.receive(), Optional(std::string("ack:MSH|xend")));
  EXPECT_TRUE(ends.is_closed_in_time());
  EXPECT_TRUE(never.is_closed_in_time());
  drained.get();
}

TEST(Drain, TheDoorMayGoWhileAnswersAreOutstanding) {
  std::vector<intake::Answer> kept;
  {
    Gate gate({}, true);
    gate.taker.answer_at_once(false);
    auto peer = MllpPeer::tls(gate.port(), shown("sender"));
    peer->send_message("MSH|a");
    peer->send("\x0bMSH|begun");
    ASSERT_TRUE(gate.taker.wait_for(1));
    kept.push_back(gate.taker.seen(0).answer);
    gate.door.reset();
    EXPECT_TRUE(peer->is_closed_in_time());
    kept.front()(tests::answered("late"));
  }
  kept.front()(tests::answered("later"));
}

TEST(Opening, APortInUseIsSaidInOneSentence) {
  Gate gate;
  tests::ScriptedSink taker;
  const auto second = mllp::Door::open({{"127.0.0.1", gate.port(), {}, {}}}, {}, taker.sink(),
                                       gate.clock, gate.metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::configuration);
  EXPECT_THAT(second.error().text(), HasSubstr("127.0.0.1:" + std::to_string(gate.port()) +
                                               ": cannot listen (Address already in use); stop"));
}

TEST(Opening, AMissingCertificateIsSaidInOneSentence) {
  base::SystemClock clock;
  observe::Metrics metrics;
  tests::ScriptedSink taker;
  const auto door =
      mllp::Door::open({{"127.0.0.1", 0, files("nobody"), {}}}, {}, taker.sink(), clock, metrics);
  ASSERT_FALSE(door);
  EXPECT_THAT(door.error().text(), HasSubstr("nobody.pem: certificate cannot be read"));
}

}  // namespace
