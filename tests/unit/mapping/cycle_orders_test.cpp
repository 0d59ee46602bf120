// Properties of whole messages: order of rows, hours, offsets and zones.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;

std::string two_digits(int number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d", number);
  return text.data();
}

const std::string result = "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n";
const std::string lmp = "OBX|2|DT|8665-2^LMP^LN||20250302||||||F\n";

TEST(C3, RowsOfAnOrderSayTheSameInEveryOrder) {
  std::array<std::string, 5> rows{result, lmp, "OBX|3|NM|107139-8^Day^LN||21||||||F\n",
                                  "OBX|4|NM|LHPLUS^LH^L||7||||||F\n",
                                  "OBX|5|ST|CYC^type^L||HRT, mock||||||F\n"};
  std::sort(rows.begin(), rows.end());
  std::string before;
  do {
    std::string text = obr;
    for (const std::string& row : rows) text += row;
    const std::string now = first(tests::convert(message(text)), "8112-5").write();
    if (!before.empty()) {
      ASSERT_EQ(now, before);
    }
    before = now;
  } while (std::next_permutation(rows.begin(), rows.end()));
}

TEST(C3, ASpecimenMayStandBeforeOrBehindItsResults) {
  const std::string spm = "SPM|1|S1||BLDV^V^HL70487|||||||||||||20250322\n";
  for (const std::string& text :
       {spm + result + lmp, result + lmp + spm, lmp + result + spm, lmp + spm + result})
    EXPECT_TRUE(
        has_tag(first(tests::convert(message(obr + text)), "8112-5"), "/cycle-day", "cd-21"))
        << text;
}

TEST(C9, TheDateAsWrittenCountsAtEveryHourOfEveryOffset) {
  for (int offset = -12; offset <= 14; ++offset)
    for (const int hour : {0, 1, 11, 12, 22, 23}) {
      const std::string time = "20250322" + two_digits(hour) + "5959" + (offset < 0 ? "-" : "+") +
                               two_digits(std::abs(offset)) + "00";
      const auto made =
          tests::convert(message("OBR|1|P1|F1|X^Panel^L|||" + time + "\n" + result + lmp));
      ASSERT_TRUE(has_tag(first(made, "8112-5"), "/cycle-day", "cd-21")) << time;
      ASSERT_TRUE(first(made, "8112-5")["effectiveDateTime"].text().starts_with("2025-03-22"));
    }
}

TEST(C9, ASenderThatWritesUtcIsCountedInItsZoneAtEveryHour) {
  for (const auto& [zone, ahead] : {std::pair{"Asia/Tokyo", 9}, {"America/Phoenix", -7}}) {
    const auto catalogue = tests::catalogue_with_sender(
        "\"stamps_in_utc\": true, \"time_zone\": \"" + std::string(zone) + "\"");
    ASSERT_NE(catalogue, nullptr);
    for (int hour = 0; hour < 24; ++hour)
      for (const char* offset : {"+0000", ""}) {
        const std::string time = "20250322" + two_digits(hour) + "3000" + offset;
        std::string text = message("OBR|1|P1|F1|X^Panel^L|||" + time + "\n" + result + lmp);
        text.replace(text.find("LABX|XF"), 7, "LAB|CITY");
        const auto made = tests::convert(text, catalogue.get());
        const int local = hour + ahead;
        const int day = local < 0 ? 20 : local >= 24 ? 22 : 21;
        ASSERT_TRUE(has_tag(first(made, "8112-5"), "/cycle-day", "cd-" + std::to_string(day)))
            << zone << " " << time;
        ASSERT_TRUE(first(made, "8112-5")["effectiveDateTime"].text().ends_with("+00:00"));
      }
  }
}

}  // namespace
