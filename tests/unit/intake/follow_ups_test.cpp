// Entries of the site's follow-up list join the commit of the result they are about (E3, W3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fhir/json_view.hpp"

#include "tests/support/site_rules.hpp"
#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string nk = "blood-nk-percent";

std::string status(const fhir::Version& version) {
  return std::string(fhir::JsonView::read(version.body)->root()["status"].text());
}

/// The correction of sample 09 with another value.
std::string corrected(const std::string& value, const std::string& control_id) {
  return with(with(House::sample("09"), "|12.9|", "|" + value + "|"), "|N2002|",
              "|" + control_id + "|");
}

TEST(FollowUps, AnEntryStandsInTheSameCommitAsItsResult) {
  House house;
  house.open(tests::catalogue_with({nk}));
  EXPECT_THAT(msa(house.say(House::sample("01"))), HasSubstr("|AA|"));
  const auto entries = house.found("Task", "status=requested&code=site-follow-up");
  ASSERT_THAT(entries, SizeIs(1));
  const auto result = house.found("Observation", "code=http://loinc.org|8112-5").at(0);
  EXPECT_EQ(entries[0].last_updated, result.last_updated);
  EXPECT_THAT(house.found("Task", "focus=" + result.key.reference()), SizeIs(1));
  EXPECT_THAT(house.found("Task", "group-identifier=" + nk), SizeIs(1));
  const auto json = *fhir::parse_json(result.body);
  EXPECT_THAT(house.found("Task", "patient=" + json["subject"]["reference"].text()), SizeIs(1));
  const auto patient = *fhir::parse_json(house.found("Patient", "").at(0).body);
  EXPECT_THAT(house.found("Task", "patient.identifier=" +
                                      patient["identifier"].items().at(0)["value"].text()),
              SizeIs(1));
  house.verified();
}

TEST(FollowUps, TheResultSaysNothingOfIt) {
  House with_rule, without;
  with_rule.open(tests::catalogue_with({nk}));
  with_rule.say(House::sample("01"));
  without.say(House::sample("01"));
  for (const char* type : {"Observation", "DiagnosticReport", "Provenance"}) {
    const auto here = with_rule.found(type, "_sort=_id"), there = without.found(type, "_sort=_id");
    ASSERT_EQ(here.size(), there.size()) << type;
    for (std::size_t i = 0; i < here.size(); ++i) EXPECT_EQ(here[i].body, there[i].body);
  }
  EXPECT_THAT(without.found("Task", ""), IsEmpty()) << "the examples are shipped off";
}

TEST(FollowUps, ACorrectionCancelsTheEntryAndTheNextOneAsksAgain) {
  House house;
  house.open(tests::catalogue_with({nk}));
  house.say(House::sample("08"));
  EXPECT_THAT(house.found("Task", ""), IsEmpty()) << "a preliminary result";
  house.say(House::sample("09"));
  ASSERT_THAT(house.found("Task", "status=requested"), SizeIs(1));
  house.say(corrected("11.5", "N2003"));
  const auto entry = house.found("Task", "").at(0);
  EXPECT_EQ(status(entry), "cancelled");
  EXPECT_EQ(entry.version, 2);
  house.say(corrected("13.0", "N2004"));
  EXPECT_EQ(house.found("Task", "status=requested").at(0).version, 3);
  house.verified();
}

TEST(FollowUps, AWithdrawnResultCancelsItsEntry) {
  House house;
  house.open(tests::catalogue_with({nk}));
  house.say(House::sample("09"));
  house.say(with(with(House::sample("09"), "H|||C\r", "H|||W\r"), "|N2002|", "|N2003|"));
  EXPECT_THAT(house.found("Task", "status=cancelled"), SizeIs(1));
}

TEST(FollowUps, ABiopsyThatASenderCorrectsToLosesItsEntry) {
  House house;
  house.open(tests::catalogue_with({nk}));
  house.say(House::sample("01"));
  house.say(with(with(House::sample("01"), "122555007^Venous blood specimen^SCT",
                      "122704003^Specimen from endometrium^SCT"),
                 "|N1001|", "|N1002|"));
  EXPECT_THAT(house.found("Task", "status=cancelled"), SizeIs(1));
}

TEST(FollowUps, MessagesOfOneGroupSeeEachOthersEntries) {
  House house;
  house.open(tests::catalogue_with({nk}));
  for (const auto& answered : say_in_one_group(
           house, {House::sample("09"), corrected("11.5", "N2003"), corrected("12.5", "N2004")}))
    EXPECT_THAT(msa(answered), HasSubstr("|AA|"));
  const auto entry = house.found("Task", "").at(0);
  EXPECT_EQ(status(entry), "requested");
  EXPECT_EQ(entry.version, 3);
  house.verified();
}

