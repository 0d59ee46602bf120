// T3: an order that is told in several messages ends as the same rows in one. Only where two
// messages speak of one field does the newest decide it; that they disagree is then said as well.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {

using namespace rules;
using gateway::mapping::Ledger;
using testing::HasSubstr;
using testing::Not;

/// A row of context: of the order, or before its OBR.
struct Row {
  std::string text;
  bool of_patient = false;
};
using Rows = std::vector<Row>;

const Row lmp{"DT|8665-2^LMP^LN||20250302"}, long_ago{"DT|8665-2^LMP^LN||20241203"},
    day_21{"NM|107139-8^Day^LN||21"}, day_12{"NM|107139-8^Day^LN||12"}, surge{"NM|LHPLUS^LH^L||7"},
    type{"ST|CYC^T^L||HRT, mock"}, pregnant{"CWE|82810-3^P^LN||77386006^Pregnant^SCT"},
    not_pregnant{"CWE|82810-3^P^LN||60001007^Not pregnant^SCT"}, age{"ST|18185-9^GA^LN||15w4d"},
    other_age{"ST|11884-4^GA^LN||12w0d"}, due{"DT|11778-8^EDD^LN||20250909"},
    other_due{"DT|11778-8^EDD^LN|2|20251009"}, patients_day{day_12.text, true},
    patients_lmp{lmp.text, true},
    phase{
        "ST|aoe-cycle-phase^Phase^https://immunogate.example/fhir/CodeSystem/"
        "repro-immuno-observation||luteal"},
    menopause{
        "ST|aoe-menopausal-status^M^https://immunogate.example/fhir/CodeSystem/"
        "repro-immuno-observation||postmenopausal"};

std::string told(const Rows& rows, const std::string& minute, const std::string& obr13 = "") {
  std::string before, after;
  int set_id = 1;
  for (const Row& row : rows)
    (row.of_patient ? before : after) += "OBX|" + std::to_string(++set_id) + "|" + row.text +
                                         (row.text.ends_with("|") ? "\n" : "||||||F\n");
  std::string text = message(before + "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100||||||" + obr13 +
                             "\nOBX|1|NM|8112-5^NK^LN||14|%|||||F\n" + after);
  return text.replace(text.find("20250322120000"), 14, "202503221" + minute + "00");
}

/// The context of the result, its tags: what a search finds.
std::string state(const std::vector<std::string>& messages) {
  Ledger ledger;
  std::string id;
  for (const std::string& text : messages) {
    const auto made = tests::convert(text);
    ledger.take(made.conversion.resources, 0);
    id = rules::first(made, "8112-5")["id"].text();
  }
  EXPECT_TRUE(ledger.right_versions());
  const Json result = ledger.at("Observation", id);
  std::set<std::string> tags;
  for (const Json& tag : result["meta"]["tag"].items()) tags.insert(tag.write());
  std::string all = extension_of(result, "cycle-context").write();
  for (const std::string& tag : tags) all += "\n" + tag;
  return all;
}

/// Every way to tell the rows in two messages, the result being in both.
template <class Look>
void for_each_split(const Rows& rows, Look look) {
  for (unsigned chosen = 0; chosen < 1u << rows.size(); ++chosen) {
    Rows first, second;
    for (std::size_t i = 0; i < rows.size(); ++i)
      ((chosen >> i & 1u) != 0 ? first : second).push_back(rows[i]);
    look(state({told(first, "200"), told(second, "201")}), chosen);
    look(state({told(first, "200"), told({}, "201"), told(second, "202")}), chosen);
  }
}

void expect_one_state(const Rows& rows) {
  const std::string one = state({told(rows, "200")});
  for_each_split(rows, [&](const std::string& several, unsigned chosen) {
    EXPECT_EQ(several, one) << "rows of the first message: " << chosen;
  });
}

TEST(C24, AnEmptyFirstRepetitionStaysADoubtInALaterMessage) {
  const std::string first = told({{"ST|107139-8^Day^LN||~21"}}, "200");
  EXPECT_THAT(state({first, told({}, "201")}), Not(HasSubstr("cd-21")));
  const std::string plain = told({{"ST|107139-8^Day^LN||21"}}, "200");
  EXPECT_THAT(state({plain, told({}, "201")}), HasSubstr("cd-21"));
}

TEST(T3, AnOrderToldInSeveralMessagesEndsAsInOne) {
  expect_one_state({lmp, surge});
  expect_one_state({lmp, day_21});
  expect_one_state({lmp, day_12, type});
  expect_one_state({lmp, phase, menopause});
  expect_one_state({surge, day_21, type});
  expect_one_state({patients_lmp, day_12});
  expect_one_state({type, menopause});
}

TEST(C18, APregnancyAndItsDatesMayBeToldApart) {
  expect_one_state({pregnant, lmp});
  expect_one_state({pregnant, long_ago});
  expect_one_state({pregnant, due, lmp});
  expect_one_state({pregnant, day_21});
  expect_one_state({not_pregnant, age, lmp});
  const std::string apart = state({told({pregnant}, "200"), told({long_ago}, "201")});
  EXPECT_THAT(apart, HasSubstr("ga-15w4d"));
  EXPECT_THAT(apart, Not(HasSubstr("pregnancy-cycle-conflict")));
}

