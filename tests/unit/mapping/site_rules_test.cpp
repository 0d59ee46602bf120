// Site conventions: what a rule may be (E3, E4, W4) and what it looks at.
#include "tests/support/site_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/follow_up.hpp"
#include "gateway/mapping/site_rule_words.hpp"

#include "tests/support/conversions.hpp"

namespace gateway::mapping {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::compiled_with_rules;

const std::string nk = "blood-nk-percent";

/// The problems of the shipped NK rule with these keys over its own.
std::vector<MappingProblem> problems_of(std::string_view keys, const std::string& name = nk) {
  return compiled_with_rules({{name, tests::rule_with(name, keys)}}).problems;
}

std::uint32_t line_of(const std::string& text, std::string_view piece) {
  const auto at = text.find(piece);
  return static_cast<std::uint32_t>(
             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
         1;
}

TEST(E3, ShippedConventionsAreOffCarryACautionAndTheirTablesHold) {
  const auto* catalogue = tests::shipped_catalogue();
  ASSERT_NE(catalogue, nullptr) << "a table of a shipped rule does not hold";
  ASSERT_THAT(catalogue->rules(), SizeIs(5));
  for (const SiteRule& rule : catalogue->rules()) {
    EXPECT_FALSE(rule.enabled) << rule.name;
    EXPECT_FALSE(rule.caution.empty()) << rule.name;
    EXPECT_EQ(rule.site, "") << "nobody answers for it yet: " << rule.name;
    EXPECT_GE(rule.examples.size(), 10u) << rule.name;
  }
  EXPECT_THAT(catalogue->watched_rules(), IsEmpty());
}

TEST(E3, NothingIsAskedForWhereNoRuleIsOn) {
  const auto made = tests::convert(
      tests::read_file(tests::source_dir() / "tests" / "samples" / "01-us-loinc-blood-nk.hl7"));
  EXPECT_THAT(follow_up_keys(*tests::shipped_catalogue(), made.conversion), IsEmpty());
  const auto on = tests::catalogue_with({nk});
  EXPECT_THAT(follow_up_keys(*on, made.conversion), SizeIs(3))
      << "one a result, none a context row";
}

TEST(E3, ARuleChangesNoResultAndNothingThatIsForwarded) {
  const std::string sample =
      tests::read_file(tests::source_dir() / "tests" / "samples" / "01-us-loinc-blood-nk.hl7");
  const auto without = tests::convert(sample);
  const auto with = tests::convert(sample, tests::catalogue_with({nk}).get());
  ASSERT_EQ(with.conversion.resources.size(), without.conversion.resources.size());
  for (std::size_t i = 0; i < with.conversion.resources.size(); ++i)
    EXPECT_EQ(with.conversion.resources[i].body, without.conversion.resources[i].body);
}

struct Fault {
  const char* keys;
  const char* at;  // what stands in the line of the problem
  const char* text;
  const char* remedy;
};

class E4 : public testing::TestWithParam<Fault> {};

TEST_P(E4, WhatNoRuleMayBeIsAConfigurationErrorWithPlaceAndRemedy) {
  const auto& fault = GetParam();
  const std::string text = tests::rule_with(nk, fault.keys);
  const auto compiled = compiled_with_rules({{nk, text}});
  EXPECT_EQ(compiled.catalogue, nullptr);
  ASSERT_THAT(compiled.problems, SizeIs(1));
  const MappingProblem& problem = compiled.problems.front();
  EXPECT_EQ(problem.path, "rules/" + nk + ".json");
  EXPECT_EQ(problem.line, fault.at[0] == '\0' ? 0 : line_of(text, fault.at));
  EXPECT_THAT(problem.text, HasSubstr(fault.text));
  EXPECT_THAT(problem.remedy, HasSubstr(fault.remedy));
}

INSTANTIATE_TEST_SUITE_P(
    Samples, E4,
    testing::Values(Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["endometrium"]}})",
                          "\"sample_types\"", "no rule may look at endometrium", "only blood"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["menstrual-blood"]}})",
                          "\"sample_types\"", "no rule may look at menstrual-blood", "only blood"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["cord-blood"]}})",
                          "\"sample_types\"", "no rule may look at cord-blood", "only blood"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["unknown"]}})",
                          "\"sample_types\"", "no rule may look at unknown", "only blood"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["urine"]}})",
                          "\"sample_types\"", "never has the sample type urine", "correct"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["periferal-blood"]}})",
                          "\"sample_types\"", "is no sample type",
                          "did you mean peripheral-blood?"},
                    Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12"}})", "",
                          "when.sample_types is missing", "name the sample types"}));

