#include "gateway/mapping/explanation.hpp"

#include <gmock/gmock.h>

#include "gateway/fhir/canonical.hpp"

#include "tests/support/conversions.hpp"

namespace gateway::mapping {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view head =
    "MSH|^~\\&|LAB|NORTH|FHIRGW|CLINIC|20250324101500-0500||ORU^R01^ORU_R01|M1|P|2.5.1\n"
    "PID|1||P1^^^CLINIC^MR||Doe^Jane||19890412|F\n";

struct Explained {
  tests::Converted converted;
  Explanation explanation;

  std::vector<std::string> sources(std::string_view path) const {
    std::vector<std::string> places;
    for (const auto& element : explanation.elements)
      if (element.path == path)
        for (const auto leaf : element.sources)
          places.push_back(converted.message.address(converted.message.leaves()[leaf]));
    return places;
  }
  const ExplainedElement* element(std::string_view path) const {
    for (const auto& element : explanation.elements)
      if (element.path == path) return &element;
    return nullptr;
  }
};

/// Of the first Observation of the message with that code.
Explained explained(const std::string& segments, std::string_view code) {
  auto converted = tests::try_convert(std::string(head) + segments);
  EXPECT_TRUE(converted) << converted.error().text();
  const auto* observation = converted->observations(code).at(0);
  const fhir::ResourceKey key{"Observation", (*observation)["id"].text()};
  auto explanation = explain(converted->message, converted->conversion, key, observation->write());
  return {*std::move(converted), std::move(explanation)};
}

std::string extension(std::string_view name) {
  return "extension('" + fhir::canonical::extension(name) + "')";
}

TEST(Explanation, EveryFieldIsEitherOfThisResourceOrAmongTheOthers) {
  const auto all = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500\n"
      "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\nOBX|2|NM|9728-7^NK^LN||298|/uL|||||F\n",
      "8112-5");
  EXPECT_THAT(all.sources("valueQuantity.value"), ElementsAre("OBX[1]-5"));
  EXPECT_THAT(all.sources("effectiveDateTime"), ElementsAre("OBR-7"));
  std::vector<bool> seen(all.converted.message.leaves().size());
  for (const auto& element : all.explanation.elements)
    for (const auto leaf : element.sources) seen[leaf] = true;
  for (const auto leaf : all.explanation.others) {
    EXPECT_FALSE(seen[leaf]);
    seen[leaf] = true;
  }
  EXPECT_THAT(seen, testing::Each(true));
}

TEST(Explanation, ADerivedDayRestsOnTheLastPeriodAndTheCollection) {
  const auto day = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500\n"
      "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n"
      "OBX|2|DT|8665-2^LMP^LN||20250302||||||F\n",
      "8112-5");
  EXPECT_THAT(day.sources(extension("cycle-context")), ElementsAre("OBX[2]-5", "OBR-7"));
  EXPECT_EQ(day.element(extension("cycle-context"))->rule, "C8");
}

TEST(Explanation, AStatedDayRestsOnWhatStatesIt) {
  const auto text = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500||||||CD 21\n"
      "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n",
      "8112-5");
  EXPECT_THAT(text.element(extension("cycle-context"))->evidence, ElementsAre("OBR-13: CD 21"));
  EXPECT_EQ(text.element(extension("cycle-context"))->rule, "C21");
  EXPECT_THAT(text.sources(extension("cycle-context")), IsEmpty());
}

TEST(Explanation, ATargetCodeOfTheMapNamesItsRow) {
  const auto mapped = explained(
      "OBR|1|O1|F1|NKP^panel^L|||20250322093000-0500\nOBX|1|NM|NKB^bright^L||5.10|%|||||F\n",
      "pnk-cd56bright-pct-nk");
  const auto* code = mapped.element("code.coding[0].code");
  ASSERT_NE(code, nullptr);
  ASSERT_NE(code->row, nullptr);
  EXPECT_EQ(code->row->code, "NKB");
  EXPECT_THAT(mapped.sources("code.coding[0].code"), ElementsAre("OBX-3.1"));
  const auto sent = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500\nOBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n",
      "8112-5");
  EXPECT_EQ(sent.element("code.coding[0].code")->row, nullptr);
}

TEST(Explanation, TheRowOfTheMapIsTheOneThatTheMappingRead) {
  const auto padded = explained(
      "OBR|1|O1|F1|NKP^panel^L|||20250322093000-0500\nOBX|1|NM|X^x^99Q^NKB ^bright^L||5|%|||||F\n",
      "pnk-cd56bright-pct-nk");
  ASSERT_NE(padded.element("code.coding[0].code"), nullptr);
  EXPECT_EQ(padded.element("code.coding[0].code")->row->code, "NKB");
  EXPECT_THAT(padded.sources("code.coding[0].code"), ElementsAre("OBX-3.4"));
}

TEST(Explanation, TheSampleTypeRestsOnTheSpecimenOrTheCode) {
  const auto specimen = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500\n"
      "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\nSPM|1|S1||BLDV^Blood venous^HL70487\n",
      "8112-5");
  EXPECT_THAT(specimen.sources(extension("sample-type")), testing::Contains("SPM-4.1"));
  EXPECT_EQ(specimen.element(extension("sample-type"))->rule, "S1");
  const auto code = explained(
      "OBR|1|O1|F1|8112-5^NK^LN|||20250322093000-0500\nOBX|1|NM|8112-5^NK^LN||14.2|%|||||F\n",
      "8112-5");
  EXPECT_THAT(code.sources(extension("sample-type")), testing::Contains("OBX-3.1"));
}

}  // namespace
}  // namespace gateway::mapping
