#include "gateway/push/line.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/access/identity.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/query/interest.hpp"
#include "gateway/store/sqlite/engine.hpp"

#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"
#include "tests/support/mappings.hpp"

namespace gateway::push {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

security::PeerIdentity ehr() {
  security::PeerIdentity peer;
  peer.subject = {{"CN", "ehr"}};
  return peer;
}

std::vector<access::CertificateGrant> granting(const std::string& scopes) {
  access::CertificateGrant grant;
  grant.rule.subject = {{"CN", "ehr"}};
  grant.scopes = *security::parse_scopes(scopes);
  return {grant};
}

/// A gateway without doors, one subscription of CN=ehr, and a receiver that says what the test
/// says.
class APushedSubscription : public testing::Test {
 protected:
  static constexpr const char* scopes = "system/Observation.rs system/Subscription.cruds";

  APushedSubscription() {
    auto opened = store::sqlite::open({.file = folder_.path() / "gateway.db", .min_free_bytes = 1},
                                      clock_, metrics_);
    if (!opened) throw std::runtime_error(opened.error().text());
    store_ = *std::move(opened);
    reader_ = std::make_unique<query::Reader>(*store_, clock_);
    auto compiled = mapping::compile(::tests::shipped_mappings());
    intake_ = std::make_unique<intake::Intake>(*store_, compiled.catalogue,
                                               intake::Options{.instance = "clinic-a"}, clock_,
                                               metrics_, bell_);
  }

  struct Scripted final : outbox::Target {
    explicit Scripted(APushedSubscription& its) : test(its) {}
    base::Result<outbox::TargetAnswer> post(const outbox::Post& post) override {
      const auto bundle = fhir::parse_json(post.body);
      const auto& status = (*bundle)["entry"].items()[0]["resource"]["parameter"].items();
      std::string text = status[3]["valueCode"].text();
      for (const auto& one : status)
        if (one["name"].text() == "notification-event")
          text += ' ' + one["part"].items()[0]["valueString"].text();
      test.told_.push_back(text);
      if (test.says_ == 0)
        return base::Error{base::ErrorKind::unavailable, "nobody answers", "", ""};
      return outbox::TargetAnswer{test.says_, "", {}};
    }
    APushedSubscription& test;
  };

  void subscribe(const std::string& further = "", const std::string& channel = "") {
    const std::string text =
        R"({"resourceType":"Subscription","id":"s1","meta":{},"status":"requested","criteria":")" +
        topics::all()[0].url() + '"' + further +
        R"(,"channel":{"type":"rest-hook","endpoint":"https://ehr/hook")" + channel + "}}";
    auto json = *fhir::parse_json(text);
    topics::sign(json, topics::client_url("CN=ehr"), access::write_identity(ehr()));
    what_ = *topics::read(json);
    const auto interest = query::interest_of(what_, access_.principal_of(ehr()));
    write("Subscription", "s1", json, {{"s1", *interest}});
  }
  void result(const std::string& id) {
    write("Observation", id,
          *fhir::parse_json(R"({"resourceType":"Observation","id":")" + id +
                            R"(","meta":{},"status":"final","code":{"text":"x"}})"));
  }
  void write(const std::string& type, const std::string& id, const fhir::Json& json,
             std::vector<topics::InterestChange> interests = {}) {
    auto body = fhir::normalised(json, {type, id}, type);
    ASSERT_TRUE(body) << body.error().text();
    intake::ReceivedBundle bundle{{{{type, id}, *body, "", 0, {}}},
                                  "x",
                                  {"CN=peer", {}, "source", true},
                                  "https",
                                  clock_.now(),
                                  "",
                                  std::move(interests)};
    std::promise<bool> done;
    intake_->receive(std::move(bundle),
                     [&done](const auto& outcome) { done.set_value(bool(outcome)); });
    ASSERT_TRUE(done.get_future().get());
  }
  Line line() {
    return Line(
        {*store_, *reader_, *intake_, access_, settings_, connect_, clock_, delivered_, retried_},
        "s1");
  }
  /// Steps until nothing is due, or so often.
  bool run(Line& line, int steps = 20) {
    for (int i = 0; i < steps; ++i) {
      const auto next = line.step();
      if (!next) return false;
      if (*next > clock_.steady_microseconds()) return true;
    }
    return true;
  }
  std::string state() {
    const auto version = *(*store_->snapshot())->read({"Subscription", "s1"}, {});
    return (*fhir::parse_json(version->body))["status"].text();
  }
  std::vector<std::string> told() { return std::exchange(told_, {}); }

  ::tests::TemporaryFolder folder_;
  ::tests::HandClock clock_;
  observe::Metrics metrics_;
  base::Bell bell_;
  access::Access access_{granting(scopes)};
  Settings settings_{.instance = "clinic-a", .base_url = "https://here/fhir"};
  Connect connect_ = [this](const auto&) {
    return base::Result<std::unique_ptr<outbox::Target>>(std::make_unique<Scripted>(*this));
  };
  observe::Counter& delivered_ = metrics_.counter("d", {});
  observe::Counter& retried_ = metrics_.counter("r", {});
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<query::Reader> reader_;
  std::unique_ptr<intake::Intake> intake_;
  topics::Subscription what_;
  std::vector<std::string> told_;
  int says_ = 200;
};

