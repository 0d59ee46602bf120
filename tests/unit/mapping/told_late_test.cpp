// T2, T3, T7: what becomes of results that a message does not send, or sends too late: their value
// stays, and their cycle is what the order's answers say, whichever message came first.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using gateway::mapping::codes;
using gateway::mapping::Ledger;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string lmp = "DT|8665-2^LMP^LN||20250302", later_lmp = "DT|8665-2^LMP^LN||20250310",
                  day_21 = "NM|107139-8^Day^LN||21",
                  day_12 =
                      "NM|aoe-cycle-day^D^https://immunogate.example/fhir/CodeSystem/"
                      "repro-immuno-observation||12",
                  surge = "NM|LHPLUS^LH^L||7", type = "ST|CYC^T^L||HRT, mock",
                  pregnant = "CWE|82810-3^P^LN||77386006^Pregnant^SCT",
                  not_pregnant = "CWE|82810-3^P^LN||60001007^Not pregnant^SCT",
                  age = "ST|18185-9^GA^LN||15w4d";

/// What one message says, at a minute of its own.
struct Told {
  std::string minute;
  std::vector<std::string> rows;
  std::string status = "F", value = "14.2", obr13 = "", before = "";
};
const std::string no_result = "";

tests::Converted read(const Told& told) {
  std::string text =
      told.before + "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100||||||" + told.obr13 + "\n";
  if (!told.value.empty()) text += "OBX|1|NM|8112-5^NK^LN||" + told.value + "|%|||||F\n";
  int set_id = 1;
  for (const std::string& row : told.rows)
    text += "OBX|" + std::to_string(++set_id) + "|" + row + "||||||" + told.status + "\n";
  text = message(text);
  return tests::convert(
      text.replace(text.find("20250322120000"), 14, "202503221" + told.minute + "00"));
}

/// A store that these messages reached in this order.
struct House {
  Ledger ledger;
  std::string id;
  std::vector<std::string> issues;

  House& take(const Told& told) {
    const auto made = read(told);
    issues = codes(ledger.take(made.conversion.resources, 0));
    for (const Json* result : made.observations("8112-5")) id = (*result)["id"].text();
    return *this;
  }
  Json result() const {
    EXPECT_TRUE(ledger.right_versions());
    return ledger.at("Observation", id);
  }
  std::string day() const { return context(result(), "day", "valueInteger"); }
  std::string status() const { return context(result(), "status", "valueCode"); }
  /// Context, value and what a search finds.
  std::string state() const {
    const Json found = result();
    std::set<std::string> tags;
    for (const Json& tag : found["meta"]["tag"].items()) tags.insert(tag.write());
    std::string all = extension_of(found, "cycle-context").write() + found["valueQuantity"].write();
    for (const std::string& tag : tags) all += "\n" + tag;
    return all;
  }
};

House after(const std::vector<Told>& messages) {
  House house;
  for (const Told& told : messages) house.take(told);
  return house;
}

