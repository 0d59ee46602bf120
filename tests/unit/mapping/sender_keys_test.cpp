// What a sender's profile changes in the reading of its messages (mappings/README.md, keys of a
// sender). Keys about cycles, times and units are tested with their rules.
#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

namespace {

using namespace rules;
using namespace symptoms;

/// A message of LAB|CITY, read by a profile with these keys.
tests::Converted said_by(const std::string& keys, const std::string& rest,
                         const std::string& pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|F\n") {
  const auto catalogue = tests::catalogue_with_sender(keys);
  EXPECT_NE(catalogue, nullptr) << keys;
  return tests::convert(
      "MSH|^~\\&|LAB|CITY|GW|H|20250322120000+0100||ORU^R01|C1|P|2.5.1\n" + pid + rest,
      catalogue.get());
}

const std::string result = "OBX|1|NM|8112-5^NK^LN||1|%|||||F\n";

TEST(SenderKeys, SexWordsAreReadAsTheirCodeWhateverTheirCase) {
  const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane||19900101|FEMALE\n";
  const auto made = said_by(R"("sex_words": {"Female": "F"})", obr + result, pid);
  EXPECT_EQ(only(made, "Patient")["gender"].text(), "female");
  EXPECT_FALSE(made.has_issue("sex-unknown"));
  EXPECT_EQ(only(said_by("", obr + result, pid), "Patient")["gender"].text(), "unknown");
}

TEST(SenderKeys, FurtherGivenNamesAreSplitOnlyWhereTheProfileSaysSo) {
  const std::string pid = "PID|1||P1^^^CLINIC^MR||Doe^Jane^Ann Lee\n";
  const auto given = [&](const std::string& keys) {
    std::vector<std::string> names;
    const auto made = said_by(keys, obr + result, pid);
    for (const Json& one : only(made, "Patient")["name"].items().at(0)["given"].items())
      names.push_back(one.text());
    return names;
  };
  EXPECT_EQ(given(R"("split_given_names": true)"),
            (std::vector<std::string>{"Jane", "Ann", "Lee"}));
  EXPECT_EQ(given(""), (std::vector<std::string>{"Jane", "Ann Lee"}));
}

TEST(SenderKeys, FreeFieldsOfAnOrderMayHoldItsAccessionNumber) {
  const auto made =
      said_by(R"("accession_fields": ["OBR-20"])",
              "OBR|1|P1|F1|X^P^L|||20250322093000+0100|||||||||||X18||ACC7\n" + result);
  const Json& last = only(made, "ServiceRequest")["identifier"].items().back();
  EXPECT_EQ(last["value"].text(), "ACC7");
  EXPECT_EQ(code_of(last["type"]), "ACSN");
  EXPECT_EQ(extension(only(made, "ServiceRequest"), "/placer-field-1")["valueString"].text(),
            "X18");
  EXPECT_FALSE(extension(only(made, "ServiceRequest"), "/filler-field-1").has("valueString"));
}

TEST(SenderKeys, FieldsWithoutAHomeAreCarriedAlongAndCountedApart) {
  const auto made = said_by(
      R"("carry": ["AL1-3", "OBX-22", "ZXY-2"])",
      "AL1|1||EGG^Egg^L\n" + obr + "OBX|1|NM|8112-5^NK^LN||1|%|||||F|||||||||||INT\nZXY|1|more\n");
  EXPECT_EQ(extension(only(made, "Patient"), "/v2-field")["valueString"].text(), "AL1-3.1: EGG");
  const auto& fields = first(made, "8112-5")["extension"].items();
  EXPECT_EQ(fields.back()["valueString"].text(), "ZXY-2: more");
  EXPECT_EQ(fields[fields.size() - 2]["valueString"].text(), "OBX-22: INT");
  EXPECT_EQ(made.conversion.account.carried(), 5U);
  EXPECT_TRUE(made.of_type("AllergyIntolerance").empty());
}

TEST(SenderKeys, RaceAndEthnicityFollowTheRealm) {
  const std::string pid =
      "PID|1||P1^^^CLINIC^MR||Doe^Jane||||^^|2106-3^White^HL70005~1006-6^Abenaki^CDCREC|"
      "|||||||||||2186-5^Not Hispanic^CDCREC\n";
  const auto made = said_by(R"("realm": "us")", obr + result, pid);
  const Json& race = extension(only(made, "Patient"), "us-core-race");
  ASSERT_EQ(race["extension"].items().size(), 3u);
  EXPECT_EQ(race["extension"].items()[0]["url"].text(), "ombCategory");
  EXPECT_EQ(race["extension"].items()[0]["valueCoding"]["code"].text(), "2106-3");
  EXPECT_EQ(race["extension"].items()[1]["url"].text(), "detailed");
  EXPECT_EQ(race["extension"].items()[2]["valueString"].text(), "White, Abenaki");
  EXPECT_EQ(extension(only(made, "Patient"), "us-core-ethnicity")["extension"].items().size(), 2u);
  EXPECT_FALSE(extension(only(made, "Patient"), "/race").has("url"));
  EXPECT_TRUE(extension(only(said_by("", obr + result, pid), "Patient"), "/race").has("url"));
}

TEST(SenderKeys, TheOffsetOfMsh7HoldsForTheMessageWhereTheProfileSaysSo) {
  const std::string order = "OBR|1|P1|F1|X^P^L|||20250322093000\n" + result;
  const auto effective = [&](const std::string& keys) {
    const auto made = said_by(keys, order);
    return first(made, "8112-5")["effectiveDateTime"].text();
  };
  EXPECT_EQ(effective(R"("msh7_offset": "default")"), "2025-03-22T09:30:00+01:00");
  EXPECT_EQ(effective(""), "2025-03-22");
  EXPECT_EQ(effective(R"("msh7_offset": "default", "time_zone": "America/New_York")"),
            "2025-03-22T09:30:00-04:00");  // the zone knows better
}

TEST(SenderKeys, RowsOfTextStayApartWhereTheProfileSaysSo) {
  const std::string lines =
      obr + "OBX|1|TX|Q1^Text^L||one||||||F\nOBX|2|TX|Q1^Text^L||two||||||F\n";
  EXPECT_EQ(said_by(R"("text_lines": "separate")", lines).of_type("Observation").size(), 2u);
  EXPECT_EQ(said_by("", lines).of_type("Observation").size(), 1u);
}

TEST(SenderKeys, TheTypeThatNamesThePatientFollowsTheProfilesOrder) {
  const std::string pid = "PID|1||A1^^^X^PI~B2^^^Y^SB~C3^^^Z^VS||Doe^Jane\n";
  const auto key = [&](const std::string& keys) {
    return said_by(keys, obr + result, pid).conversion.patient.value;
  };
  const auto alone = [&](const std::string& identifier) {
    return said_by("", obr + result, "PID|1||" + identifier + "||Doe^Jane\n")
        .conversion.patient.value;
  };
  EXPECT_EQ(key(""), alone("A1^^^X^PI"));
  EXPECT_EQ(key(R"("identifier_types": ["VS", "SB"])"), alone("C3^^^Z^VS"));
}

TEST(SenderKeys, WordsThatSayNothingReadAsEmpty) {
  const auto made = said_by(R"("empty_words": ["N/A"])",
                            obr + "OBX|1|ST|Q1^Text^L||N/A||||||F\nNTE|1|N/A|kept\n");
  EXPECT_FALSE(first(made, "Q1").has("valueString"));
  EXPECT_EQ(code_of(first(made, "Q1")["dataAbsentReason"]), "unknown");
  EXPECT_EQ(
      first(said_by("", obr + "OBX|1|ST|Q1^Text^L||N/A||||||F\n"), "Q1")["valueString"].text(),
      "N/A");
  EXPECT_EQ(made.conversion.account.unmapped(), 0U);
}

TEST(SenderKeys, ASeriesIsSampledDataWhereUnitAndIntervalAreKnown) {
  const std::string keys = R"("sample_interval_ms": {"ECG": 2.50})";
  const auto made = said_by(keys, obr +
                                      "OBX|1|NA|ECG^Trace^L||01.50^^-2^3.0~4|mg|||||F\n"
                                      "OBX|2|MA|ECG^Trace^L||1^2~3^4|mg|||||F\n"
                                      "OBX|3|NA|ECG^Trace^L||1^high^2|mg|||||F\n"
                                      "OBX|4|NA|ECG^Trace^L||1^2||||||F\n");
  const auto rows = made.observations("ECG");
  const Json& single = (*rows[0])["valueSampledData"];
  EXPECT_EQ(single["data"].text(), "1.50 E -2 3.0 4");
  EXPECT_EQ(single["period"].text(), "2.50");
  EXPECT_EQ(single["dimensions"].text(), "1");
  EXPECT_EQ(single["origin"]["value"].text(), "0");
  EXPECT_EQ(single["origin"]["code"].text(), "mg");
  EXPECT_EQ((*rows[1])["valueSampledData"]["data"].text(), "1 2 3 4");
  EXPECT_EQ((*rows[1])["valueSampledData"]["dimensions"].text(), "2");
  EXPECT_EQ((*rows[2])["valueString"].text(), "1^high^2");  // no number: as it was sent
  EXPECT_EQ((*rows[3])["valueString"].text(), "1^2");       // of what?
  EXPECT_EQ((*said_by("", obr + "OBX|1|MA|ECG^Trace^L||1^2~3^4|mg|||||F\n")
                  .observations("ECG")[0])["valueString"]
                .text(),
            "1^2\n3^4");
}

}  // namespace
