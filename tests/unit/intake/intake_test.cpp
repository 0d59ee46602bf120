#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/observe/names.hpp"

#include "tests/unit/intake/house.hpp"

namespace gateway::intake {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST(Intake, ACommitIsCountedOnce) {
  House house;
  house.say(House::sample("01"));
  const auto metrics = house.metrics.print();
  EXPECT_THAT(metrics, HasSubstr("immunogate_commit_seconds_count 1\n"));
  EXPECT_THAT(metrics, HasSubstr("immunogate_commit_batch_messages_sum 1\n"));
}

TEST(Intake, AResultIsStoredSearchableAuditedAndThenAccepted) {
  House house;
  const auto answered = house.say(House::sample("01"));
  EXPECT_EQ(msa(answered), "MSA|AA|N1001");
  EXPECT_FALSE(answered.close);
  const auto found = house.found("Observation", "code=http://loinc.org|8112-5");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].body, HasSubstr("14.2"));
  EXPECT_EQ(house.verified().arrivals, 1);
  EXPECT_EQ(house.verified().audit_rows, 1);
}

TEST(Intake, EverySampleIsAccepted) {
  House house;
  for (const auto* number :
       {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"}) {
    EXPECT_THAT(msa(house.say(House::sample(number))), StartsWith("MSA|AA|")) << number;
  }
  EXPECT_EQ(house.verified().arrivals, 12);
}

TEST(Intake, TheSameMessageAgainGetsTheFirstAnswerAndIsStoredOnce) {
  House house;
  const auto first = house.say(House::sample("01"));
  const auto before = house.verified();
  const auto again = house.say(House::sample("01"));
  EXPECT_EQ(msa(again), msa(first));
  EXPECT_EQ(err(again), err(first));
  const auto after = house.verified();
  EXPECT_EQ(after.arrivals, before.arrivals);
  EXPECT_EQ(after.versions, before.versions);
  EXPECT_EQ(after.audit_rows, before.audit_rows + 1) << "the answer rides on a commit of its own";
}

TEST(Intake, AReusedControlIdIsKeptAndNamed) {
  House house;
  house.say(House::sample("01"));
  const auto other = house.say(with(House::sample("01"), "||14.2|", "||14.3|"));
  EXPECT_THAT(msa(other), StartsWith("MSA|AA|N1001"));
  EXPECT_THAT(err(other), HasSubstr("|205^Duplicate key identifier^HL70357|W|"));
  EXPECT_THAT(err(other), HasSubstr("control-id-reused"));
  EXPECT_EQ(house.verified().arrivals, 2);
}

TEST(Intake, AReusedControlIdBeforeVersion25IsNamedInMsa3Only) {
  House house;
  house.say(House::sample("02"));
  const auto other = house.say(with(House::sample("02"), "||17.4|", "||17.5|"));
  EXPECT_THAT(msa(other), StartsWith("MSA|AA|K77|"));
  EXPECT_EQ(err(other), "");
}

TEST(Intake, WarningsAreSaidWhereTheProfileWantsThem) {
  House house;
  house.open(House::catalogue(R"({"err_warnings":true})"));
  const auto unknown_code =
      with(House::sample("02"), "CD69^CD69+ % of CD56+^99KL", "XYZ^Unheard^99KL");
  const auto as_251 = with(unknown_code, "|2.3.1\r", "|2.5.1\r");
  const auto answered = house.say(as_251);
  EXPECT_THAT(msa(answered), StartsWith("MSA|AA|"));
  EXPECT_THAT(answered.bytes, HasSubstr("|103^Table value not found^HL70357|W|code-unmapped^"));
  EXPECT_THAT(answered.bytes, HasSubstr("|add a row for this code"));  // W1: the remedy, in ERR-7
}

TEST(Intake, ResultsOfNobodyAreTakenOfASenderThatIsPatientLess) {
  House house;
  house.open(House::catalogue(R"({"patient_less": true})"));
  const auto message = [](const std::string& id, const std::string& row) {
    return "MSH|^~\\&|QC|SITE|GW|CL|20250322101500-0500||ORU^R01|" + id +
           "|P|2.5.1\rOBR|1||F1|NKP^NK^L|||20250322093000-0500|||||||||||||||||F\r" + row;
  };
  EXPECT_THAT(msa(house.say(message("1", "OBX|1|NM|8112-5^NK^LN||5|%|||||F\r"))),
              StartsWith("MSA|AA"));
  EXPECT_THAT(msa(house.say(message("2", "OBX|1|NM|8112-5^NK^LN||6|%|||||C\r"))),
              StartsWith("MSA|AA"));
  const auto found = house.found("Observation", "");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].version, 2);
  EXPECT_FALSE(fhir::parse_json(found[0].body)->has("subject"));
  EXPECT_THAT(house.found("Observation", "_tag=patient-mismatch"), IsEmpty());
  house.verified();
}

