#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/intake/compose_bundle.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string body(const std::string& type, const std::string& id, const std::string& rest) {
  return R"({"resourceType":")" + type + R"(","id":")" + id + R"(","meta":{})" + rest + "}";
}
std::string observation(const std::string& value) {
  return body(
      "Observation", "o1",
      R"(,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8112-5"}]},)"
      R"("subject":{"reference":"Patient/p1"},"valueQuantity":{"value":)" +
          value + "}");
}
const std::string patient =
    body("Patient", "p1", R"(,"identifier":[{"system":"urn:x","value":"P1"}])");

ReceivedBundle bundle(std::vector<fhir::RequestedWrite> writes, const std::string& path = "") {
  ReceivedBundle out;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i].entry = i;
    out.bytes += writes[i].body;
  }
  out.writes = std::move(writes);
  out.who.name = "CN=peer";
  out.who.role = "source";
  out.listener = "https";
  out.path = path;
  return out;
}

TEST(BundleWrites, ATransactionIsStoredAndSearchableByTheIdentifierOfItsPatient) {
  House house;
  const auto outcome = house.say(bundle(
      {{{"Patient", "p1"}, patient, "", 0}, {{"Observation", "o1"}, observation("1.50"), "", 0}}));
  ASSERT_TRUE(outcome);
  ASSERT_THAT(outcome->results, SizeIs(2));
  EXPECT_TRUE(outcome->results[1].created);
  EXPECT_EQ(outcome->results[1].version, 1);
  EXPECT_GT(outcome->results[1].last_updated.microseconds, 0);
  EXPECT_THAT(house.found("Observation", "patient.identifier=urn:x|P1"), SizeIs(1));
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(BundleWrites, TheIdentifierOfAPatientWhoStandsIsFoundToo) {
  House house;
  ASSERT_TRUE(house.say(bundle({{{"Patient", "p1"}, patient, "", 0}})));
  ASSERT_TRUE(house.say(bundle({{{"Observation", "o1"}, observation("1.50"), "", 0}})));
  EXPECT_THAT(house.found("Observation", "patient.identifier=urn:x|P1"), SizeIs(1));
}

TEST(BundleWrites, EqualContentMakesNoVersionAndLeavesNot) {
  House house;
  house.options.routes = {{"next", "", ""}};
  const auto write = [&](const std::string& value) {
    return house.say(bundle({{{"Observation", "o1"}, observation(value), "", 0}}));
  };
  ASSERT_TRUE(write("1.50"));
  const auto again = write("1.50");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->results[0].version, 1);
  EXPECT_FALSE(again->results[0].created);
  EXPECT_GT(again->results[0].last_updated.microseconds, 0);
  EXPECT_EQ(house.verified().deliveries, 1);
  const auto other = write("1.5");
  EXPECT_EQ(other->results[0].version, 2);
  EXPECT_EQ(house.verified().deliveries, 2);
}

TEST(BundleWrites, WhatWasHeldIsComparedAgainWithWhatStands) {
  House house;
  ASSERT_TRUE(house.say(bundle({{{"Patient", "p1"}, patient, "", 0}})));
  const auto write = [] { return bundle({{{"Observation", "o1"}, observation("1.50"), "", 0}}); };
  ASSERT_TRUE(house.say(write()));
  house.store->fail_commits(ErrorKind::unavailable);
  auto again = house.begin(write());
  house.await_held(1);
  house.store->heal();
  const auto outcome = again.get();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->results[0].version, 1) << "it is equal, whose Patient is not in the bundle";
}

TEST(BundleWrites, IfMatchHoldsForTheWholeTransaction) {
  House house;
  ASSERT_TRUE(house.say(bundle({{{"Observation", "o1"}, observation("1"), "", 0}})));
  const auto stale = house.say(bundle({{{"Patient", "p1"}, patient, "", 0},
                                       {{"Observation", "o1"}, observation("2"), "W/\"3\"", 0}}));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::conflict);
  EXPECT_THAT(stale.error().what, StartsWith("version-mismatch "));
  EXPECT_EQ(stale.error().where, "Bundle.entry[1]");
  EXPECT_THAT(house.found("Patient", ""), IsEmpty());
  EXPECT_TRUE(house.say(bundle({{{"Observation", "o1"}, observation("2"), "W/\"1\"", 0}})));
}

TEST(BundleWrites, WhatChangedSinceTheTimeOfIfUnmodifiedSinceStays) {
  House house;
  const auto first = house.say(bundle({{{"Observation", "o1"}, observation("1"), "", 0}}));
  ASSERT_TRUE(first);
  const auto changed = first->results[0].last_updated.microseconds / 1'000'000;
  const auto put = [&](const std::string& value, std::int64_t since) {
    return house.say(bundle({{{"Observation", "o1"}, observation(value), "", 0, since}}));
  };
  const auto stale = put("2", changed - 1);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::conflict);
  EXPECT_THAT(stale.error().what, StartsWith("version-mismatch "));
  EXPECT_TRUE(put("2", changed)) << "of the same second";
  EXPECT_TRUE(house.say(bundle(
      {{{"Observation", "new"}, body("Observation", "new", R"(,"status":"final")"), "", 0, 0}})))
      << "what does not stand has not changed";
}

