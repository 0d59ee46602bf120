#include "gateway/mapping/time_zone.hpp"

#include <gtest/gtest.h>

#include "gateway/base/time.hpp"

#include "tests/support/conversions.hpp"

// R5, C9: times of a sender whose profile names a zone.
namespace gateway::mapping {
namespace {

TimeZone zone(const std::string& name) {
  return *TimeZone::parse(tests::read_file("/usr/share/zoneinfo/" + name));
}

std::int64_t local(const std::string& time) {
  return base::parse_fhir_time(time + "Z")->local_begin_seconds();
}

TEST(TimeZone, GivesTheOffsetOfTheDateWithItsSummerTime) {
  const struct {
    const char *zone, *time;
    std::optional<int> minutes;
  } rows[] = {{"Europe/Berlin", "2025-01-15T09:00:00", 60},
              {"Europe/Berlin", "2025-07-15T09:00:00", 120},
              {"Europe/Berlin", "2025-03-30T01:59:59", 60},
              {"Europe/Berlin", "2025-03-30T02:30:00", std::nullopt},  // never shown
              {"Europe/Berlin", "2025-03-30T03:00:00", 120},
              {"Europe/Berlin", "2025-10-26T02:30:00", std::nullopt},  // shown twice
              {"Europe/Berlin", "2025-10-26T03:00:00", 60},
              {"Europe/Berlin", "2075-07-15T09:00:00", 120},  // by the rule behind the table
              {"Europe/Istanbul", "2025-01-15T09:00:00", 180},
              {"Europe/Istanbul", "2015-01-15T09:00:00", 120},
              {"Europe/Dublin", "2050-07-15T09:00:00", 60},
              {"Europe/Dublin", "2050-12-15T09:00:00", 0},
              {"America/New_York", "2025-03-22T09:30:00", -240},
              {"America/New_York", "2025-12-22T09:30:00", -300},
              {"America/St_Johns", "2025-12-22T09:30:00", -210},
              {"Australia/Sydney", "2060-01-15T09:00:00", 660},
              {"Australia/Sydney", "2060-07-15T09:00:00", 600},
              {"Asia/Kathmandu", "2025-01-15T09:00:00", 345},
              {"UTC", "2025-01-15T09:00:00", 0}};
  for (const auto& row : rows)
    EXPECT_EQ(zone(row.zone).offset_of_local(local(row.time)), row.minutes)
        << row.zone << " " << row.time;
}

TEST(TimeZone, AnOffsetLeadsBackToItsInstantOrIsNotSaid) {
  for (const char* name : {"Europe/Berlin", "America/Santiago", "Australia/Lord_Howe",
                           "Africa/Casablanca", "America/New_York", "Europe/Dublin"}) {
    const TimeZone here = zone(name);
    int unsaid = 0, hours = 0;
    for (const int year : {2024, 2025, 2026, 2044, 2045}) {
      const std::int64_t begin = base::days_from_civil(year, 1, 1) * 86'400;
      for (std::int64_t at = begin; at < begin + 365 * 86'400; at += 1'800) {
        const auto minutes = here.offset_of_local(at + here.offset_at(at));
        ++hours;
        if (!minutes)
          ++unsaid;
        else
          ASSERT_EQ(*minutes * 60, here.offset_at(at)) << name << " " << at;
      }
    }
    EXPECT_LE(unsaid, 5 * 8) << name;  // the doubled hour, counted twice, at most twice a year
    EXPECT_GT(hours, 80'000);
  }
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  const std::string berlin = tests::read_file("/usr/share/zoneinfo/Europe/Berlin");
  EXPECT_FALSE(TimeZone::parse(""));
  EXPECT_FALSE(TimeZone::parse("TZif2 and then some text that is none"));
  for (std::size_t size = 0; size < berlin.size(); size += 7)
    (void)TimeZone::parse(std::string_view(berlin).substr(0, size));  // no prefix crashes
  for (std::size_t at = 0; at < berlin.size(); at += 3) {
    std::string broken = berlin;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    if (const auto read = TimeZone::parse(broken)) (void)read->offset_of_local(1'742'632'200);
  }
}

constexpr const char* order =
    "MSH|^~\\&|LAB|CITY|GW|H|20250722100000||ORU^R01|1|P|2.5\n"
    "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n"
    "OBR|1|P1|F1|X^Test^L|||20250722003000|||||||||||||||202507221000\n"
    "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n"
    "OBX|2|DT|8665-2^LMP^LN||20250720||||||F\n";

TEST(Times, R5AClockWithoutOffsetGetsThatOfTheSendersZone) {
  const auto catalogue = tests::catalogue_with_sender("\"time_zone\": \"Europe/Berlin\"");
  const auto converted = tests::convert(order, catalogue.get());
  const auto& result = *converted.observations("8112-5").at(0);
  EXPECT_EQ(result["effectiveDateTime"].text(), "2025-07-22T00:30:00+02:00");
  EXPECT_EQ(result["issued"].text(), "2025-07-22T10:00:00+02:00");
  EXPECT_EQ(tests::context(result, "day", "valueInteger"), "3");  // counted as written (C9)
  EXPECT_FALSE(converted.has_issue("timezone-missing"));
}

TEST(Times, R5WithoutAZoneTheDateAloneIsSaid) {
  const auto catalogue = tests::catalogue_with_sender("");
  const auto converted = tests::convert(order, catalogue.get());
  const auto& result = *converted.observations("8112-5").at(0);
  EXPECT_EQ(result["effectiveDateTime"].text(), "2025-07-22");
  EXPECT_TRUE(tests::has_tag(result, "/gateway-issue", "timezone-missing"));
}

TEST(Times, R5AnHourTheClockShowsTwiceStaysADate) {
  std::string text = order;
  text.replace(text.find("20250722003000"), 14, "20251026023000");
  const auto catalogue = tests::catalogue_with_sender("\"time_zone\": \"Europe/Berlin\"");
  const auto converted = tests::convert(text, catalogue.get());
  EXPECT_EQ((*converted.observations("8112-5").at(0))["effectiveDateTime"].text(), "2025-10-26");
  EXPECT_TRUE(converted.has_issue("timezone-missing"));
}

TEST(Times, C9ASenderThatWritesUtcHasItsDaysCountedInItsZone) {
  std::string text = order;
  text.replace(text.find("20250722003000"), 14, "20250721233000+0000");
  const auto catalogue =
      tests::catalogue_with_sender("\"time_zone\": \"Europe/Berlin\", \"stamps_in_utc\": true");
  const auto converted = tests::convert(text, catalogue.get());
  const auto& result = *converted.observations("8112-5").at(0);
  EXPECT_EQ(result["effectiveDateTime"].text(), "2025-07-21T23:30:00+00:00");  // as sent
  EXPECT_EQ(tests::context(result, "day", "valueInteger"), "3");               // 22 July in Berlin
}

}  // namespace
}  // namespace gateway::mapping
