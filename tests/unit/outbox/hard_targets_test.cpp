// Targets that are not simply there or away: one message that breaks them, a failure that never
// ends, versions of their own.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/outbox/outbox_case.hpp"

namespace gateway::outbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

const std::string fatal =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]})";

std::vector<std::string> dead_answers(Case& c) {
  std::vector<std::string> out;
  const auto letters = c.store->letters({});
  EXPECT_TRUE(letters);
  for (const auto& letter : *letters) out.push_back(letter.answer);
  return out;
}

TEST(Poison, AMessageOverWhichTheTargetBreaksOffThreeTimesWhileOthersPassIsADeadLetter) {
  Case c;
  c.target->say([](const Post& post) -> base::Result<TargetAnswer> {
    if (Script::id_of(post) == "o1=1")
      return base::Error{base::ErrorKind::unknown, "broke off", "", ""};
    return TargetAnswer{200, "", {}};
  });
  c.arrive("p1", "o1", 1);
  c.start(1);
  ASSERT_TRUE(c.counted("retried", 1));
  for (int round = 1; round < 3; ++round) {
    c.arrive("p" + std::to_string(round + 1), "other" + std::to_string(round), 5);
    ASSERT_TRUE(c.counted("delivered", round));
    c.clock.pass(10s);
    c.bell.ring();
    ASSERT_TRUE(round == 2 ? c.counted("dead", 1) : c.counted("retried", round + 1));
  }
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(dead_answers(c), ElementsAre(StartsWith("poison: ")));
}

TEST(Poison, ATargetThatIsAwayForEverybodyPoisonsNothing) {
  Case c;
  c.target->say([](const Post&) -> base::Result<TargetAnswer> {
    return base::Error{base::ErrorKind::unknown, "broke off", "", ""};
  });
  c.arrive("p1", "o1", 1);
  c.start(1);
  for (int round = 1; round <= 8; ++round) {
    ASSERT_TRUE(c.counted("retried", round));
    c.clock.pass(400s);
    c.bell.ring();
  }
  EXPECT_EQ(c.backlog().dead, 0);
  c.target->say(200);
  ASSERT_TRUE(c.drained(60s));
  EXPECT_EQ(c.backlog().dead, 0);
}

TEST(Fatal, WhatIsAnsweredAsFatalForADayIsADeadLetterAlsoAcrossARestart) {
  Case c;
  c.target->say([](const Post&) { return TargetAnswer{500, fatal, {}}; });
  c.arrive("p1", "o1", 1);
  c.start(1);
  ASSERT_TRUE(c.counted("retried", 1));
  c.clock.pass(23h);
  c.bell.ring();
  ASSERT_TRUE(c.counted("retried", 2));
  c.open();
  c.start(1);
  c.clock.pass(2h);
  c.bell.ring();
  ASSERT_TRUE(c.counted("dead", 1));
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(dead_answers(c), ElementsAre(StartsWith("fatal for a day: 500")));
}

TEST(Fatal, AFailureWithoutThatWordIsTriedForEver) {
  Case c;
  c.target->say(500);
  c.arrive("p1", "o1", 1);
  c.start(1);
  for (int day = 1; day <= 4; ++day) {
    ASSERT_TRUE(c.counted("retried", day));
    c.clock.pass(24h);
    c.bell.ring();
  }
  ASSERT_TRUE(c.counted("retried", 5));
  EXPECT_EQ(c.backlog().dead, 0);
}

TEST(Together, MessagesOfDifferentPatientsGoInOneRequest) {
  Case c;
  for (int i = 0; i < 10; ++i) c.arrive("p" + std::to_string(i), "o" + std::to_string(i), i);
  c.arrive("p0", "o0", 99);
  std::mutex mutex;
  std::vector<std::size_t> sizes;
  c.target->say([&](const Post& post) -> base::Result<TargetAnswer> {
    const std::lock_guard lock(mutex);
    sizes.push_back((*fhir::parse_json(post.body))["entry"].items().size());
    return TargetAnswer{200, "", {}};
  });
  c.start(1, 50);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(sizes, ElementsAre(10, 1)) << "one of a patient at a time";
}

TEST(Together, OneBadMessageFailsNoOther) {
  Case c;
  for (int i = 0; i < 5; ++i) c.arrive("p" + std::to_string(i), "o" + std::to_string(i), i);
  c.target->say([](const Post& post) {
    return TargetAnswer{post.body.find("\"o3\"") != std::string::npos ? 422 : 200, "", {}};
  });
  c.start(1, 50);
  ASSERT_TRUE(c.drained());
  EXPECT_EQ(c.backlog().dead, 1);
  EXPECT_TRUE(c.counted("delivered", 4));
}

TEST(Together, WhatBreaksTheTargetIsFoundByEachGoingByItself) {
  Case c;
  for (int i = 0; i < 4; ++i) c.arrive("p" + std::to_string(i), "o" + std::to_string(i), i);
  std::atomic<int> largest{0};
  c.target->say([&](const Post& post) -> base::Result<TargetAnswer> {
    const auto size = static_cast<int>((*fhir::parse_json(post.body))["entry"].items().size());
    largest = std::max(largest.load(), size);
    if (post.body.find("\"o2\"") != std::string::npos)
      return base::Error{base::ErrorKind::unknown, "broke off", "", ""};
    return TargetAnswer{200, "", {}};
  });
  c.start(1, 50);
  ASSERT_TRUE(c.counted("retried", 4));
  c.clock.pass(5s);
  c.bell.ring();
  ASSERT_TRUE(c.counted("delivered", 3)) << "each by itself";
  EXPECT_EQ(largest, 4);
  EXPECT_EQ(c.backlog().dead, 0);
}

