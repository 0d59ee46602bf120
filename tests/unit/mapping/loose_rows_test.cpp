// Rows of no OBR: before the first one (R7), or of a specimen itself. They are filed under an
// order of their message (T1), so that only what is said of that order replaces them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;

std::string order(const std::string& number, const std::string& taken = "20250322093000+0100") {
  return "OBR|1||" + number + "|X^Panel^L|||" + taken + "\nOBX|2|NM|8112-5^NK^LN||14|%|||||F\n";
}
const std::string no_egg = "OBX|1|CWE|AOEEGG^Egg^L||N^No^HL70136||||||F\n",
                  egg = "OBX|1|CWE|AOEEGG^Egg^L||Y^Yes^HL70136||||||F\n",
                  lmp = "OBX|1|DT|8665-2^LMP^LN||20250302||||||F\n";

std::string id_of(const std::string& rows, const char* code = "aoe-egg-allergy") {
  return first(tests::convert(message(rows)), code)["id"].text();
}
std::string effective(const std::string& rows, const char* code = "aoe-egg-allergy") {
  return first(tests::convert(message(rows)), code)["effectiveDateTime"].text();
}

TEST(T1, ARowBeforeTheFirstObrBelongsToTheOrderThatFollows) {
  const std::string one = id_of(egg + order("F1"));
  EXPECT_EQ(id_of(no_egg + order("F1")), one) << "what is said of that order again";
  EXPECT_NE(id_of(egg + order("F2")), one);
  EXPECT_EQ(id_of(egg + order("F1") + order("F2")), one);
  EXPECT_EQ(first(tests::convert(message(egg + order("F1"))), "aoe-egg-allergy")["identifier"]
                .items()
                .front()["value"]
                .text(),
            "F1|AOEEGG|");
}

TEST(T1, ARowOfThePatientAndOneOfTheOrderAreTwo) {
  const auto both = tests::convert(message(egg + order("F1") + egg));
  ASSERT_EQ(both.observations("aoe-egg-allergy").size(), 2u);
  EXPECT_NE((*both.observations("aoe-egg-allergy")[0])["id"].text(),
            (*both.observations("aoe-egg-allergy")[1])["id"].text());
  EXPECT_NE(id_of(egg + order("F1")), id_of(order("F1") + egg)) << "message by message, too";
}

TEST(T1, ARowOfNoOrderAtAllBelongsToItsMessage) {
  const std::string txa =
      "TXA|1|CN|TX|20250322||||||||D1\nOBX|2|ED|PDF^Doc^L||^AP^PDF^Base64^AA==\n";
  const std::string spm = "SPM|1|S1||BLDV^Blood^HL70487|||||||||||||20250322093000+0100\n";
  std::string other = message(spm + lmp + txa);
  other.replace(other.find("|C1|"), 4, "|C2|");
  EXPECT_NE(id_of(spm + lmp + txa, "8665-2"), first(tests::convert(other), "8665-2")["id"].text());
}

TEST(T1, ARowOfASpecimenBelongsToTheFirstOrderOfItsSpecimen) {
  const auto of = [](const std::string& number) {
    return "SPM|1|S1||BLDV^Blood^HL70487|||||||||||||20250321080000+0100\n" + lmp + order(number);
  };
  const auto as_oul = [](std::string text) {
    return text.replace(text.find("ORU^R01"), 7, "OUL^R22");
  };
  const auto made = tests::convert(as_oul(message(of("F1"))));
  const Json& said = first(made, "8665-2");
  EXPECT_EQ(said["effectiveDateTime"].text(), "2025-03-21T08:00:00+01:00");
  EXPECT_NE(said["id"].text(),
            first(tests::convert(as_oul(message(of("F2")))), "8665-2")["id"].text());
}

