#include <set>

#include <gtest/gtest.h>

#include "tests/support/conversions.hpp"

/// What keeps the conversion from growing faster than the message.
namespace tests {
namespace {

const std::string head =
    "MSH|^~\\&|LAB|CLINIC|EHR|CLINIC|20250322093000||ORU^R01|L1|P|2.5.1\n"
    "PID|1||P0001^^^CLINIC^MR||Aksoy^Ada||19890412|F\n";

std::string report(const std::string& number) {
  return "OBR|1||" + number + "|58410-2^CBC^LN|||20250322093000\n";
}

TEST(Large, ADocumentNamesTheReportsOfItsOwnPatientOnly) {
  const auto converted = convert(head + report("F1") + "TXA|1|CN|TX\n" +
                                 "PID|2||P0002^^^CLINIC^MR||Demir^Eda||19900101|F\n" +
                                 report("F2") + report("F3") + "TXA|1|CN|TX\n");
  const auto documents = converted.of_type("DocumentReference");
  ASSERT_EQ(documents.size(), 2U);
  std::set<std::string> named;
  for (const auto* document : documents)
    for (const auto& report : (*document)["context"]["related"].items())
      EXPECT_TRUE(named.insert(report["reference"].text()).second);
  EXPECT_EQ((*documents[0])["context"]["related"].items().size(), 1U);
  EXPECT_EQ((*documents[1])["context"]["related"].items().size(), 2U);
}

TEST(Large, SeveralDocumentsEachNameABoundedNumberOfReports) {
  std::string text = head;
  for (int i = 0; i < 100; ++i) text += report("F" + std::to_string(i)) + "TXA|1|CN|TX\n";
  const auto converted = convert(text);
  const auto documents = converted.of_type("DocumentReference");
  ASSERT_EQ(documents.size(), 100U);
  for (const auto* document : documents)
    EXPECT_EQ((*document)["context"]["related"].items().size(), 64U);
}

TEST(Large, BloodPressuresOfManyGroupsFindTheirOtherHalf) {
  std::string text = head + report("F1");
  const auto row = [](int group, const std::string& code, int value) {
    return "OBX|1|NM|" + code + "^x^LN|" + std::to_string(group) + "|" + std::to_string(value) +
           "|mm[Hg]|||||F\n";
  };
  for (int i = 0; i < 100; ++i) text += row(i, "8480-6", 100 + i);
  for (int i = 99; i >= 0; --i) text += row(i, "8462-4", 300 + i);
  const auto converted = convert(text);
  const auto found = converted.observations("85354-9");
  ASSERT_EQ(found.size(), 100U);
  for (const auto* observation : found) {
    const auto& parts = (*observation)["component"].items();
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(std::stoi(parts[0]["valueQuantity"]["value"].text()) + 200,
              std::stoi(parts[1]["valueQuantity"]["value"].text()));
  }
}

TEST(Large, ResultsOfManyTimesShareWhatIsSaidOfTheCycle) {
  std::string text = head + "OBR|1||F1|58410-2^CBC^LN\nOBX|1|NM|107139-8^Cycle day^LN||21||||||F\n";
  for (int i = 10; i < 60; ++i)
    text += "OBX|1|NM|8112-5^NK cells^LN|" + std::to_string(i) + "|14.2|%||N|||F|||2025032209" +
            std::to_string(i) + "\n";
  const auto converted = convert(text);
  const auto found = converted.observations("8112-5");
  ASSERT_EQ(found.size(), 50U);
  for (const auto* observation : found)
    EXPECT_EQ(context(*observation, "day", "valueInteger"), "21");
}

}  // namespace
}  // namespace tests
