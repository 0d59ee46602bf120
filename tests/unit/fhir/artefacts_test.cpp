#include "gateway/fhir/artefacts.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/terminology.hpp"

namespace gateway::fhir {
namespace {

const Artefacts::Files files = {
    {"c.json",
     R"({"resourceType":"CodeSystem","id":"c","url":"urn:c","content":"complete","concept":[
      {"code":"a","display":"A","concept":[{"code":"b","display":"B"}]},{"code":"d"}]})"},
    {"v.json", R"({"resourceType":"ValueSet","id":"v","url":"urn:v","compose":{"include":[
      {"system":"urn:c","concept":[{"code":"b"}]},
      {"system":"http://loinc.org","concept":[{"code":"8112-5","display":"CD56"}]}]}})"},
    {"w.json", R"({"resourceType":"ValueSet","id":"w","url":"urn:w","compose":{"include":[
      {"system":"urn:c"},{"valueSet":["urn:v"]}]}})"},
    {"x.json", R"({"resourceType":"ValueSet","id":"x","url":"urn:x","compose":{"include":[
      {"system":"http://loinc.org"}]}})"},
    {"y.json", R"({"resourceType":"ValueSet","id":"y","url":"urn:y","compose":{"include":[
      {"valueSet":["urn:y"]}]}})"},
    {"two.json", R"({"resourceType":"ValueSet","id":"two","url":"urn:two","compose":{"include":[
      {"valueSet":["urn:v","urn:w"]}]}})"},
    {"both.json", R"({"resourceType":"ValueSet","id":"both","url":"urn:both","compose":{"include":[
      {"system":"urn:c","valueSet":["urn:v"]}]}})"}};

TEST(Artefacts, AreFoundByIdAndByUrlWithoutItsVersion) {
  const auto all = Artefacts::read(files);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->find({"ValueSet", "v"}), all->by_url("urn:v|1.0"));
  EXPECT_EQ(all->find({"CodeSystem", "v"}), nullptr);
  EXPECT_EQ(all->by_url("urn:nobody"), nullptr);
  EXPECT_EQ(all->of("ValueSet").size(), 6U);
}

TEST(Artefacts, AFileThatIsNoneIsRefusedByName) {
  for (const char* text : {"{", R"({"resourceType":"Patient","id":"p"})",
                           R"({"resourceType":"CodeSystem","id":"c","concept":[]})"}) {
    const auto all = Artefacts::read({{"bad.json", text}});
    ASSERT_FALSE(all) << text;
    EXPECT_TRUE(all.error().where.starts_with("bad.json")) << all.error().text();
  }
}

TEST(Terminology, AValueSetHoldsWhatItNamesAndAllOfASystemOfOurs) {
  const auto all = *Artefacts::read(files);
  const auto expanded = [&](const char* id) {
    return expansion(all, all.find({"ValueSet", id})->content);
  };
  const std::vector<Coded> named = {{"urn:c", "b", "B"}, {"http://loinc.org", "8112-5", "CD56"}};
  EXPECT_EQ(expanded("v"), named);
  EXPECT_EQ(expanded("w")->size(), 4U) << "b is of the system and of the other value set";
  for (const char* both : {"two", "both"})
    EXPECT_EQ(expanded(both), std::nullopt) << "what is in both is not worked out here";
  EXPECT_EQ(expanded("x"), std::nullopt) << "nobody holds all of LOINC here";
  EXPECT_EQ(expanded("y"), std::nullopt) << "it never ends";
}

TEST(Terminology, ACodeIsLookedUpInItsSystemElseWhereItIsUsed) {
  const auto all = *Artefacts::read(files);
  EXPECT_EQ((*look_up(all, "urn:c", "b").concept_of)["display"].text(), "B");
  EXPECT_EQ((*look_up(all, "http://loinc.org", "8112-5").concept_of)["display"].text(), "CD56");
  EXPECT_EQ(look_up(all, "urn:c", "z").concept_of, nullptr);
  EXPECT_EQ(look_up(all, "urn:v", "b").concept_of, nullptr) << "a value set is no system";
}

}  // namespace
}  // namespace gateway::fhir
