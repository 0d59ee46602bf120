// C15, C16, T3: what an order says of the cycle in several messages is what one message would say,
// whichever part of it is corrected, and it holds of every result of the order.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/revise_elements.hpp"

#include "tests/unit/mapping/laboratory.hpp"

namespace gateway::mapping {
namespace {

using tests::context;

const std::string rio = "^https://immunogate.example/fhir/CodeSystem/repro-immuno-observation";
const std::string nk = "OBX|1|NM|8112-5^NK^LN||14|%|5-12|H|||F\n";

std::string asked(const std::string& code, const std::string& value, const char* status = "F") {
  return "OBX|1|ST|" + code + "^x" + (code.starts_with("aoe-") ? rio : "^LN") + "||" + value +
         "||||||" + status + "\n";
}

std::string cycle_of(const fhir::Json& result) {
  std::string all = context(result, "status", "valueCode");
  for (const auto& [name, type] :
       {std::pair("day", "valueInteger"), std::pair("anchor", "valueCode"),
        std::pair("offset", "valueInteger"), std::pair("phase", "valueCode")})
    if (const auto said = context(result, name, type); !said.empty())
      all += std::string(", ") + name + " " + said;
  return all;
}

std::string ends(const std::vector<std::string>& messages) {
  Laboratory laboratory;
  for (const std::string& one : messages) laboratory.say(one);
  return cycle_of(laboratory.result("8112-5"));
}

const std::string menopause = asked("aoe-menopausal-status", "postmenopausal"),
                  estrogen = asked("aoe-estrogen-day", "14"), transfer = asked("aoe-et-plus", "9"),
                  progesterone = asked("aoe-progesterone-day", "5");

TEST(C15, AStartOfEstrogenBesideAnotherAnchorMakesTheCycleMedicated) {  // mistake 16
  for (const std::string& beside : {transfer, asked("aoe-retrieval-plus", "9"),
                                    asked("aoe-lh-plus", "7"), asked("aoe-cycle-day", "20")}) {
    Laboratory laboratory;
    laboratory.say(nk + menopause + beside + estrogen);
    const auto result = laboratory.result("8112-5");
    EXPECT_EQ(context(result, "status", "valueCode"), "medicated") << beside;
    EXPECT_EQ(context(result, "qualifier", "valueCode"), "postmenopausal") << beside;
    EXPECT_FALSE(has_issue(result, "cycle-day-conflict")) << beside;
  }
  EXPECT_THAT(ends({nk + transfer + estrogen}), testing::StartsWith("medicated"));
}

TEST(C15, ARowThatIsToldOrCorrectedLaterTakesNoOtherAnchorAway) {  // T3, mistake 16
  const std::string start = asked("aoe-estrogen-day", "20250305"),
                    corrected = asked("aoe-estrogen-day", "20250306", "C"),
                    lh = asked("aoe-lh-plus", "7"), trigger = asked("aoe-hcg-plus", "7");
  const std::string exposed =
      "medicated, anchor progesterone-start, offset 5, phase "
      "progesterone-exposed";
  EXPECT_EQ(ends({nk + start + progesterone}), exposed);
  EXPECT_EQ(ends({nk + start + progesterone, corrected}), exposed);
  EXPECT_EQ(ends({nk + start + progesterone, nk + corrected}), exposed);
  EXPECT_EQ(ends({nk + progesterone, start}), exposed);
  for (const auto& [first, second] : {std::pair(progesterone, trigger), std::pair(lh, transfer),
                                      std::pair(lh, progesterone), std::pair(transfer, estrogen)}) {
    const std::string one = ends({nk + first + second});
    EXPECT_EQ(ends({nk + first, second}), one) << first << second;
    EXPECT_EQ(ends({nk + second, first}), one) << first << second;
    EXPECT_EQ(ends({nk + second, nk + first}), one) << first << second;
  }
  EXPECT_EQ(ends({nk + progesterone, asked("aoe-progesterone-day", "6", "C")}),
            "medicated, anchor progesterone-start, offset 6, phase progesterone-exposed")
      << "of one anchor the newest decides";
}

TEST(C16, ThePanelOfAHalfThatIsTakenBackFollowsWhatItsOrderSays) {  // T3
  const std::string pressure =
      "OBX|1|NM|8480-6^Sys^LN||145|mmHg|||||F\nOBX|1|NM|8462-4^Dia^LN||85|mmHg|||||F\n";
  const std::string gone = "OBX|1|NM|8462-4^Dia^LN|||mmHg|||||W\n";
  const auto after = [&](const std::string& said) {
    Laboratory laboratory;
    laboratory.say(pressure + asked("8665-2", "20250302"));
    laboratory.say(said + gone, "C");
    return laboratory.result("85354-9");
  };
  EXPECT_EQ(cycle_of(after("")), "known, day 21, anchor lmp");
  EXPECT_EQ(cycle_of(after(asked("8665-2", "20250302", "W"))), "unknown");
  EXPECT_EQ(cycle_of(after(asked("107139-8", "12"))), "known, day 12, anchor lmp");
  EXPECT_TRUE(has_issue(after(asked("107139-8", "12")), "cycle-day-conflict"));
  Laboratory late;
  late.say_at(10, pressure + asked("8665-2", "20250302"));
  late.say_at(30, nk);
  late.say_at(20, asked("107139-8", "12") + gone, "C");
  EXPECT_EQ(cycle_of(late.result("85354-9")), "known, day 12, anchor lmp");
  EXPECT_EQ(cycle_of(late.result("8112-5")), "known, day 12, anchor lmp");
}

TEST(C16, AHalfThatComesAliveHasTheCycleOfItsOrder) {  // T7
  Laboratory laboratory;
  laboratory.say_at(20, asked("8665-2", "20250302") + "OBX|1|NM|8462-4^Dia^LN|||mmHg|||||W\n");
  laboratory.say_at(10, "OBX|1|NM|8480-6^Sys^LN||145|mmHg|||||F\n");
  EXPECT_EQ(cycle_of(laboratory.result("85354-9")), "known, day 21, anchor lmp");
}

TEST(C15, ASexThatIsCorrectedHoldsOfEveryResultOfTheOrder) {  // mistake 18
  const std::string count = "OBX|1|NM|9728-7^n^LN||91|/uL|||||F\n";
  for (const std::string& also : {count, std::string()}) {
    Laboratory laboratory;
    laboratory.say(nk + asked("107139-8", "12"));
    laboratory.sex = "M";
    laboratory.say(also);
    EXPECT_EQ(cycle_of(laboratory.result("8112-5")), "not-applicable");
    laboratory.sex = "";
    laboratory.say(nk);
    EXPECT_EQ(cycle_of(laboratory.result("8112-5")), "not-applicable") << "empty is no change";
    laboratory.sex = "F";
    laboratory.say(also);
    EXPECT_EQ(cycle_of(laboratory.result("8112-5")), "known, day 12");
  }
  Laboratory laboratory;
  laboratory.sex = "M";
  laboratory.say(nk + asked("107139-8", "12"));
  laboratory.sex = "F";
  laboratory.say(nk);
  EXPECT_EQ(cycle_of(laboratory.result("8112-5")), "known, day 12");
}

TEST(C14, NotPregnantBesideAnAgeOfAPregnancyIsSaid) {  // C18, C20
  for (const std::string& age : {asked("18185-9", "9w3d"), asked("11778-8", "20251101")}) {
    Laboratory laboratory;
    laboratory.say(nk + asked("82810-3", "Not pregnant") + asked("8665-2", "20250302") + age);
    const auto result = laboratory.result("8112-5");
    EXPECT_EQ(cycle_of(result), "known, day 21, anchor lmp") << age;
    EXPECT_TRUE(has_issue(result, "pregnancy-cycle-conflict")) << age;
    EXPECT_EQ(context(result, "confidence", "valueCode"), "conflicting") << age;
  }
}

TEST(W1, AnAnswerThatWasToldBeforeAnyResultBearsItsIssuesToo) {
  for (const auto& [code, value, issue] : {std::tuple("8665-2", "202503", "lmp-imprecise"),
                                           std::tuple("18185-9", "9.3", "cycle-text-ambiguous")}) {
    Laboratory laboratory;
    laboratory.say(asked(code, value));
    laboratory.say(nk);
    EXPECT_TRUE(has_issue(laboratory.result("8112-5"), issue)) << code;
    EXPECT_TRUE(has_issue(laboratory.result(code), issue)) << code;
  }
}

TEST(C9, TheEndOfADayIsThatDay) {
  const auto made = tests::convert(
      "MSH|^~\\&|LABX|XF|GW|H|20250323120000+0100||ORU^R01|C1|P|2.5.1\n"
      "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n"
      "OBR|1|P1|F1|X^Panel^L|||20250322240000+0100" +
      std::string(18, '|') + "F\n" + nk + asked("8665-2", "20250302"));
  const auto result = rules::first(made, "8112-5");
  EXPECT_EQ(cycle_of(result), "known, day 21, anchor lmp");
  EXPECT_EQ(result["effectiveDateTime"].text(), "2025-03-22");
}

}  // namespace
}  // namespace gateway::mapping
