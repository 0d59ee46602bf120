#include "gateway/fhir/excerpt.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"

namespace gateway::fhir {
namespace {

using Form = Excerpt::Form;

const std::string observation =
    R"({"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"t"}]},)"
    R"("text":{"status":"generated"},"extension":[{"url":"x"}],"status":"final","category":[{}],)"
    R"("code":{"text":"NK"},"subject":{"reference":"Patient/p"},)"
    R"("effectiveDateTime":"2025","_effectiveDateTime":{"id":"e"},"valueQuantity":{"value":5.10},)"
    R"("note":[{"text":"n"}],"specimen":{"reference":"Specimen/s"}})";

std::string names(const std::string& resource) {
  const auto json = parse_json(resource);
  std::string out;
  for (const auto& [name, value] : json->members()) out += (out.empty() ? "" : " ") + name;
  return out;
}
std::string kept(const Excerpt& wanted) {
  return names(excerpt(observation, wanted));
}

TEST(Excerpts, TheWholeIsTheBytesThemselves) {
  EXPECT_EQ(excerpt(observation, {}), observation);
  EXPECT_EQ(excerpt(observation, {Form::all_but, {"issued"}}), observation)
      << "nothing was left out, so nothing is marked";
}

TEST(Excerpts, ASummaryHasWhatTheDefinitionMarks) {
  EXPECT_EQ(kept({Form::summary, {}}),
            "resourceType id meta status code subject effectiveDateTime _effectiveDateTime "
            "valueQuantity");
}

TEST(Excerpts, TextAndData) {
  EXPECT_EQ(kept({Form::text, {}}), "resourceType id meta text status code");
  const auto data = kept({Form::data, {}});
  EXPECT_EQ(data.find("text"), std::string::npos);
  EXPECT_NE(data.find("note"), std::string::npos);
}

TEST(Excerpts, ElementsByNameKeepWhatFhirDemands) {
  EXPECT_EQ(kept({Form::elements, {"specimen"}}), "resourceType id meta status code specimen");
  for (const char* name : {"value", "value[x]", "valueQuantity"})
    EXPECT_EQ(kept({Form::elements, {name}}), "resourceType id meta status code valueQuantity")
        << name;
  const auto without = kept({Form::all_but, {"note", "status", "value"}});
  EXPECT_EQ(without.find("note"), std::string::npos);
  EXPECT_EQ(without.find("valueQuantity"), std::string::npos);
  EXPECT_NE(without.find("status"), std::string::npos);
}

TEST(Excerpts, WhatWasCutIsMarkedAndDigitsStay) {
  const auto json = parse_json(excerpt(observation, {Form::elements, {"value"}}));
  const auto& tags = (*json)["meta"]["tag"].items();
  ASSERT_EQ(tags.size(), 2U);
  EXPECT_EQ(tags[1]["code"].text(), "SUBSETTED");
  EXPECT_EQ((*json)["valueQuantity"]["value"].text(), "5.10");
  const auto untagged = parse_json(excerpt(
      R"({"resourceType":"Patient","id":"p","meta":{},"photo":[{}]})", {Form::summary, {}}));
  EXPECT_EQ((*untagged)["meta"]["tag"].items().size(), 1U);
}

}  // namespace
}  // namespace gateway::fhir
