// T3 for the cycle: what a later message says of a context row, and what becomes of the results.
#include <array>

#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;

const std::string lmp = "DT|8665-2^LMP^LN", day = "NM|107139-8^Day^LN",
                  text_day = "ST|107139-8^D^LN", surge = "NM|LHPLUS^LH^L", age = "ST|18185-9^GA^LN",
                  type = "ST|CYC^T^L", pregnant = "CWE|82810-3^P^LN";

/// The result's context after a first message with one answer and a second with another; empty: the
/// second does not carry the row. `order` is the second's OBR.
std::string after(const std::string& code, const std::string& first, const std::string& second,
                  const std::string& order = obr) {
  gateway::mapping::Ledger ledger;
  std::string id;
  std::int64_t time = 0;
  for (const std::string& answer : {first, second}) {
    std::string text = (time == 0 ? obr : order) + "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n";
    if (!answer.empty()) text += "OBX|2|" + code + "||" + answer + "||||||F\n";
    const auto made = tests::convert(message(text));
    ledger.take(made.conversion.resources, time += 100);
    id = rules::first(made, "8112-5")["id"].text();
  }
  const Json& result = ledger.at("Observation", id);
  std::string said = context(result, "status", "valueCode");
  for (const auto& [part, value] :
       std::array<std::array<const char*, 2>, 5>{{{"day", "valueInteger"},
                                                  {"anchor", "valueCode"},
                                                  {"offset", "valueInteger"},
                                                  {"anchorDate", "valueDate"},
                                                  {"cycleType", "valueCode"}}})
    if (const std::string found = context(result, part, value); !found.empty()) said += " " + found;
  for (const Json& tag : result["meta"]["tag"].items())
    if (tag["system"].text().ends_with("/gestation")) said += " " + tag["code"].text();
  return said;
}

TEST(T3, ARowThatIsSaidAnewTakesBackWhatItSaid) {
  EXPECT_EQ(after(lmp, "20250302", "20250310"), "known 13 lmp 2025-03-10");
  for (const char* unusable : {"20250230", "20250330", "202503", "unknown", "20240101"})
    EXPECT_EQ(after(lmp, "20250302", unusable), "unknown") << unusable;
  for (const char* unusable : {"12.5", "99", "0", "about 12", "unknown"})
    EXPECT_EQ(after(text_day, "12", unusable), "unknown") << unusable;
  EXPECT_EQ(after(day, "12", "13"), "known 13");
  EXPECT_EQ(after(day, "12", "12~14"), "unknown") << "two days are none";
  EXPECT_EQ(after(surge, "7", "900"), "unknown");
  EXPECT_EQ(after(age, "9w3d", "9.3"), "pregnant");
  EXPECT_EQ(after(age, "9w3d", "n/a"), "unknown") << "nobody gives an age any more";
  EXPECT_EQ(after(type, "HRT", "PCOS"), "unknown");
  EXPECT_EQ(after(pregnant, "LA15173-0^Pregnant^LN", "LA4489-6^Unknown^LN"), "unknown");
}

TEST(T3, ARowThatIsNotSentAgainKeepsWhatItSaid) {
  EXPECT_EQ(after(lmp, "20250302", ""), "known 21 lmp 2025-03-02");
  EXPECT_EQ(after(lmp, "20250302", "20250302", "OBR|1|P1|F1|X^Panel^L\n"),
            "known 21 lmp 2025-03-02")
      << "nor one that nothing could be counted to";
  EXPECT_EQ(after(text_day, "12", ""), "known 12");
  EXPECT_EQ(after(surge, "7", ""), "known lh-surge 7");
  EXPECT_EQ(after(age, "9w3d", ""), "pregnant ga-9w3d");
  EXPECT_EQ(after(type, "HRT", ""), "medicated medicated");
}

}  // namespace