/// These messages end alike, whichever comes first: T7 goes by what they say of their time.
void expect_alike(std::vector<Told> messages) {
  const std::string in_time = after(messages).state();
  std::vector<std::size_t> order(messages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  while (std::next_permutation(order.begin(), order.end())) {
    std::vector<Told> arrived;
    std::string which;
    for (const std::size_t i : order) {
      arrived.push_back(messages[i]);
      which += std::to_string(i + 1) + " ";
    }
    EXPECT_EQ(after(arrived).state(), in_time) << "arrived as " << which;
  }
}

TEST(T2, AResultThatIsNotSentAgainKeepsNoDayWhoseSourceWasWithdrawn) {
  for (const char* status : {"W", "D", "X"}) {
    House house = after({{"200", {lmp}}});
    ASSERT_EQ(house.day(), "21");
    house.take({"201", {lmp}, status, no_result});
    EXPECT_EQ(house.status(), "unknown") << status;
    EXPECT_FALSE(has_tag(house.result(), "/cycle-day", "cd-21")) << status;
    EXPECT_EQ(house.result()["valueQuantity"]["value"].text(), "14.2") << "its value stays";
    EXPECT_EQ(house.ledger.version("Observation", house.id), 2) << "with its history";
  }
}

TEST(T2, AResultThatIsNotSentAgainFollowsAnAnswerThatIsCorrected) {
  EXPECT_EQ(after({{"200", {lmp}}, {"201", {later_lmp}, "C", no_result}}).day(), "13");
  EXPECT_EQ(after({{"200", {}, "F", "14.2", "CD 21"}, {"201", {}, "F", no_result, "CD 20"}}).day(),
            "20");
  const House same = after({{"200", {lmp}}, {"201", {lmp}, "F", no_result}});
  EXPECT_EQ(same.ledger.version("Observation", same.id), 1) << "said again alike: no version";
}

TEST(T2, TheReportOfAChangeNamesTheResultsThatFollowed) {
  House house = after({{"200", {lmp}}});
  const auto made = read({"201", {lmp}, "W", no_result});
  house.ledger.take(made.conversion.resources, 0);
  const std::string provenance = (*made.of_type("Provenance").front())["id"].text();
  EXPECT_THAT(house.ledger.at("Provenance", provenance)["target"].write(), HasSubstr(house.id));
}

TEST(T3, AnAnswerToldAfterItsResultCountsWithoutIt) {
  for (const auto& rows : std::vector<std::vector<std::string>>{
           {lmp}, {lmp, surge}, {day_21, type}, {pregnant, age}, {pregnant, lmp}}) {
    const std::string one = after({{"200", rows}}).state();
    EXPECT_EQ(after({{"200", {}}, {"201", rows, "F", no_result}}).state(), one);
    std::vector<Told> apart{{"200", {}}};
    for (const std::string& row : rows)
      apart.push_back({"20" + std::to_string(apart.size()), {row}, "F", no_result});
    EXPECT_EQ(after(apart).state(), one);
  }
}

TEST(W1, AnIssueThatComesWithoutItsResultIsToldAndGoesWithItsReason) {
  House house = after({{"200", {day_21}}, {"201", {pregnant}, "F", no_result}});
  EXPECT_THAT(house.issues, Contains("pregnancy-cycle-conflict Observation/" + house.id));
  EXPECT_TRUE(has_tag(house.result(), "/gateway-issue", "pregnancy-cycle-conflict"));
  house.take({"202", {pregnant}, "W", no_result});
  EXPECT_FALSE(has_tag(house.result(), "/gateway-issue", "pregnancy-cycle-conflict"));
  EXPECT_EQ(house.day(), "21");
}

bool is_marked(const House& house, const std::string& row, const char* code) {
  const auto made = read({"200", {row}});
  for (const Json* answer : made.of_type("Observation"))
    if (code_of((*answer)["category"].items()[0]) == "survey")
      return has_tag(house.ledger.at("Observation", (*answer)["id"].text()), "/gateway-issue",
                     code);
  return false;
}

TEST(W1, AnAnswerBearsAConflictWithAnAnswerOfAnotherMessage) {
  for (const std::string& value : {std::string("14.2"), no_result})
    for (const bool day_first : {true, false}) {
      const std::string& first = day_first ? day_21 : pregnant;
      const std::string& second = day_first ? pregnant : day_21;
      House house = after({{"200", {first}}, {"201", {second}, "F", value}});
      EXPECT_TRUE(is_marked(house, day_21, "pregnancy-cycle-conflict")) << day_first << value;
      house.take({"202", {not_pregnant}, "C", value});
      EXPECT_FALSE(is_marked(house, day_21, "pregnancy-cycle-conflict")) << "with its reason (F5)";
      EXPECT_EQ(house.day(), "21");
    }
}

TEST(W1, AConflictOfAnAnswerGoesWithItsReasonWhicheverMessageSaidBoth) {
  House house = after({{"200", {day_21, pregnant}}});
  ASSERT_TRUE(is_marked(house, day_21, "pregnancy-cycle-conflict"));
  house.take({"201", {not_pregnant}});
  EXPECT_FALSE(is_marked(house, day_21, "pregnancy-cycle-conflict"));
  house = after({{"200", {day_21, day_12}}, {"201", {day_12}, "W", no_result}});
  EXPECT_FALSE(is_marked(house, day_21, "cycle-day-conflict"));
}

TEST(W1, AnAnswerThatIsSaidAgainAlikeWithItsConflictMakesNoVersion) {
  House house = after({{"200", {day_21}}, {"201", {pregnant}}});
  const auto made = read({"200", {day_21}});
  std::string id;
  for (const Json* answer : made.observations("107139-8")) id = (*answer)["id"].text();
  const auto version = house.ledger.version("Observation", id);
  house.take({"202", {day_21}});
  EXPECT_EQ(house.ledger.version("Observation", id), version);
}

TEST(W1, WhatAnAnswerSaysByItselfStaysMarked) {
  House house = after({{"200", {"ST|107139-8^Day^LN||12.5"}}, {"201", {type}}});
  EXPECT_TRUE(is_marked(house, "ST|107139-8^Day^LN||12.5", "cycle-text-ambiguous"));
}

TEST(T7, AnAnswerOfAnOlderMessageCountsWhereNobodyContradictsIt) {
  expect_alike({{"200", {lmp}}, {"201", {}, "F", "15"}});
  expect_alike({{"200", {lmp}}, {"201", {surge}, "F", "15"}});
  expect_alike({{"200", {lmp}}, {"201", {type}}, {"202", {surge}, "F", "15"}});
  expect_alike({{"200", {pregnant}}, {"201", {age}, "F", "15"}});
  const House late = after({{"201", {}, "F", "15"}, {"200", {lmp}}});
  EXPECT_EQ(late.day(), "21");
  EXPECT_EQ(late.result()["valueQuantity"]["value"].text(), "15") << "the newer value";
}

TEST(T7, AnEmptyAnswerThatComesBeforeItsOriginalTakesItsValue) {  // T12, T10
  const std::string empty = "NM|107139-8^Day^LN||", null = "NM|107139-8^Day^LN||\"\"";
  expect_alike({{"200", {day_21}}, {"201", {empty}, "C", "15"}});
  expect_alike({{"200", {day_21}}, {"201", {empty}, "C", no_result}, {"202", {}, "F", "15"}});
  expect_alike({{"200", {day_21}}, {"201", {null}, "C", "15"}});
  EXPECT_EQ(after({{"201", {empty}, "C", "15"}, {"200", {day_21}}}).day(), "21");
  EXPECT_EQ(after({{"201", {null}, "C", "15"}, {"200", {day_21}}}).day(), "");
}

TEST(T7, OfTwoAnswersToOneQuestionTheNewestBySourceTimeCounts) {
  expect_alike({{"200", {lmp}}, {"201", {later_lmp}, "F", "15"}});
  expect_alike({{"200", {lmp}}, {"201", {later_lmp}, "C", no_result}, {"202", {}, "F", "15"}});
  expect_alike({{"200", {day_21}}, {"201", {day_12}, "F", "15"}});
  expect_alike({{"200", {pregnant}}, {"201", {not_pregnant}, "F", "15"}});
  const House late = after({{"201", {day_12}, "F", "15"}, {"200", {day_21}}});
  EXPECT_EQ(late.day(), "12");
  EXPECT_TRUE(has_tag(late.result(), "/gateway-issue", "cycle-day-conflict"));
}

TEST(T7, AnAnswerThatIsOlderThanItsCorrectionIsNotHeardWithANewerResult) {
  const House house =
      after({{"200", {lmp}}, {"202", {later_lmp}, "C", no_result}, {"201", {lmp}, "F", "15"}});
  EXPECT_EQ(house.result()["valueQuantity"]["value"].text(), "15");
  EXPECT_EQ(house.day(), "13");
}

TEST(T8, APreliminaryAnswerAfterAFinalOneIsNotHeardEither) {
  EXPECT_EQ(after({{"200", {lmp}}, {"201", {later_lmp}, "P"}}).day(), "21");
}

TEST(T7, WhatALateMessageSaysInWordsChangesNothing) {
  EXPECT_EQ(after({{"201", {}, "F", "15", "\"\""}, {"200", {}, "F", "14.2", "CD 21"}}).status(),
            "unknown");
}

TEST(T5, AWithdrawnResultFollowsNothing) {
  House house = after({{"200", {}}});
  std::string withdrawn = message(
      "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n"
      "OBX|1|NM|8112-5^NK^LN||14.2|%|||||W\n");
  house.ledger.take(tests::convert(withdrawn).conversion.resources, 0);
  house.take({"203", {lmp}, "F", no_result});
  EXPECT_EQ(house.result()["status"].text(), "entered-in-error");
  EXPECT_EQ(house.status(), "unknown");
}

TEST(C3, AnAnswerOfOneOfTwoOrdersOfANumberIsOfThatAlone) {
  const auto both = [](const std::string& of_second) {
    return message(
        "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n"
        "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n"
        "OBR|2|P1|F1|Y^Other^L|||20250322093000+0100\n"
        "OBX|1|NM|9728-7^NK^LN||140|/uL|||||F\n" +
        of_second);
  };
  const std::string row = "OBX|2|" + lmp + "||||||F\n";
  Ledger ledger;
  const auto made = tests::convert(both(row));
  for (const std::string& text : {both(row), both("")})
    ledger.take(tests::convert(text).conversion.resources, 0);
  EXPECT_EQ(
      context(ledger.at("Observation", first(made, "8112-5")["id"].text()), "status", "valueCode"),
      "unknown");
  EXPECT_EQ(
      context(ledger.at("Observation", first(made, "9728-7")["id"].text()), "day", "valueInteger"),
      "21");
}

TEST(C3, AnAnswerOfASpecimenThatIsWithdrawnAloneChangesItsResultsAlone) {
  const auto of = [](const std::string& row, const std::string& minute, bool results) {
    const auto specimen = [](int n) {
      return "SPM|" + std::to_string(n) + "|S" + std::to_string(n) + "||BLDV^Blood^HL70487\n";
    };
    std::string text = "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n" + specimen(1);
    if (results) text += "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n";
    text += row + specimen(2);
    if (results) text += "OBX|3|NM|9728-7^NK^LN||140|/uL|||||F\nOBX|4|" + day_12 + "||||||F\n";
    text = message(text);
    return tests::convert(
        text.replace(text.find("20250322120000"), 14, "202503221" + minute + "00"));
  };
  Ledger ledger;
  const auto made = of("OBX|2|" + lmp + "||||||F\n", "200", true);
  ledger.take(made.conversion.resources, 0);
  ledger.take(of("OBX|2|" + lmp + "||||||W\n", "201", false).conversion.resources, 0);
  EXPECT_EQ(
      context(ledger.at("Observation", first(made, "8112-5")["id"].text()), "status", "valueCode"),
      "unknown");
  EXPECT_EQ(
      context(ledger.at("Observation", first(made, "9728-7")["id"].text()), "day", "valueInteger"),
      "12");
}

}  // namespace
