#include "gateway/base/time.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::base::Instant;
using gateway::base::parse_fhir_time;

TEST(FhirTime, KeepsPrecisionAndOffsetAsSaid) {
  for (const char* text : {"2025", "2025-03", "2025-03-22", "2025-03-22T09:30:00-05:00",
                           "2025-03-22T09:30:00.1234+00:00", "2024-02-29"}) {
    const auto time = parse_fhir_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time->to_fhir(), text);
  }
}

TEST(FhirTime, RefusesWhatIsNoDayOfTheCalendar) {
  for (const char* text :
       {"", "20250322", "2025-13", "2025-02-30", "2023-02-29", "2025-03-22T24:00:00Z",
        "2025-03-22T09:61:00Z", "2025-3-22", "0000", "2025-03-22T09:30:00+15:00",
        "2025-03-22T09:30:00.Z", "2025-03-22T09", "2025-03-22 09:30:00Z"})
    EXPECT_FALSE(parse_fhir_time(text)) << text;
}

TEST(FhirTime, ATimeOfDayWithoutOffsetIsWrittenAsItsDate) {
  EXPECT_EQ(parse_fhir_time("2025-03-22T09:30")->to_fhir(), "2025-03-22");
}

TEST(FhirTime, AnInstantRangeHonoursTheOffset) {
  const auto time = parse_fhir_time("2025-03-22T09:30:00-05:00");
  EXPECT_EQ(gateway::base::to_text(Instant{time->instant_begin()}), "2025-03-22T14:30:00.000Z");
  EXPECT_EQ(time->instant_end() - time->instant_begin(), 1'000'000);
}

TEST(FhirTime, ADateAloneSpansTheEarthsZones) {
  const auto date = parse_fhir_time("2025-03-07");
  EXPECT_EQ(gateway::base::to_text(Instant{date->instant_begin()}), "2025-03-06T10:00:00.000Z");
  EXPECT_EQ(gateway::base::to_text(Instant{date->instant_end()}), "2025-03-08T12:00:00.000Z");
  EXPECT_EQ(date->local_end_seconds() - date->local_begin_seconds(), 86'400);
}

TEST(FhirTime, AMonthEndsWhereTheNextBegins) {
  EXPECT_EQ(parse_fhir_time("2024-12")->local_end_seconds(),
            parse_fhir_time("2025-01")->local_begin_seconds());
  EXPECT_EQ(parse_fhir_time("2024")->local_end_seconds(),
            parse_fhir_time("2025")->local_begin_seconds());
}

TEST(FhirTime, AFractionNarrowsTheRangeToItsOwnDigits) {
  const auto time = parse_fhir_time("2025-03-22T09:30:00.25Z");
  EXPECT_EQ(time->instant_end() - time->instant_begin(), 10'000);
}

TEST(Instant, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(gateway::base::to_text(Instant{0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(gateway::base::to_text(Instant{1'742'653'800'123'456}), "2025-03-22T14:30:00.123Z");
}

}  // namespace