/// A FHIR server that keeps one version of each resource and heeds If-Match.
struct Versioned {
  std::map<std::string, std::pair<int, std::string>> resources;
  std::vector<std::string> conditions;  // as they were sent
  bool may_read = true;
  std::mutex mutex;

  void serve(Script& script) {
    script.say([this](const Post& post) { return take(post); });
    script.answers([this](const std::string& path) { return get(path); });
  }
  TargetAnswer take(const Post& post) {
    const std::lock_guard lock(mutex);
    const auto bundle = *fhir::parse_json(post.body);
    std::string answer = R"({"resourceType":"Bundle","type":"transaction-response","entry":[)";
    for (const auto& entry : bundle["entry"].items()) {
      const auto& url = entry["request"]["url"].text();
      const auto& condition = entry["request"]["ifMatch"].text();
      conditions.push_back(condition);
      auto& [version, body] = resources[url];
      if (!condition.empty() && condition != "W/\"" + std::to_string(version) + "\"")
        return {412, "", {}};
      const auto text = entry["resource"].write();
      if (text != body) body = text, ++version;
      answer +=
          R"({"response":{"status":"200","etag":"W/\")" + std::to_string(version) + R"(\""}},)";
    }
    answer.back() = ']';
    return {200, answer + "}", {}};
  }
  TargetAnswer get(const std::string& path) {
    const std::lock_guard lock(mutex);
    if (path == "metadata")
      return {200,
              R"({"rest":[{"resource":[{"type":"Observation","versioning":"versioned-update"}]}]})",
              {}};
    if (!may_read) return {403, "", {}};
    const auto found = resources.find(path);
    if (found == resources.end() || found->second.first == 0) return {404, "", {}};
    auto json = *fhir::parse_json(found->second.second);
    json.set("meta", fhir::Json::object(
                         {{"versionId", fhir::Json::string(std::to_string(found->second.first))}}));
    return {200, json.write(), {}};
  }
  void change(const std::string& url, const std::string& body) {
    const std::lock_guard lock(mutex);
    ++resources[url].first;
    resources[url].second = body;
  }
};

TEST(IfMatch, ACorrectionIsWrittenOnlyOverTheVersionWeLastSaw) {
  Case c;
  Versioned server;
  server.resources["Observation/o1"].first = 6;  // its own numbers
  server.serve(*c.target);
  c.start(1);
  c.arrive("p1", "o1", 1);
  ASSERT_TRUE(c.drained());
  c.arrive("p1", "o1", 2);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(server.conditions, ElementsAre("", "W/\"7\""));
}

TEST(IfMatch, AForeignChangeIsNeverWrittenOver) {
  Case c;
  Versioned server;
  server.serve(*c.target);
  c.start(1);
  c.arrive("p1", "o1", 1);
  ASSERT_TRUE(c.drained());
  server.change("Observation/o1", R"({"resourceType":"Observation","id":"o1","valueInteger":77})");
  c.arrive("p1", "o1", 2);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(server.resources["Observation/o1"].second, HasSubstr("77"));
  EXPECT_THAT(dead_answers(c), ElementsAre(StartsWith("changed at target: Observation/o1")));
}

TEST(IfMatch, WhatStandsThereAlreadyIsDeliveredAndWhatIsOlderOfOursIsWrittenOver) {
  Case c;
  Versioned server;
  server.serve(*c.target);
  c.start(1);
  c.arrive("p1", "o1", 1);
  ASSERT_TRUE(c.drained());
  // The answer to version 2 was lost: it stands there, and we do not know.
  server.change("Observation/o1", R"({"resourceType":"Observation","id":"o1","valueInteger":2})");
  c.arrive("p1", "o1", 2);
  ASSERT_TRUE(c.drained());
  EXPECT_EQ(c.backlog().dead, 0);
  // Restored from a backup: an older one of ours, under another number.
  server.change("Observation/o1", R"({"resourceType":"Observation","id":"o1","valueInteger":1})");
  c.arrive("p1", "o1", 3);
  ASSERT_TRUE(c.drained());
  EXPECT_EQ(c.backlog().dead, 0);
  EXPECT_THAT(server.resources["Observation/o1"].second, HasSubstr("3"));
}

TEST(IfMatch, WhatNeverCameThereIsWrittenWithoutACondition) {
  Case c;
  Versioned server;
  c.target->say([](const Post&) { return TargetAnswer{422, "", {}}; });
  c.start(1);
  c.arrive("p1", "o1", 1);
  ASSERT_TRUE(c.counted("dead", 1));
  server.serve(*c.target);
  c.arrive("p1", "o1", 2);
  ASSERT_TRUE(c.drained());
  EXPECT_EQ(server.resources["Observation/o1"].first, 1);
}

TEST(IfMatch, WhoMayNotReadWritesWithoutConditions) {
  Case c;
  Versioned server;
  server.may_read = false;
  server.serve(*c.target);
  c.start(1);
  c.arrive("p1", "o1", 1);
  c.arrive("p1", "o1", 2);
  ASSERT_TRUE(c.drained());
  EXPECT_THAT(server.conditions, ElementsAre("", ""));
  EXPECT_EQ(c.backlog().dead, 0);
}

}  // namespace
}  // namespace gateway::outbox