TEST_F(APushedSubscription, IsActiveOnceTheHandshakeIsAnswered) {
  subscribe();
  result("o1");
  auto one = line();
  EXPECT_TRUE(run(one));
  EXPECT_THAT(told(), ElementsAre("handshake", "event-notification 1"));
  EXPECT_EQ(state(), "active");
}

TEST_F(APushedSubscription, EventsComeInTheOrderOfTheirNumbersAtMostSoManyAtOnce) {
  subscribe("", R"(,"extension":[{"url":")" + topics::backport("max-count") +
                    R"(","valuePositiveInt":2}])");
  for (const char* id : {"o1", "o2", "o3"}) result(id);
  auto one = line();
  EXPECT_TRUE(run(one));
  EXPECT_THAT(told(), ElementsAre("handshake", "event-notification 1 2", "event-notification 3"));
}

TEST_F(APushedSubscription, TenFailuresInARowAreTheStateErrorAndTheFirstYesEndsIt) {
  subscribe();
  auto one = line();
  EXPECT_TRUE(run(one));
  result("o1");
  says_ = 503;
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(state(), "active") << "after " << i - 1;
    const auto next = one.step();
    ASSERT_TRUE(next);
    clock_.pass(std::chrono::microseconds(*next - clock_.steady_microseconds()));
  }
  EXPECT_EQ(state(), "error");
  result("o2");
  (void)one.step();
  told();
  says_ = 200;
  EXPECT_TRUE(run(one));
  EXPECT_THAT(told(), ElementsAre("handshake", "event-notification 1 2"));
  EXPECT_EQ(state(), "active");
}

TEST_F(APushedSubscription, TheSameNumbersAreToldUntilTheReceiverSaysYes) {
  subscribe();
  auto one = line();
  EXPECT_TRUE(run(one));
  told();
  result("o1");
  for (const int status : {0, 500, 302, 404}) {
    says_ = status;
    (void)one.step();
    EXPECT_TRUE(one.fails());
  }
  says_ = 204;
  EXPECT_TRUE(run(one));
  EXPECT_THAT(told(),
              ElementsAre("event-notification 1", "event-notification 1", "event-notification 1",
                          "event-notification 1", "event-notification 1"));
  EXPECT_FALSE(one.fails());
  auto after_a_restart = line();
  EXPECT_TRUE(run(after_a_restart));
  EXPECT_TRUE(told().empty()) << "the yes is durable";
}