INSTANTIATE_TEST_SUITE_P(
    Codes, E4,
    testing::Values(
        Fault{R"({"when": {"code": "RIO|unk-cd56-pct-stroma", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "measured on tissue", "blood, urine or a vital sign"},
        Fault{R"({"when": {"code": "RIO|ce-cd138-per-hpf", "unit": "/[HPF]", "value": ">1",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "measured on tissue", "blood"},
        Fault{R"({"when": {"code": "RIO|result-code-withheld", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "stands in for a withheld code", "a measurement"},
        Fault{R"({"when": {"code": "RIO|nk-unspecified-method-tissue", "unit": "%",
                           "value": ">12", "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "stands in for a withheld code", "a measurement"},
        Fault{R"({"when": {"code": "loinc|8665-2", "answers": ["x"],
                           "sample_types": ["not-a-specimen"]}})",
              "\"code\"", "no result", "a measurement"},
        Fault{R"({"when": {"code": "RIO|et-ratio", "unit": "{ratio}", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "no result", "a measurement"},
        Fault{R"({"when": {"code": "loinc|8112-6", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "wrong check digit", "did you mean 8112-5?"},
        Fault{R"({"when": {"code": "RIO|pnk-cd69-pc", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "is not in codes/targets.csv", "did you mean pnk-cd69-pct?"},
        Fault{R"({"when": {"code": "local|NKP", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"code\"", "no system of targets", "loinc or RIO"}));

INSTANTIATE_TEST_SUITE_P(
    Values, E4,
    testing::Values(
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "/uL", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"unit\"", "does not measure", "usual are: %"},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "percent", "value": ">12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"unit\"", "is no UCUM code", "case-sensitive"},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": "12",
                           "sample_types": ["peripheral-blood"]}})",
              "\"value\"", "12 is no limit", "\">12\""},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12,5",
                           "sample_types": ["peripheral-blood"]}})",
              "\"value\"", "is no limit", "\">12\""},
        Fault{R"({"when": {"code": "loinc|8112-5", "answers": ["1+"],
                           "sample_types": ["peripheral-blood"]}})",
              "\"answers\"", "answered with a number", "when.value"},
        Fault{R"({"when": {"code": "loinc|20454-5", "unit": "mg/dL", "value": ">30",
                           "sample_types": ["urine"]}})",
              "\"value\"", "has no number", "when.answers"},
        Fault{R"({"when": {"code": "loinc|8112-5", "sample_types": ["peripheral-blood"]}})",
              "\"when\"", "exactly one of", "keep one"},
        Fault{R"({"every_days": 28, "when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"], "cycle_status": "pregnant"}})",
              "\"when\"", "exactly one of", "keep one"},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"], "cycle_status": "pregnent"}})",
              "\"cycle_status\"", "is no cycle-status", "did you mean pregnant?"},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"], "cycle_status": "unknown"}})",
              "\"cycle_status\"", "says no status", "pregnant"},
        Fault{R"({"when": {"code": "loinc|8112-5", "unit": "%", "value": ">12",
                           "sample_types": ["peripheral-blood"], "monitoring": "steroids"}})",
              "\"monitoring\"", "is no monitoring", "did you mean steroid?"}));