TEST(BundleWrites, WhatIsDeletedIsATombstoneAndTheNextWriteFollowsIt) {
  House house;
  house.options.routes = {{"next", "", "Observation?status=final"}};
  ASSERT_TRUE(house.say(bundle({{{"Observation", "o1"}, observation("1"), "", 0}})));
  const auto remove = [&] {
    fhir::RequestedWrite write{{"Observation", "o1"}, "", "", 0};
    write.about = "p1";
    return house.say(bundle({write}));
  };
  const auto gone = remove();
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->results[0].version, 2);
  EXPECT_TRUE(gone->results[0].deleted);
  EXPECT_FALSE(gone->results[0].created);
  EXPECT_THAT(house.found("Observation", ""), IsEmpty());
  EXPECT_EQ(house.verified().deliveries, 2) << "it goes where the resource went";
  EXPECT_EQ(remove()->results[0].version, 2) << "what is gone is not deleted again";
  EXPECT_EQ(house.verified().deliveries, 2);
  const auto back = house.say(bundle({{{"Observation", "o1"}, observation("1"), "", 0}}));
  EXPECT_EQ(back->results[0].version, 3);
  EXPECT_TRUE(back->results[0].created);
  EXPECT_THAT(house.found("Observation", ""), SizeIs(1));
}

TEST(BundleWrites, WhatAWriteWasDecidedOnMustStillStand) {
  House house;
  const auto write = [&](const std::string& value, std::int64_t decided_on) {
    fhir::RequestedWrite one{{"Observation", "o1"}, observation(value), "", 0};
    one.decided_on = decided_on;
    return house.say(bundle({one}));
  };
  ASSERT_TRUE(write("1", 0));
  for (const std::int64_t stale : {0, 2}) {
    const auto refused = write("2", stale);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, StartsWith("concurrent-update "));
  }
  EXPECT_TRUE(write("2", 1));
}

TEST(BundleWrites, AResultDoesNotGoBackFromFinalToPreliminary) {
  House house;
  const auto put = [&](const std::string& type, const std::string& status) {
    return house.say(
        bundle({{{type, "x"}, body(type, "x", R"(,"status":")" + status + '"'), "", 0}}));
  };
  for (const auto* settled : {"final", "corrected", "amended", "cancelled", "entered-in-error"}) {
    ASSERT_TRUE(put("Observation", settled));
    for (const auto* open : {"registered", "preliminary"}) {
      const auto refused = put("Observation", open);
      ASSERT_FALSE(refused) << settled << " → " << open;
      EXPECT_THAT(refused.error().what, StartsWith("status-regression "));
    }
  }
  ASSERT_TRUE(put("DiagnosticReport", "final"));
  EXPECT_TRUE(put("DiagnosticReport", "partial")) << "a further result is not final yet";
}

TEST(BundleWrites, WhatALaboratoryMintedBelongsToIt) {
  House house;
  house.say(House::sample("01"));
  const auto minted = house.found("Observation", "code=http://loinc.org|8112-5").at(0);
  const auto refused = house.say(bundle({{minted.key, with(minted.body, "14.2", "99.9"), "", 0}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().what, StartsWith("owned-by-sender "));
  EXPECT_THAT(refused.error().what, HasSubstr("NORTHLIS"));
  EXPECT_THAT(refused.error().what, HasSubstr("order F1"));
  const auto same = house.say(bundle({{minted.key, minted.body, "", 0}}));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->results[0].version, 1);
}

TEST(BundleWrites, WhatHasBeenAtATargetOrHereDoesNotGoThereAgain) {
  House house;
  house.options.routes = {{"hub", "hub-instance", ""}, {"other", "", ""}};
  const auto pending = [&](const std::string& target) {
    std::int64_t count = 0;
    const auto backlogs = house.engine->backlog();
    for (const auto& backlog : *backlogs) {
      if (backlog.target == target) count = backlog.pending;
    }
    return count;
  };
  ASSERT_TRUE(
      house.say(bundle({{{"Observation", "o1"}, observation("1"), "", 0}}, "hub-instance")));
  EXPECT_EQ(pending("hub"), 0);
  EXPECT_EQ(pending("other"), 1);
  ASSERT_TRUE(house.say(bundle({{{"Observation", "o1"}, observation("2"), "", 0}}, "x, clinic-a")));
  EXPECT_EQ(pending("other"), 1);
}

TEST(BundleWrites, AStoreThatStaysAwayIsAnErrorAfterTheHold) {
  House house;
  house.store->fail_commits(ErrorKind::unavailable);
  auto answer = house.begin(bundle({{{"Observation", "o1"}, observation("1"), "", 0}}));
  ASSERT_TRUE(house.store->commits_tried(1, 60s));
  house.clock.pass(15s);
  ASSERT_EQ(answer.wait_for(60s), std::future_status::ready);
  const auto outcome = answer.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  const auto counted = house.metrics.print();  // 503, no acknowledgement: not AR
  EXPECT_THAT(counted, HasSubstr("result=\"unavailable\"} 1"));
  EXPECT_THAT(counted, Not(HasSubstr("result=\"AR\"")));
}

TEST(VersionOfEtag, ReadsWeakAndStrongAndNothingElse) {
  EXPECT_EQ(version_of_etag("W/\"12\""), 12);
  EXPECT_EQ(version_of_etag("\"3\""), 3);
  for (const auto* wrong : {"", "3", "W/\"\"", "\"x\"", "\"3", "*", "\"3x\""}) {
    EXPECT_EQ(version_of_etag(wrong), -1) << wrong;
  }
}

}  // namespace
}  // namespace gateway::intake