TEST(Intake, ABatchOfASenderThatAsksIsAnsweredWithWhatFailed) {
  House house;
  house.open(House::catalogue(R"({"batch_answer": "errors"})"));
  const auto message = [](const std::string& id, const std::string& pid) {
    return "MSH|^~\\&|LABQ|SITE|GW|CL|20250322101500-0500||ORU^R01|" + id + "|P|2.5.1\r" + pid +
           "OBR|1||F1|NKP^NK^L\rOBX|1|NM|8112-5^NK^LN||5|%|||||F\r";
  };
  const auto answered = house.say("BHS|^~\\&|LABQ|SITE\r" + message("GOOD", "PID|1||P1\r") +
                                  message("BAD", "") + "BTS|2\r");
  EXPECT_THAT(answered.bytes, HasSubstr("MSA|AE|BAD"));
  EXPECT_THAT(answered.bytes, Not(HasSubstr("GOOD")));
  EXPECT_THAT(answered.bytes, testing::EndsWith("BTS|1\r"));
}

TEST(Intake, AMessageWithoutPidIsRejectedAndKept) {
  House house;
  auto message = House::sample("01");
  const auto pid = message.find("PID|");
  message.erase(pid, message.find('\r', pid) + 1 - pid);
  const auto answered = house.say(message);
  EXPECT_THAT(msa(answered), StartsWith("MSA|AE|N1001"));
  EXPECT_THAT(err(answered), HasSubstr("PID"));
  EXPECT_THAT(err(answered), HasSubstr("|E|"));
  EXPECT_THAT(house.found("Observation", ""), IsEmpty());
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Intake, ARefusalRepeatedIsKeptOnceAndAnsweredAlike) {
  House house;
  const auto message = with(House::sample("01"), "|P|2.5.1", "|T|2.5.1");
  const auto first = house.say(message);
  const auto again = house.say(message);
  EXPECT_THAT(msa(first), StartsWith("MSA|AR|N1001"));
  EXPECT_EQ(msa(again), msa(first));
  EXPECT_EQ(err(again), err(first));
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Intake, WhatWasRefusedYesterdayIsJudgedAnewToday) {
  House house;
  house.listener.senders = {"somebody"};
  EXPECT_THAT(msa(house.say(House::sample("01"))), StartsWith("MSA|AR|N1001"));
  house.listener.senders = {"*"};
  EXPECT_EQ(msa(house.say(House::sample("01"))), "MSA|AA|N1001");
  EXPECT_THAT(house.found("Observation", "code=8112-5"), SizeIs(1));
}

TEST(Intake, RefusesWithTheCodeOfTheTable) {
  const std::pair<std::pair<std::string, std::string>, std::string> rows[] = {
      {{"ORU^R01^ORU_R01", "ADT^A01"}, "|200^"},
      {{"ORU^R01^ORU_R01", "ORU^A01"}, "|201^"},
      {{"|P|2.5.1", "|D|2.5.1"}, "|202^"},
      {{"|P|2.5.1", "|P|2.999"}, "|203^"}};
  House house;
  for (const auto& [change, code] : rows) {
    const auto answered = house.say(with(House::sample("01"), change.first, change.second));
    EXPECT_THAT(msa(answered), StartsWith("MSA|AR|N1001")) << change.second;
    EXPECT_THAT(err(answered), HasSubstr(code)) << change.second;
  }
  EXPECT_EQ(house.verified().arrivals, 4);
  EXPECT_THAT(house.found("Observation", ""), IsEmpty());
}

TEST(Intake, BytesThatAreNoHl7AreRefusedAndKept) {
  House house;
  const auto answered = house.say("GET / HTTP/1.1");
  EXPECT_THAT(answered.bytes, StartsWith("MSH|^~\\&|"));
  EXPECT_THAT(msa(answered), StartsWith("MSA|AR||"));
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Intake, UndecodableBytesAreRefusedWithTheControlId) {
  House house;
  auto message = with(House::sample("01"), "|P|2.5.1", "|P|2.5.1||||||UNICODE UTF-8");
  const auto answered = house.say(with(message, "Aksoy", "Aks\xFFy"));
  EXPECT_THAT(msa(answered), StartsWith("MSA|AR|N1001"));
  EXPECT_THAT(house.found("Observation", ""), IsEmpty());
}

TEST(Intake, OfAMessageOverTheLimitHeadAndHashAreKeptAndTheConnectionCloses) {
  House house;
  house.open();
  const auto whole = House::sample("01");
  Received received{base::Buffer(std::string_view(whole).substr(0, 200)),
                    &house.listener,
                    {},
                    house.clock.now(),
                    true,
                    whole.size(),
                    base::sha256(whole)};
  std::promise<Answered> promise;
  house.intake->receive(std::move(received), [&](Answered a) { promise.set_value(std::move(a)); });
  const auto answered = House::end(promise.get_future());
  EXPECT_THAT(msa(answered), StartsWith("MSA|AR|N1001"));
  EXPECT_TRUE(answered.close);
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Intake, EnhancedModeAnswersTwice) {
  House house;
  const auto message = with(House::sample("01"), "|P|2.5.1", "|P|2.5.1|||AL|AL");
  const auto answered = house.say(message);
  EXPECT_EQ(msa(answered), "MSA|CA|N1001");
  ASSERT_THAT(answered.further, SizeIs(1));
  EXPECT_EQ(segment(answered.further[0], "MSA"), "MSA|AA|N1001");
  const auto again = house.say(message);
  EXPECT_EQ(msa(again), "MSA|CA|N1001");
  EXPECT_THAT(again.further, SizeIs(1));
}