TEST_F(APushedSubscription, IsToldAHeartbeatAfterEachPeriodOfSilence) {
  subscribe("", R"(,"extension":[{"url":")" + topics::backport("heartbeat-period") +
                    R"(","valueUnsignedInt":10}])");
  auto one = line();
  EXPECT_TRUE(run(one));
  told();
  clock_.pass(9s);
  EXPECT_TRUE(run(one));
  EXPECT_TRUE(told().empty());
  clock_.pass(1s);
  EXPECT_TRUE(run(one));
  EXPECT_THAT(told(), ElementsAre("heartbeat"));
}

TEST_F(APushedSubscription, EndsWithItsTime) {
  subscribe(R"(,"end":"2025-03-24T15:16:00Z")");
  auto one = line();
  EXPECT_TRUE(run(one));
  told();
  clock_.pass(61s);
  result("o1");
  EXPECT_FALSE(run(one));
  EXPECT_EQ(state(), "off");
  EXPECT_TRUE(told().empty());
}

TEST_F(APushedSubscription, EndsWhereItsClientLostItsAccess) {
  subscribe();
  result("o1");
  for (const char* left : {"", "system/Observation.rs", "system/Subscription.cruds",
                           "system/Subscription.cruds system/Observation.rs?status:not=final"}) {
    access_.publish(granting(left), {});
    auto one = line();
    EXPECT_FALSE(run(one)) << left;
    EXPECT_EQ(state(), "off") << left;
  }
  EXPECT_TRUE(told().empty());
}

TEST_F(APushedSubscription, EndsThatWayToWhoListensAndWhatCannotBeReadToo) {
  const std::string text =
      R"({"resourceType":"Subscription","id":"s1","meta":{},"status":"active","criteria":")" +
      topics::all()[0].url() + R"(","channel":{"type":"websocket","_type":{"extension":[{"url":")" +
      topics::backport("channel-type") + R"(","valueCoding":{"code":"server-sent-events"}}]}}})";
  auto json = *fhir::parse_json(text);
  topics::sign(json, topics::client_url("CN=ehr"), access::write_identity(ehr()));
  write("Subscription", "s1", json);
  line().prepare();
  EXPECT_EQ(state(), "active");
  json.set("criteria", fhir::Json::string("https://elsewhere/topic"));
  write("Subscription", "s1", json);
  line().prepare();
  EXPECT_EQ(state(), "off");
  json = *fhir::parse_json(text);
  topics::sign(json, topics::client_url("CN=ehr"), access::write_identity(ehr()));
  write("Subscription", "s1", json);
  access_.publish(granting(""), {});
  line().prepare();
  EXPECT_EQ(state(), "off");
}

TEST_F(APushedSubscription, EndsWithItsTimeWhereSomebodyListensToo) {
  auto json = *fhir::parse_json(
      R"({"resourceType":"Subscription","id":"s1","meta":{},"status":"active","criteria":")" +
      topics::all()[0].url() +
      R"(","end":"2025-03-24T15:16:00Z","channel":{"type":"websocket","_type":{"extension":[{"url":")" +
      topics::backport("channel-type") + R"(","valueCoding":{"code":"server-sent-events"}}]}}})");
  topics::sign(json, topics::client_url("CN=ehr"), access::write_identity(ehr()));
  write("Subscription", "s1", json);
  auto one = line();
  EXPECT_TRUE(run(one));
  EXPECT_EQ(state(), "active");
  clock_.pass(61s);
  EXPECT_FALSE(run(one));
  EXPECT_EQ(state(), "off");
  EXPECT_TRUE(told().empty());
}

TEST_F(APushedSubscription, StandsAgainAfterARestartWithinWhatItsClientMaySee) {
  subscribe();
  EXPECT_EQ(interests(*store_, access_)->size(), 1u);
  EXPECT_TRUE(interests(*store_, access_)->front()->scope.empty());
  const access::Access narrower(granting("system/Observation.rs?category=laboratory"));
  EXPECT_EQ(interests(*store_, narrower)->front()->scope.size(), 1u);
  EXPECT_TRUE(interests(*store_, access::Access(granting("")))->empty());
}

}  // namespace
}  // namespace gateway::push
