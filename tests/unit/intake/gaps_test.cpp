#include "gateway/intake/gaps.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/store/sqlite/database.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

/// Messages of one sender that differ in what they hold besides a result.
struct Sender {
  House house;
  int sent = 0;

  std::string message(const std::string& more, const std::string& msh3 = "NORTHLIS",
                      const std::string& msh4 = "NORTH") {
    const std::string number = std::to_string(100 + ++sent);
    return "MSH|^~\\&|" + msh3 + "|" + msh4 + "|GW|CL|20250322101" + number + "-0500||ORU^R01|G" +
           number + "|P|2.5.1\rPID|1||P1^^^CLINIC^MR||Test||19900101|F\r" + more + "OBR|1||F" +
           number +
           "|NKP^NK^L|||20250322093000-0500|||||||||||||||||F\r"
           "OBX|1|NM|8112-5^NK^LN||5.0|%|||||F\r";
  }
  void say(const std::string& bytes) { EXPECT_THAT(msa(house.say(bytes)), StartsWith("MSA|AA")); }
  std::vector<std::string> gaps() {
    store::sqlite::Connection db;
    EXPECT_TRUE(
        db.open((house.folder.path() / "state" / "gateway.db").string(), SQLITE_OPEN_READONLY));
    std::vector<std::string> out;
    store::sqlite::Query query(db,
                               "SELECT r.place FROM review r JOIN name c ON c.number = r.code"
                               " WHERE c.text = 'field-unmapped-new' ORDER BY r.number");
    while (query.row()) out.push_back(query.text(0));
    return out;
  }
};

/// MSH-3 and MSH-4 of a sender with a file of its own.
std::pair<std::string, std::string> known_sender() {
  const auto catalogue = House::catalogue();
  for (const auto& profile : catalogue->profiles())
    if (!profile.recognise.empty()) return profile.recognise.front();
  return {};
}

TEST(Gaps, AFieldThatAKnownSenderLosesForTheFirstTimeIsOnTheReviewListOnce) {
  const auto [application, facility] = known_sender();
  Sender lab;
  lab.say(lab.message("AL1|1||EGG^Egg^L\rAL1|2||SOY\r", application, facility));
  EXPECT_THAT(lab.gaps(), ElementsAre("AL1-1", "AL1-3"));
  lab.say(lab.message("AL1|1||EGG^Egg^L|SV\r", application, facility));
  EXPECT_THAT(lab.gaps(), ElementsAre("AL1-1", "AL1-3", "AL1-4"));
  lab.house.open();  // begun anew
  lab.say(lab.message("AL1|1||EGG^Egg^L|SV\r", application, facility));
  EXPECT_THAT(lab.gaps(), ElementsAre("AL1-1", "AL1-3", "AL1-4"));
  lab.house.verified();
}

TEST(Gaps, OfASenderWithoutAFileNothingIsExpected) {
  Sender lab;
  lab.say(lab.message("AL1|1||EGG^Egg^L\r", "ANY", "WHERE"));
  EXPECT_THAT(lab.gaps(), IsEmpty());
}

TEST(Gaps, WhatWasGivenUpIsSaidByTheNextMessage) {
  const auto [application, facility] = known_sender();
  Sender lab;
  lab.house.store->fail_commits(base::ErrorKind::unavailable);
  auto held = lab.house.begin(lab.message("AL1|1||EGG\r", application, facility));
  ASSERT_TRUE(lab.house.store->commits_tried(1, 60s));
  lab.house.clock.pass(15s);
  EXPECT_EQ(House::end(std::move(held)).bytes, "");
  lab.house.store->heal();
  lab.say(lab.message("AL1|1||EGG\r", application, facility));
  EXPECT_THAT(lab.gaps(), ElementsAre("AL1-1", "AL1-3"));
}

TEST(Gaps, ASenderThatSendsAnythingAnywhereIsNotToldOfForEver) {
  House house;
  Gaps gaps(*house.store);
  std::vector<std::string> fields;
  for (int i = 1; i <= 1'500; ++i) fields.push_back("ZZZ-" + std::to_string(i));
  EXPECT_EQ(gaps.found("LAB", fields).size(), 1'000U);
  EXPECT_THAT(gaps.found("LAB", {"ZZY-1"}), IsEmpty());
  EXPECT_THAT(gaps.found("OTHER", {"ZZY-1"}), testing::SizeIs(1));
}

}  // namespace
}  // namespace gateway::intake