TEST(Intake, EnhancedModeWithNothingAskedSaysNothingAndStaysOpen) {
  House house;
  const auto answered = house.say(with(House::sample("01"), "|P|2.5.1", "|P|2.5.1|||NE|NE"));
  EXPECT_EQ(answered.bytes, "");
  EXPECT_FALSE(answered.close);
  EXPECT_EQ(house.verified().arrivals, 1);
}

TEST(Intake, EnhancedModeRefusesAtTheCommit) {
  House house;
  const auto answered = house.say(with(House::sample("01"), "|P|2.5.1", "|T|2.5.1|||AL|AL"));
  EXPECT_THAT(msa(answered), StartsWith("MSA|CR|N1001"));
  EXPECT_THAT(answered.further, IsEmpty());
}

TEST(Intake, EachMessageOfABatchIsCommittedForItselfAndAnsweredInTheBatch) {
  House house;
  const auto bad = with(House::sample("02"), "|P|2.3.1", "|T|2.3.1");
  const auto answered = house.say("BHS|^~\\&|L|F|G|C|20250324|||  |B1\r" + House::sample("01") +
                                  bad + House::sample("08") + "BTS|3\r");
  EXPECT_THAT(answered.bytes, StartsWith("BHS|^~\\&|G|C|L|F|"));
  EXPECT_THAT(answered.bytes, HasSubstr("MSA|AA|N1001"));
  EXPECT_THAT(answered.bytes, HasSubstr("MSA|AR|K77"));
  EXPECT_THAT(answered.bytes, HasSubstr("MSA|AA|N2001"));
  EXPECT_THAT(answered.bytes, HasSubstr("\rBTS|3\r"));
  EXPECT_LT(answered.bytes.find("N1001"), answered.bytes.find("K77"));
  EXPECT_LT(answered.bytes.find("K77"), answered.bytes.find("N2001"));
  EXPECT_EQ(house.verified().arrivals, 3);
}

TEST(Intake, TwoMessagesInOneBlockAreAnsweredOneByOne) {
  House house;
  const auto answered = house.say(House::sample("01") + House::sample("02"));
  EXPECT_EQ(msa(answered), "MSA|AA|N1001");
  ASSERT_THAT(answered.further, SizeIs(1));
  EXPECT_THAT(segment(answered.further[0], "MSA"), StartsWith("MSA|AA|K77"));
}

TEST(Intake, CountsWhatBecameOfMessagesWithoutSayingWhose) {
  House house;
  house.say(House::sample("01"));
  house.say(House::sample("01"));
  house.say("nothing");
  const auto text = house.metrics.print();
  const std::string name(observe::names::messages_received);
  EXPECT_THAT(text, HasSubstr(name + R"({listener="mllp:2575",result="AA"} 1)"));
  EXPECT_THAT(text, HasSubstr(name + R"({listener="mllp:2575",result="duplicate"} 1)"));
  EXPECT_THAT(text, HasSubstr(name + R"({listener="mllp:2575",result="AR"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr("NORTHLIS")));
}

TEST(Intake, ADeliveryIsQueuedOnlyForRoutesThatWantSomethingOfIt) {
  House house;
  house.options.routes = {{"all", "", ""},
                          {"results", "", "Observation?category=laboratory"},
                          {"vital", "", "Observation?category=vital-signs"}};
  house.say(House::sample("01"));
  auto backlog = house.engine->backlog();
  ASSERT_TRUE(backlog);
  std::vector<std::string> targets;
  for (const auto& target : *backlog) {
    if (target.pending > 0) targets.push_back(target.target);
  }
  EXPECT_THAT(targets, testing::UnorderedElementsAre("all", "results"));
}

TEST(CheckRoute, NamesWhatCannotBeFollowed) {
  EXPECT_TRUE(check_route({"t", "", "Observation?category=laboratory"}));
  EXPECT_TRUE(check_route({"t", "", "Observation?cycle-day=ge3"}));
  EXPECT_TRUE(check_route({"t", "", ""}));
  for (const auto* only :
       {"Observatio?category=x", "Observation?categry=x", "Observation?value-quantity=gt3", "?x",
        "Observation?status:not=final", "Observation?category:missing=true",
        "Observation?patient.name=x", "Patient?family:exact=Aksoy", "Patient?name:contains=ks"}) {
    const auto result = check_route({"t", "", only});
    ASSERT_FALSE(result) << only;
    EXPECT_EQ(result.error().where, "forward.t.only");
  }
}

}  // namespace
}  // namespace gateway::intake
