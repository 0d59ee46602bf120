#include "gateway/outbox/judge.hpp"

#include <gtest/gtest.h>

#include "gateway/outbox/backoff.hpp"
#include "gateway/outbox/batch.hpp"
#include "gateway/outbox/circuit.hpp"

namespace gateway::outbox {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;

Kind kind(int status, const std::string& body = "") {
  return judge(TargetAnswer{status, body, {}}).kind;
}

TEST(Judge, SuccessIsDelivered) {
  EXPECT_EQ(kind(200, R"({"resourceType":"Bundle"})"), Kind::delivered);
  EXPECT_EQ(kind(201), Kind::delivered);
}

TEST(Judge, APageThatIsNoServersAnswerHasStoredNothing) {
  EXPECT_EQ(kind(200, "<html>Sign in</html>"), Kind::target_wrong);
}

TEST(Judge, ATransactionThatWasTakenForABatchIsWhatItsWorstEntryIs) {
  const auto with = [](const std::string& first, const std::string& second) {
    return kind(200,
                R"({"resourceType":"Bundle","type":"transaction-response","entry":[{"response":)"
                R"({"status":")" +
                    first + R"("}},{"response":{"status":")" + second + R"("}}]})");
  };
  EXPECT_EQ(with("201 Created", "200"), Kind::delivered);
  EXPECT_EQ(with("200", "422 Unprocessable"), Kind::dead);
  EXPECT_EQ(with("404", "200"), Kind::dead) << "of an entry that is not about the target";
  EXPECT_EQ(with("200", "503"), Kind::again);
  EXPECT_EQ(with("412", "200"), Kind::precondition);
}

TEST(Judge, AnAnswerLongerThanWhatIsReadOfItIsASuccessThatSaysNothingOfItsEntries) {
  const auto verdict = judge(TargetAnswer{200, "{" + std::string(most_answer_bytes, ' '), {}});
  EXPECT_EQ(verdict.kind, Kind::delivered);
  EXPECT_TRUE(verdict.is_cut);
  EXPECT_EQ(kind(200, "<html>" + std::string(most_answer_bytes, ' ')), Kind::target_wrong);
}

TEST(Judge, WhatMayPassIsTriedAgain) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504})
    EXPECT_EQ(kind(status), Kind::again) << status;
  EXPECT_EQ(judge(base::Error{base::ErrorKind::unavailable, "connect", "", ""}).kind, Kind::again);
}

TEST(Judge, WhatIsAboutTheMessageIsADeadLetter) {
  for (const int status : {400, 409, 410, 413, 415, 422})
    EXPECT_EQ(kind(status), Kind::dead) << status;
}

TEST(Judge, WhatIsAboutTheTargetKillsNoLetter) {
  for (const int status : {301, 302, 307, 308, 401, 403, 404, 405, 0, 101})
    EXPECT_EQ(kind(status), Kind::target_wrong) << status;
  EXPECT_EQ(judge(base::Error{base::ErrorKind::configuration, "certificate", "", ""}).kind,
            Kind::target_wrong);
}

TEST(Judge, AVersionThatIsNotTheOneWeSawIsAPrecondition) {
  EXPECT_EQ(kind(412), Kind::precondition);
}

TEST(Judge, OnlyAFatalOutcomeOfA5xxIsFatal) {
  const std::string fatal =
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]})";
  EXPECT_EQ(kind(500, fatal), Kind::again);
  EXPECT_TRUE(judge(TargetAnswer{500, fatal, {}}).is_fatal);
  EXPECT_FALSE(judge(TargetAnswer{500, "", {}}).is_fatal);
  EXPECT_FALSE(judge(TargetAnswer{429, fatal, {}}).is_fatal);
}

TEST(Judge, HalfAnAnswerATimeOutAndAProxysWordForThemAreCrashesAndNoConnectionIsNone) {
  EXPECT_TRUE(judge(base::Error{base::ErrorKind::unknown, "broke off", "", ""}).crashed);
  EXPECT_TRUE(judge(TargetAnswer{502, "", {}}).crashed);
  EXPECT_TRUE(judge(TargetAnswer{504, "", {}}).crashed);
  EXPECT_FALSE(judge(base::Error{base::ErrorKind::unavailable, "connect", "", ""}).crashed);
  EXPECT_FALSE(judge(TargetAnswer{503, "", {}}).crashed);
}

