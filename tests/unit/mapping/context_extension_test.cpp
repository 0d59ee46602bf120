#include "gateway/mapping/context_extension.hpp"

#include <gtest/gtest.h>

#include "tests/unit/mapping/cycle_support.hpp"

namespace gateway::mapping {
namespace {

std::string written(const CycleContext& context) {
  fhir::JsonWriter writer;
  write_context(writer, context);
  return writer.take();
}

fhir::Json observation(const CycleContext& context) {
  auto json = fhir::parse_json(R"({"resourceType":"Observation","id":"o","meta":{},"extension":[)" +
                               written(context) + "]}");
  EXPECT_TRUE(static_cast<bool>(json));
  return *json;
}

TEST(ContextExtension, IsWrittenInTheOrderOfTheTable) {  // DOMAIN.md §7
  CycleContext c;
  c.status = "known";
  c.day = 22;
  c.derived_day = 25;
  c.phase = "luteal";
  c.phase_source = "anchor";
  c.anchor = "lh-surge";
  c.offset = 8;
  c.lmp_date = "2025-01-11";
  c.cycle_type = "natural";
  c.qualifiers = {"mock"};
  c.source = "aoe-obx";
  c.confidence = "conflicting";
  c.evidence = {"Observation/aoe-day", "OBR-13: mock cycle, LH+8"};
  EXPECT_EQ(
      written(c),
      R"({"url":"https://immunogate.example/fhir/StructureDefinition/cycle-context","extension":[)"
      R"({"url":"status","valueCode":"known"},{"url":"day","valueInteger":22},)"
      R"({"url":"derivedDay","valueInteger":25},{"url":"phase","valueCode":"luteal"},)"
      R"({"url":"phaseSource","valueCode":"anchor"},{"url":"anchor","valueCode":"lh-surge"},)"
      R"({"url":"offset","valueInteger":8},{"url":"lmpDate","valueDate":"2025-01-11"},)"
      R"({"url":"cycleType","valueCode":"natural"},{"url":"qualifier","valueCode":"mock"},)"
      R"({"url":"source","valueCode":"aoe-obx"},{"url":"confidence","valueCode":"conflicting"},)"
      R"({"url":"evidence","valueReference":{"reference":"Observation/aoe-day"}},)"
      R"({"url":"evidence","valueString":"OBR-13: mock cycle, LH+8"}]})");
}

TEST(ContextExtension, IsThereWithStatusAndSourceWhenNothingIsKnown) {  // C16
  EXPECT_EQ(
      written(CycleContext{}),
      R"({"url":"https://immunogate.example/fhir/StructureDefinition/cycle-context","extension":[)"
      R"({"url":"status","valueCode":"unknown"},{"url":"source","valueCode":"none"}]})");
}

TEST(ContextExtension, ReadsBackWhatItWrote) {
  const CycleContext contexts[] = {
      CycleContext{},
      Said().row("cycle-day", "15").row("lmp", "20250302").context(),
      Said().text("HRT mock cycle, P+5 \"quoted\" \\ ü").context(),
      Said("2025-10-03").row("gestational-age", "7w2d").row("lmp", "20250813").context(),
      Said().row("gestational-age", "7", Source::aoe_obx, "", "wk").context(),
      Said().row("lh-plus", "-1").context(),
      Said("2025-03-22").row("stim-day", "20250315").context()};
  for (const CycleContext& context : contexts)
    EXPECT_EQ(read_context(observation(context)), context) << written(context);
}

TEST(ContextExtension, ReadsNothingWhereThereIsNone) {
  EXPECT_EQ(read_context(*fhir::parse_json(R"({"resourceType":"Observation"})")), std::nullopt);
  EXPECT_EQ(read_context(*fhir::parse_json(R"({"extension":[{"url":"other"}]})")), std::nullopt);
  EXPECT_EQ(read_context(fhir::Json()), std::nullopt);
}

TEST(ContextExtension, PassesOverPartsThatAreNotOfTheirType) {
  auto json = fhir::parse_json(
      R"({"extension":[{"url":"https://immunogate.example/fhir/StructureDefinition/cycle-context",)"
      R"("extension":[{"url":"day","valueInteger":"9"},{"url":"offset","valueInteger":1e9},)"
      R"({"url":"derivedDay","valueInteger":99999999999},{"url":"status","valueCode":7},)"
      R"({"url":"later","valueCode":"x"},7,{"url":"evidence"}]}]})");
  ASSERT_TRUE(static_cast<bool>(json));
  EXPECT_EQ(read_context(*json), CycleContext{});
}

TEST(ContextExtension, ReplacesExtensionAndTagsWhereTheyStood) {  // F4, F5
  auto json = fhir::parse_json(
      R"({"meta":{"tag":[{"system":"https://immunogate.example/fhir/CodeSystem/cycle-day","code":"cd-9"},)"
      R"({"system":"https://immunogate.example/fhir/CodeSystem/cycle-phase","code":"luteal"},)"
      R"({"system":"https://immunogate.example/fhir/CodeSystem/sample-type","code":"serum"}]},)"
      R"("extension":[)" +
      written(Said().row("cycle-day", "9").context()) + R"(,{"url":"other","valueCode":"x"}]})");
  ASSERT_TRUE(static_cast<bool>(json));
  const CycleContext lh = Said().row("lh-plus", "0").context();
  replace_context(*json, lh);
  EXPECT_EQ(read_context(*json), lh);
  EXPECT_EQ((*json)["extension"].items().size(), 2u);
  std::string tags;
  for (const fhir::Json& tag : (*json)["meta"]["tag"].items()) tags += tag["code"].text() + " ";
  EXPECT_EQ(tags, "unknown lh-plus-0 periovulatory serum ");
}

}  // namespace
}  // namespace gateway::mapping