TEST(C19, AGestationToldApartIsComparedWithWhatWasSaid) {
  expect_one_state({age, due, lmp});
  expect_one_state({age, lmp});
  for (const Rows& rows : {Rows{age, other_age}, Rows{due, other_due}}) {
    for_each_split(rows, [](const std::string& several, unsigned chosen) {
      EXPECT_THAT(several, HasSubstr("gestation-conflict")) << chosen;
      EXPECT_THAT(several, HasSubstr("\"conflicting\"")) << chosen;
    });
  }
  EXPECT_THAT(state({told({age}, "200"), told({other_age}, "201")}), HasSubstr("ga-12w0d"))
      << "the newest that speaks of it decides (T3)";
}

TEST(C19, APeriodTooLongAgoForACycleCountsOnceAPregnancyIsTold) {
  expect_one_state({long_ago, age});
  expect_one_state({long_ago, pregnant, age});
  const std::string apart = state({told({long_ago}, "200"), told({age}, "201")});
  EXPECT_THAT(apart, HasSubstr("2024-12-03"));
  EXPECT_THAT(apart, Not(HasSubstr("cycle-day-implausible")));
}

TEST(C20, ADayAndAPregnancyToldApartAreAConflictWhicheverComesFirst) {
  for_each_split({day_21, age}, [](const std::string& several, unsigned chosen) {
    EXPECT_THAT(several, HasSubstr("pregnancy-cycle-conflict")) << chosen;
    EXPECT_THAT(several, Not(HasSubstr("cd-21"))) << chosen;
  });
}

TEST(C14, DaysToldApartThatDisagreeAreAConflict) {
  for_each_split({day_21, patients_day}, [](const std::string& several, unsigned chosen) {
    EXPECT_THAT(several, HasSubstr("cycle-day-conflict")) << chosen;
  });
  EXPECT_THAT(state({told({day_21}, "200"), told({patients_day}, "201")}), HasSubstr("cd-12"))
      << "the newest that speaks of it decides (T3)";
}

TEST(C4, ATextOfAnUpdateGivesWayToACodedDayOfTheFirstMessage) {
  const std::string text = "cycle day 12";
  const std::string one = state({told({day_21}, "200", text)});
  EXPECT_THAT(one, HasSubstr("cd-21"));
  EXPECT_EQ(state({told({day_21}, "200"), told({}, "201", text)}), one);
  EXPECT_EQ(state({told({}, "200", text), told({day_21}, "201")}), one);
  EXPECT_THAT(state({told({}, "200", "cycle day 14"), told({}, "201", text)}), HasSubstr("cd-12"))
      << "of two texts the newest";
  EXPECT_THAT(state({told({}, "200", text), told({type}, "201")}), HasSubstr("cd-12"));
}

TEST(T3, AnAnswerToldBeforeItsResultCounts) {
  const std::string alone =
      "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\nOBX|1|" + lmp.text + "||||||F\n";
  EXPECT_THAT(state({told({lmp}, "200")}), HasSubstr("cd-21"));
  Ledger ledger;
  ledger.take(tests::convert(message(alone)).conversion.resources, 0);
  const auto made = tests::convert(told({}, "201"));
  ledger.take(made.conversion.resources, 0);
  EXPECT_EQ(
      context(ledger.at("Observation", first(made, "8112-5")["id"].text()), "day", "valueInteger"),
      "21");
}

TEST(T3, AnAnswerTakenBackWithoutItsResultSaysNothingOfItAnyMore) {
  Ledger ledger;
  std::string id;
  const std::string order = "OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n";
  for (const std::string& text :
       {told({lmp, type}, "200"), message(order + "OBX|1|" + lmp.text + "||||||W\n"),
        told({}, "202")}) {
    const auto made = tests::convert(text);
    ledger.take(made.conversion.resources, 0);
    for (const Json* result : made.observations("8112-5")) id = (*result)["id"].text();
  }
  const Json result = ledger.at("Observation", id);
  EXPECT_EQ(context(result, "anchorDate", "valueDate"), "");
  EXPECT_EQ(context(result, "cycleType", "valueCode"), "medicated");
}

TEST(C3, AnAnswerOfASpecimenIsToldOfThatAlone) {
  const auto told_of = [](const std::string& row, const std::string& minute) {
    const auto specimen = [](int n) {
      return "SPM|" + std::to_string(n) + "|S" + std::to_string(n) + "||BLDV^Blood^HL70487\n";
    };
    std::string text = message("OBR|1|P1|F1|X^Panel^L|||20250322093000+0100\n" + specimen(1) +
                               "OBX|1|NM|8112-5^NK^LN||14|%|||||F\n" + row + specimen(2) +
                               "OBX|3|NM|9728-7^NK^LN||140|/uL|||||F\n");
    return text.replace(text.find("20250322120000"), 14, "202503221" + minute + "00");
  };
  Ledger ledger;
  ledger.take(
      tests::convert(told_of("OBX|2|" + lmp.text + "||||||F\n", "200")).conversion.resources, 0);
  const auto made = tests::convert(told_of("OBX|2|" + type.text + "||||||F\n", "201"));
  ledger.take(made.conversion.resources, 0);
  const Json of_first = ledger.at("Observation", first(made, "8112-5")["id"].text());
  const Json of_second = ledger.at("Observation", first(made, "9728-7")["id"].text());
  EXPECT_EQ(context(of_first, "day", "valueInteger"), "21");
  EXPECT_EQ(context(of_first, "cycleType", "valueCode"), "medicated");
  EXPECT_EQ(context(of_second, "status", "valueCode"), "unknown");
}

}  // namespace