TEST(Judge, TheTargetsWordsAreKeptUpTo64KiBAndNotCutInsideACharacter) {
  std::string body;
  while (body.size() < 100'000) body += "ü";
  const auto verdict = judge(TargetAnswer{422, body, {}});
  EXPECT_LE(verdict.answer.size(), 64u * 1024);
  EXPECT_GT(verdict.answer.size(), 64u * 1024 - 4);
  EXPECT_TRUE(verdict.answer.starts_with("422 ü"));
  EXPECT_TRUE(verdict.answer.ends_with("ü"));
}

TEST(Backoff, IsAnythingUpToTheDoubledSecondAndNeverMoreThanFiveMinutes) {
  Backoff backoff(1);
  std::chrono::milliseconds longest{0}, first_longest{0};
  for (int i = 0; i < 2000; ++i) {
    const auto first = backoff.after(0, {});
    EXPECT_LE(first, 1s);
    first_longest = std::max(first_longest, first);
    const auto late = backoff.after(40, {});
    EXPECT_LE(late, 300s);
    longest = std::max(longest, late);
  }
  EXPECT_GT(first_longest, 900ms);
  EXPECT_GT(longest, 290s);
}

TEST(Backoff, ObeysRetryAfterUpToAnHour) {
  Backoff backoff(1);
  EXPECT_GE(backoff.after(0, 120s), 120s);
  EXPECT_EQ(backoff.after(0, 86400s), 1h);
}

TEST(Backoff, TheSameSeedGivesTheSamePauses) {
  Backoff a(7), b(7);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(a.after(i, {}), b.after(i, {}));
}

constexpr std::int64_t second = 1'000'000;

TEST(Circuit, OpensAfterFiveFailuresInThirtySecondsAndNotAfterFour) {
  Circuit circuit(1);
  for (int i = 0; i < 4; ++i) circuit.failed(i * second);
  EXPECT_FALSE(circuit.is_open());
  circuit.failed(4 * second);
  EXPECT_TRUE(circuit.is_open());
}

TEST(Circuit, FailuresFarApartOrBetweenSuccessesDoNotOpenIt) {
  Circuit apart(1);
  for (int i = 0; i < 19; ++i) apart.failed(i * 10 * second);
  EXPECT_FALSE(apart.is_open());
  Circuit between(1);
  for (int i = 0; i < 60; ++i) {
    between.failed(i);
    between.succeeded();
    between.succeeded();
  }
  EXPECT_FALSE(between.is_open());
}

TEST(Circuit, OpensWhenHalfOfTheLastTwentyFailed) {
  Circuit circuit(1);
  for (int i = 0; i < 9; ++i) {
    circuit.failed(i);
    circuit.succeeded();
  }
  circuit.succeeded();
  EXPECT_FALSE(circuit.is_open()) << "nine of nineteen";
  circuit.failed(20);
  EXPECT_TRUE(circuit.is_open()) << "ten of twenty";
  circuit.succeeded();
  EXPECT_FALSE(circuit.is_open());
  circuit.failed(21);
  EXPECT_FALSE(circuit.is_open()) << "what was before it closed does not count";
}

TEST(Circuit, BeforeTheTimeTheTargetNamedNothingBegins) {
  Circuit circuit(1);
  circuit.wants_nothing_before(3600 * second);
  EXPECT_FALSE(circuit.is_open());
  EXPECT_FALSE(circuit.may_begin(3600 * second - 1));
  EXPECT_TRUE(circuit.may_begin(3600 * second));
  circuit.target_wrong(3600 * second);
  circuit.wants_nothing_before(7200 * second);
  EXPECT_FALSE(circuit.may_begin(7200 * second - 1)) << "nor a try";
}

TEST(Circuit, WhileOpenOneRequestTriesAfterFiveToSixtySeconds) {
  Circuit circuit(1);
  std::int64_t now = 0;
  circuit.target_wrong(now);
  for (int i = 0; i < 20; ++i) {
    EXPECT_GE(circuit.next_try() - now, 5 * second);
    EXPECT_LE(circuit.next_try() - now, 60 * second);
    EXPECT_FALSE(circuit.may_begin(circuit.next_try() - 1));
    now = circuit.next_try();
    EXPECT_TRUE(circuit.may_begin(now));
    EXPECT_FALSE(circuit.may_begin(now)) << "one is trying already";
    circuit.failed(now);
  }
  now = circuit.next_try();
  EXPECT_TRUE(circuit.may_begin(now));
  circuit.succeeded();
  EXPECT_TRUE(circuit.may_begin(now));
  EXPECT_TRUE(circuit.may_begin(now));
}

TEST(Circuit, LateAnswersOfEarlierRequestsDoNotPushTheNextTryAway) {
  Circuit circuit(1);
  circuit.target_wrong(0);
  const auto next = circuit.next_try();
  circuit.failed(second);
  circuit.target_wrong(2 * second);
  EXPECT_EQ(circuit.next_try(), next);
}

store::Delivery delivery(std::size_t resources) {
  store::Delivery d;
  for (std::size_t i = 0; i < resources; ++i) {
    const auto id = "o" + std::to_string(i);
    d.resources.push_back({{"Observation", id},
                           1,
                           {},
                           false,
                           R"({"resourceType":"Observation","id":")" + id + R"(","meta":{}})"});
  }
  return d;
}

TEST(Batch, OneArrivalIsOneTransactionOfPuts) {
  const auto d = delivery(2);
  const auto parts = parts_of(d, false);
  ASSERT_EQ(parts.size(), 1u);
  const auto body = fhir::transaction(parts[0].entries);
  EXPECT_NE(body.find(R"("PUT")"), std::string::npos);
  EXPECT_NE(body.find("Observation/o1"), std::string::npos);
  EXPECT_EQ(body.find("ifMatch"), std::string::npos);
  EXPECT_EQ(path_of(d, "clinic-a"), "clinic-a");
}

TEST(Batch, ThePathGrowsByUs) {
  auto d = delivery(1);
  d.path = "lab, hub";
  EXPECT_EQ(path_of(d, "clinic-a"), "lab, hub, clinic-a");
}

TEST(Batch, AThousandEntriesGoAtOnceAndOneMoreInASecondBundle) {
  EXPECT_EQ(parts_of(delivery(1000), false).size(), 1u);
  EXPECT_EQ(parts_of(delivery(1001), false).size(), 2u);
}

TEST(Batch, EachIdOnce) {
  auto d = delivery(2);
  d.resources[1] = d.resources[0];
  const auto parts = parts_of(d, false);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].entries.size(), 1u);
}

TEST(Batch, NothingToSayIsNoRequest) {
  EXPECT_TRUE(parts_of(delivery(0), false).empty());
}

}  // namespace
}  // namespace gateway::outbox
