#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/names.hpp"

#include "tests/support/certificates.hpp"
#include "tests/unit/http/scripted_site.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using tests::ScriptedSite;

namespace {

constexpr const char* request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

security::TlsFiles files() {
  const auto& all = tests::certificates();
  return {all.certificate("gateway"), all.key("gateway"), all.ca()};
}

/// What the counter of handshakes has come to when it shows anything; 0 at the deadline.
std::int64_t handshakes(ScriptedSite& site, const std::string& result) {
  auto& counter =
      site.metrics.counter(observe::names::handshakes, {{"door", "site"}, {"result", result}});
  const auto until = std::chrono::steady_clock::now() + tests::Peer::patience;
  while (counter.value() == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  return counter.value();
}

TEST(ServerOverTls, KnowsThePeerByItsCertificateAndBearsOneWithout) {
  ScriptedSite site({}, files());
  const auto& all = tests::certificates();
  auto known = site.peer();
  ASSERT_TRUE(known.begin_tls({all.certificate("client"), all.key("client"), all.ca()}));
  for (int i = 0; i < 2; ++i) {
    known.send(request);
    EXPECT_EQ(known.status(), 200);
    EXPECT_EQ(site.subject(), "CN=client,O=ImmunoGate development");
  }
  auto unknown = site.peer();
  ASSERT_TRUE(unknown.begin_tls({{}, {}, all.ca()}));
  unknown.send(request);
  EXPECT_EQ(unknown.status(), 200);
  EXPECT_EQ(site.subject(), "");
}

TEST(ServerOverTls, LargeBodiesAndAnswersGoThrough) {
  ScriptedSite site({}, files());
  auto peer = site.peer();
  ASSERT_TRUE(peer.begin_tls({{}, {}, tests::certificates().ca()}));
  const std::string body(3'000'000, 'b');
  peer.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + body);
  EXPECT_EQ(peer.receive()->body, "POST /a " + body);
  peer.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(peer.receive()->body.size(), 32'000'000U);
}

TEST(ServerOverTls, TheHandshakeRefusesAndNamesWhomTheAuthorityDoesNotKnow) {
  ScriptedSite site({}, files());
  const auto& all = tests::certificates();
  all.make({.name = "http-stranger", .by_another_authority = true});
  all.make({.name = "http-expired", .begins_in_days = -20, .ends_in_days = -10});
  const std::pair<std::string, std::string> rows[] = {{"http-stranger", "certificate-authority"},
                                                      {"http-expired", "certificate-expired"}};
  for (const auto& [name, reason] : rows) {
    auto peer = site.peer();
    if (peer.begin_tls({all.certificate(name), all.key(name), all.ca()})) {
      peer.send(request);
      EXPECT_FALSE(peer.receive()) << name;
    }
    EXPECT_EQ(handshakes(site, reason), 1) << name;
  }
  EXPECT_TRUE(site.seen().empty());
}

TEST(ServerOverTls, PlainHttpIsCalledByItsName) {
  ScriptedSite site({}, files());
  auto peer = site.peer();
  peer.send(request);
  EXPECT_TRUE(peer.is_closed_in_time());
  EXPECT_EQ(handshakes(site, "plain bytes on a TLS listener"), 1);
}

TEST(ServerOverTls, AHandshakeThatDoesNotEndIsCut) {
  http::Limits limits;
  limits.handshake = 100ms;
  ScriptedSite site(limits, files());
  auto peer = site.peer();
  peer.send("\x16\x03\x01");
  EXPECT_TRUE(peer.is_closed_in_time());
  EXPECT_EQ(handshakes(site, "timeout"), 1);
}

}  // namespace