TEST(R4, ARowBeforeTheFirstObrIsDatedAsTheResultsOfItsOrder) {
  EXPECT_EQ(effective(egg + order("F1")), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(effective(egg + order("F1") +
                      "SPM|1|S1||BLDV^Blood^HL70487|||||||||||||20250321080000+0100\n"),
            "2025-03-21T08:00:00+01:00")
      << "SPM-17 goes before OBR-7";
  const std::string dated = "OBX|1|CWE|AOEEGG^Egg^L||Y^Yes^HL70136||||||F|||20250320\n";
  EXPECT_EQ(effective(dated + order("F1", "")), "2025-03-20") << "and OBX-14 after both";
  EXPECT_EQ(effective(dated + order("F1")), "2025-03-22T09:30:00+01:00");
}

TEST(W6, ALaterNoOfAnotherOrderLeavesTheDeclaration) {
  gateway::mapping::Ledger ledger;
  const auto declared = tests::convert(message(egg + order("F1")));
  const std::string id = first(declared, "aoe-egg-allergy")["id"].text();
  ledger.take(declared.conversion.resources, 100);
  const auto denied = tests::convert(message(no_egg + order("F2")));
  ledger.take(denied.conversion.resources, 200);
  EXPECT_EQ(ledger.version("Observation", id), 1);
  EXPECT_TRUE(has_tag(ledger.at("Observation", id), "safety", "egg-allergy-declared"));
  EXPECT_EQ(ledger.version("Observation", first(denied, "aoe-egg-allergy")["id"].text()), 1);
}

TEST(T2, TheSameMessageAgainStoresARowBeforeTheFirstObrOnce) {
  gateway::mapping::Ledger ledger;
  for (const int time : {100, 200})
    ledger.take(tests::convert(message(egg + lmp + order("F1"))).conversion.resources, time);
  EXPECT_EQ(ledger.version("Observation", id_of(egg + lmp + order("F1"))), 1);
  EXPECT_EQ(ledger.version("Observation", id_of(egg + lmp + order("F1"), "8665-2")), 1);
}

TEST(C3, AResultCitesThePeriodOfItsOwnMessage) {
  gateway::mapping::Ledger ledger;
  const auto one = tests::convert(message(lmp + order("F1")));
  ledger.take(one.conversion.resources, 100);
  ledger.take(tests::convert(message("OBX|1|DT|8665-2^LMP^LN||20250310||||||F\n" + order("F2")))
                  .conversion.resources,
              200);
  const Json result = ledger.at("Observation", first(one, "8112-5")["id"].text());
  EXPECT_EQ(context(result, "anchorDate", "valueDate"), "2025-03-02");
  EXPECT_EQ(ledger.at("Observation", first(one, "8665-2")["id"].text())["valueDateTime"].text(),
            "2025-03-02");
}

TEST(T7, ARowBeforeTheFirstObrIsAsOldAsItsOrder) {
  const std::string reported = "OBR|1||F1|X^Panel^L|||20250322093000+0100|||||||||||||||20250323\n";
  const auto made =
      tests::convert(message(egg + reported + "OBX|2|NM|8112-5^NK^LN||14|%|||||F\n" +
                             "OBR|2||F2|Y^Panel^L|||20250322093000+0100|||||||||||||||20250401\n"));
  const std::string id = first(made, "aoe-egg-allergy")["id"].text();
  for (const auto& resource : made.conversion.resources) {
    if (resource.key.id != id) continue;
    EXPECT_EQ(resource.source_time->begin, 1742688000000000) << "2025-03-23, not the later OBR-22";
  }
}

/// A period before the first of two orders, then a message that has the second alone.
struct OfAnotherOrder {
  gateway::mapping::Ledger ledger;
  std::string first_period, second_period, second_result;
  std::vector<std::string> issues;

  explicit OfAnotherOrder(const std::string& answer, const std::string& status,
                          const std::string& results) {
    const auto made = tests::convert(message(lmp + order("F1") + order("F2")));
    ledger.take(made.conversion.resources, 0);
    first_period = first(made, "8665-2")["id"].text();
    second_result = (*made.observations("8112-5").at(1))["id"].text();
    std::string later = message("OBX|1|DT|8665-2^LMP^LN||" + answer + "||||||" + status +
                                "\nOBR|1||F2|X^Panel^L|||20250322093000+0100\n" + results);
    later.replace(later.find("20250322120000"), 14, "20250323120000");
    const auto again = tests::convert(later);
    issues = gateway::mapping::codes(ledger.take(again.conversion.resources, 0));
    second_period = first(again, "8665-2")["id"].text();
  }
  Json result() const { return ledger.at("Observation", second_result); }
};
const std::string result_row = "OBX|2|NM|8112-5^NK^LN||14|%|||||F\n";

TEST(T5, ARowThatIsTakenBackBeforeAnotherFirstOrderIsNeverSilent) {
  for (const std::string& results : {result_row, std::string()})
    for (const auto& [answer, status] : {std::pair("20250302", "W"), std::pair("20250302", "X"),
                                         std::pair("20250302", "D"), std::pair("\"\"", "C")}) {
      const OfAnotherOrder told(answer, status, results);
      EXPECT_EQ(context(told.result(), "status", "valueCode"), "unknown")
          << status << ": what the order shows is taken back";
      EXPECT_THAT(told.issues,
                  testing::Contains("update-target-unknown Observation/" + told.second_period))
          << status << ": the row of the other order stands";
      EXPECT_TRUE(has_tag(told.ledger.at("Observation", told.second_period), "/gateway-issue",
                          "update-target-unknown"));
      EXPECT_EQ(told.ledger.version("Observation", told.first_period), 1);
    }
}

TEST(T3, ARowThatIsSaidAnewBeforeAnotherFirstOrderCountsForItsResults) {
  for (const std::string& results : {result_row, std::string()}) {
    const OfAnotherOrder corrected("20250310", "C", results);
    EXPECT_EQ(context(corrected.result(), "day", "valueInteger"), "13");
    EXPECT_FALSE(has_tag(corrected.result(), "/gateway-issue", "cycle-day-conflict"));
    EXPECT_THAT(corrected.issues,
                testing::Contains("update-target-unknown Observation/" + corrected.second_period));
    const OfAnotherOrder again("20250302", "F", results);
    EXPECT_EQ(context(again.result(), "day", "valueInteger"), "21");
    EXPECT_TRUE(again.issues.empty());
  }
}

}  // namespace