TEST(FollowUps, AResendWritesNothingAndARuleSwitchedOnSinceIsHeard) {
  House house;
  house.open();
  house.say(House::sample("01"));
  house.intake->publish(tests::catalogue_with({nk}));
  house.say(House::sample("01"));
  EXPECT_THAT(house.found("Task", ""), IsEmpty()) << "the same message is a duplicate";
  house.say(with(House::sample("01"), "|N1001|", "|N1002|"));
  ASSERT_THAT(house.found("Task", ""), SizeIs(1));
  house.say(with(House::sample("01"), "|N1001|", "|N1003|"));
  EXPECT_EQ(house.found("Task", "").at(0).version, 1);
  EXPECT_EQ(house.found("Observation", "code=http://loinc.org|8112-5").at(0).version, 1);
}

TEST(FollowUps, AnEntryIsNoReasonToForwardAnything) {
  House house;
  house.options.routes = {{"hospital", "", "Observation?category=laboratory"}};
  house.open();
  house.say(House::sample("01"));
  EXPECT_EQ(house.verified().deliveries, 1);
  house.intake->publish(tests::catalogue_with({nk}));
  house.say(with(House::sample("01"), "|N1001|", "|N1002|"));
  ASSERT_THAT(house.found("Task", ""), SizeIs(1));
  EXPECT_EQ(house.verified().deliveries, 1);
  const auto asked = check_route({"hospital", "", "Task?status=requested"});
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("never leaves"));
}

/// An order for urine in one message, its answer to "pregnant?" in another.
std::string urine_order(const std::string& control_id, const std::string& time,
                        const std::string& rows) {
  return "MSH|^~\\&|CHEM1|CLINCHEM|FHIRGW|CLINIC|" + time + "||ORU^R01|" + control_id +
         "|P|2.5.1\rPID|1||P0011^^^CLINIC^MR\rOBR|1|OB|M12B|UA^Urinalysis^L|||20251112075000|||||||"
         "||||||||||LAB|F\r" +
         rows;
}
const std::string strip =
    "OBX|1|ST|20454-5^Protein in Urine^LN||1+||Negative|A|||F\rSPM|1|S12||URINM^Urine^HL70487\r";

std::string pregnant(const std::string& status) {
  return "OBX|1|CWE|82810-3^Pregnancy status^LN||77386006^Pregnant^SCT||||||" + status + "\r";
}

TEST(FollowUps, AResultThatOnlyFollowsALaterAnswerIsLookedAtAgain) {
  House house;
  house.open(tests::catalogue_with({"urine-protein-pregnant"}));
  house.say(urine_order("U1", "20251112090000", strip));
  ASSERT_THAT(house.found("Task", ""), IsEmpty()) << "nobody said that she is pregnant";
  house.say(urine_order("U2", "20251112100000", pregnant("F")));
  ASSERT_THAT(house.found("Task", "status=requested"), SizeIs(1));
  house.say(urine_order("U3", "20251112110000", pregnant("W")));
  const auto entry = house.found("Task", "").at(0);
  EXPECT_EQ(status(entry), "cancelled");
  EXPECT_EQ(entry.version, 2);
  house.verified();
}

TEST(FollowUps, AFollowerOfAnEarlierMessageOfTheGroupIsLookedAtAgain) {
  House house;
  house.open(tests::catalogue_with({"urine-protein-pregnant"}));
  say_in_one_group(house, {urine_order("U1", "20251112090000", strip),
                           urine_order("U2", "20251112100000", pregnant("F")),
                           urine_order("U3", "20251112110000", pregnant("W"))});
  const auto entry = house.found("Task", "").at(0);
  EXPECT_EQ(status(entry), "cancelled");
  EXPECT_EQ(entry.version, 2);
  house.verified();
}

TEST(FollowUps, AnExpectedRepeatIsOneEntryOfThePatient) {
  House house;
  house.open(tests::catalogue_with({"next-immune-sample"}));
  const std::string first =
      with(House::sample("11"), "OBX|2|NM|2839-9",
           "OBX|7|NM|RTNF10^TNF-a:IL-10 ratio^L||22|{ratio}|||||F\rOBX|2|NM|2839-9");
  house.say(first);
  ASSERT_THAT(house.found("Task", "due=2025-10-31"), SizeIs(1));
  const std::string second = with(with(with(with(first, "|N3001|", "|N3002|"), "|F11|", "|F12|"),
                                       "20251003083000-0500||", "20251030083000-0500||"),
                                  "20251006100000", "20251101100000");
  house.say(with(second, "|||20251003083000-0500\r", "|||20251030083000-0500\r"));
  const auto entries = house.found("Task", "");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_THAT(house.found("Task", "due=ge2025-11-27&status=requested"), SizeIs(1));
  house.verified();
}

}  // namespace
}  // namespace gateway::intake