INSTANTIATE_TEST_SUITE_P(
    Signatures, E4,
    testing::Values(
        Fault{R"({"caution": ""})", "\"caution\"", "caution is missing", "caution"},
        Fault{R"({"text": ""})", "\"text\"", "text is missing", "text"},
        Fault{R"({"version": ""})", "\"version\"", "version is missing", "version"},
        Fault{R"({"date": "28.11.2026"})", "\"date\"", "this is no date", "2025-03-22"},
        Fault{R"({"enabled": true, "author": "Dr. Example"})", "\"site\"", "site is empty",
              "who answers"},
        Fault{R"({"enabled": true, "site": "Clinic A"})", "\"author\"", "author is empty",
              "who answers"},
        Fault{R"({"enabled": "yes"})", "\"enabled\"", "neither true nor false", "without quotes"},
        Fault{R"({"off_since": "2026-11-20", "enabled": true, "site": "A", "author": "B"})",
              "\"off_since\"", "on and off", "keep"},
        Fault{R"({"off_since": "2026-11-20", "author": "B"})", "\"site\"", "site is empty",
              "who answers"},
        Fault{R"({"authr": "x"})", "\"authr\"", "unknown key authr", "did you mean author?"}));

TEST(E4, AnEmptyTableOrAOneSidedOneIsAProblem) {
  EXPECT_THAT(problems_of(R"({"examples": []})").at(0).text, HasSubstr("no row that expects"));
  EXPECT_THAT(problems_of(R"({"examples": [{"value": "14", "expect": "follow-up"}]})").at(0).text,
              HasSubstr("no row that expects none"));
}

TEST(E4, ARowThatDoesNotHoldIsSaidWithItsNumberAndLine) {
  const std::string text =
      tests::rule_with(nk, R"({"examples": [{"value": "14", "expect": "follow-up"},
                           {"value": "11", "expect": "follow-up"}, {"value": "1", "expect": "none"}]})");
  const auto problems = compiled_with_rules({{nk, text}}).problems;
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].text, "examples row 2 expects follow-up, the rule gives none");
  EXPECT_EQ(problems[0].line, line_of(text, "\"11\"") - 1) << "where the row begins";
  const auto due = problems_of(
      R"({"examples": [{"collected": "2025-10-03", "expect": "follow-up", "due": "2025-11-01"},
                       {"expect": "none"}]})",
      "next-immune-sample");
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].text, "examples row 1 expects 2025-11-01, the rule gives 2025-10-31");
}

TEST(E4, TheVersionOfTheMappingsKnowsItsRules) {
  EXPECT_NE(tests::catalogue_with({nk})->version(), tests::shipped_catalogue()->version());
}

TEST(W4, NoTextOfARuleJudgesOrMentionsTreatment) {
  for (const char* word : {"high", "abnormal", "Elevated", "red", "treatment", "IVIg", "steroids"})
    EXPECT_FALSE(refused_word(std::string("NK ") + word + ": look again").empty()) << word;
  for (const char* text : {"Highland clinic", "below 3.5 mmol/L", "reduction", "look again"})
    EXPECT_EQ(refused_word(text), "") << text;
  EXPECT_THAT(problems_of(R"({"text": "NK is high"})").at(0).text,
              HasSubstr("never says \"high\""));
  EXPECT_THAT(problems_of(R"({"caution": "Consider Intralipid."})").at(0).text,
              HasSubstr("never says \"intralipid\""));
  const auto named = compiled_with_rules({{"nk-high", tests::rule_with(nk, "{}")}});
  ASSERT_THAT(named.problems, SizeIs(1)) << "the name of the file stands on the entry as well";
}

/// What the rule makes of the results of a message.
Meets met(const std::string& rule_name, const std::string& message, std::string_view code) {
  const auto catalogue = tests::catalogue_with({rule_name});
  const auto made = tests::convert(message, catalogue.get());
  Meets out = Meets::no;
  for (const auto& resource : made.conversion.resources) {
    if (!resource.result || resource.result->is_context) continue;
    if (resource.body.find(code) == std::string::npos) continue;
    const Meets one =
        meets(*catalogue->watched_rules().at(0), seen_result(*fhir::JsonView::read(resource.body)));
    if (one == Meets::yes) out = one;
  }
  return out;
}

