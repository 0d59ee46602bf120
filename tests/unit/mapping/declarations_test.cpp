// W6 within one order: an answer that changes, and what is left to see of the one before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using testing::ElementsAre;
using testing::IsEmpty;

/// One order, message after message; each line gives the answer and its status.
struct Order {
  gateway::mapping::Ledger ledger;
  std::string question = "CWE|AOEEGG^Egg^L", id, report;
  int time = 0;

  Order& say(const std::string& answer, const std::string& status = "F") {
    const auto made =
        tests::convert(message(obr + "OBX|1|" + question + "||" + answer + "||||||" + status +
                               "\nOBX|2|NM|2823-3^K^LN||4.2|mmol/L|||||F\n"));
    for (const Json* survey : made.of_type("Observation"))
      if (code_of((*survey)["category"].items()[0]) == "survey") id = (*survey)["id"].text();
    report = (*made.of_type("DiagnosticReport").front())["id"].text();
    ledger.take(made.conversion.resources, time += 100);
    return *this;
  }
  Json survey() const { return ledger.at("Observation", id); }
  std::string answer() const { return code_of(survey()["valueCodeableConcept"]); }
  bool is_declared() const {
    const bool on_report =
        has_tag(ledger.at("DiagnosticReport", report), "/safety", "egg-allergy-declared");
    EXPECT_EQ(has_tag(survey(), "/safety", "egg-allergy-declared"), on_report);
    return on_report;
  }
};
const std::string yes = "Y^Yes^HL70136", no = "N^No^HL70136";

TEST(W6, ANoOfTheSameRowLeavesTheEarlierYesToBeSeen) {
  Order order;
  order.say(yes).say(no, "C");
  EXPECT_EQ(order.answer(), "N") << "the newest answer (T2)";
  EXPECT_TRUE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), ElementsAre("answered before: Yes"));
  EXPECT_EQ(order.survey()["note"].items()[0]["time"].text(), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(order.ledger.version("Observation", order.id), 2);
}

TEST(W6, ANoThatIsSentAgainSaysNothingMore) {
  for (const std::string& again : {no, std::string("U^Unknown^L"), std::string()}) {
    Order order;
    order.say(yes).say(no).say(again);
    EXPECT_TRUE(order.is_declared()) << again;
    EXPECT_THAT(notes(order.survey()), ElementsAre("answered before: Yes")) << again;
  }
}

TEST(W6, AYesThatIsSaidAgainNeedsNoNote) {
  Order order;
  order.say(yes).say(no).say(yes);
  EXPECT_EQ(order.answer(), "Y");
  EXPECT_TRUE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), IsEmpty());
}

TEST(W6, ADeclarationGoesWithTheRowThatIsTakenBack) {
  for (const auto& [answer, status] : {std::pair(yes, "W"), std::pair(no, "W"), std::pair(no, "D"),
                                       std::pair(no, "X"), std::pair(std::string("\"\""), "C")}) {
    Order order;
    order.say(yes).say(answer, status);
    EXPECT_FALSE(order.is_declared()) << answer << status;
    Order denied;
    denied.say(yes).say(no).say(answer, status);
    EXPECT_FALSE(denied.is_declared()) << answer << status;
  }
}

TEST(W5, ANoThatNoYesPrecededDeclaresNothing) {
  Order order;
  order.say(no).say(no, "C");
  EXPECT_FALSE(order.is_declared());
  EXPECT_THAT(notes(order.survey()), IsEmpty());
}

TEST(W6, AConsentThatWasGivenIsSeenBesideItsRefusal) {
  Order order;
  order.question = "CWE|aoe-immunotherapy-consent^Consent^" +
                   std::string("https://immunogate.example/fhir/CodeSystem/") +
                   "repro-immuno-observation";
  order.say(yes).say(no);
  EXPECT_EQ(order.answer(), "N");
  EXPECT_THAT(notes(order.survey()), ElementsAre("answered before: Yes"));
}

TEST(W6, AConsentInWordsThatWasGivenIsSeenBesideItsRefusal) {
  for (const char* given : {"yes", "Evet", "Yes - by telephone"}) {
    Order order;
    order.question = "ST|aoe-immunotherapy-consent^Consent^" +
                     std::string("https://immunogate.example/fhir/CodeSystem/") +
                     "repro-immuno-observation";
    order.say("no").say(given).say("no");
    EXPECT_EQ(order.survey()["valueString"].text(), "no");
    EXPECT_THAT(notes(order.survey()), ElementsAre("answered before: " + std::string(given)));
    order.say("yes");
    EXPECT_THAT(notes(order.survey()), IsEmpty());
  }
}

}  // namespace