std::string sample(std::string_view number) {
  for (const auto& file :
       std::filesystem::directory_iterator(tests::source_dir() / "tests" / "samples"))
    if (file.path().filename().string().starts_with(number)) return tests::read_file(file.path());
  return "";
}

std::string replaced(std::string text, std::string_view piece, std::string_view by) {
  const auto at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return text.replace(at, piece.size(), by);
}

TEST(W3, RealResultsAreSeenByExactCodeUnitAndSample) {
  EXPECT_EQ(met(nk, sample("01"), "8112-5"), Meets::yes);
  EXPECT_EQ(met(nk, sample("11"), "8112-5"), Meets::no) << "9.4 %";
  // The same blood code on a biopsy: withheld, and no rule looks at tissue.
  const std::string biopsy = replaced(sample("01"), "122555007^Venous blood specimen^SCT",
                                      "122704003^Specimen from endometrium^SCT");
  EXPECT_EQ(met(nk, biopsy, "14.2"), Meets::no);
  EXPECT_EQ(met(nk, replaced(sample("01"), "|14.2|", "|>13|"), "8112-5"), Meets::yes);
  EXPECT_EQ(met(nk, replaced(sample("01"), "|14.2|", "|<13|"), "8112-5"), Meets::no);
  EXPECT_EQ(met(nk, replaced(sample("01"), "%^percent^UCUM", ""), "8112-5"), Meets::no)
      << "a number without a unit is in no unit";
  EXPECT_EQ(met(nk, replaced(sample("01"), "|14.2|", "|12.00000000000000000001|"), "8112-5"),
            Meets::yes)
      << "compared as a decimal";
}

TEST(W3, AGradeIsItsExactWordWhateverItsType) {
  const std::string strip = "urine-protein-pregnant";
  const std::string pregnant =
      "\rOBX|3|CWE|82810-3^Pregnancy status^LN||LA15173-0^Pregnant^LN||||||F";
  std::string message = replaced(sample("12"), "\rSPM|2", pregnant + "\rSPM|2");
  EXPECT_EQ(met(strip, message, "20454-5"), Meets::yes);
  EXPECT_EQ(met(strip, sample("12"), "20454-5"), Meets::no) << "nothing says that she is pregnant";
  message = replaced(message, "|ST|20454-5", "|CWE|20454-5");
  EXPECT_EQ(met(strip, replaced(message, "||1+||", "||2+^2+^L||"), "20454-5"), Meets::yes);
  EXPECT_EQ(met(strip, replaced(message, "||1+||", "||2+||"), "20454-5"), Meets::yes);
  EXPECT_EQ(met(strip, replaced(message, "||1+||", "||TR^trace^L||"), "20454-5"), Meets::no);
}

TEST(W3, HalvesOfABloodPressureAreSeenUnderTheirOwnCode) {
  const std::string rule = R"({"version": "1", "enabled": true, "site": "A", "author": "B",
    "date": "2026-11-28", "text": "Systolic of 135 or more", "caution": "One reading.",
    "when": {"code": "loinc|8480-6", "unit": "mm[Hg]", "value": ">=135",
             "sample_types": ["not-a-specimen"]},
    "examples": [{"value": "138", "expect": "follow-up"}, {"value": "88", "expect": "none"}]})";
  const auto compiled = compiled_with_rules({{"systolic", rule}});
  ASSERT_NE(compiled.catalogue, nullptr) << compiled.problems.at(0).text;
  const auto made = tests::convert(sample("12"), compiled.catalogue.get());
  const auto* pressure = made.observations("85354-9").at(0);
  EXPECT_EQ(meets(*compiled.catalogue->watched_rules().at(0),
                  seen_result(*fhir::JsonView::read(pressure->write()))),
            Meets::yes);
}

}  // namespace
}  // namespace gateway::mapping
