#include "gateway/fhir/search/export.hpp"

#include <gmock/gmock.h>

namespace gateway::fhir::search {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

ExportQuery read(std::string_view query, ExportOf of = ExportOf::everything) {
  auto read = parse_export(query, of, false);
  EXPECT_TRUE(read) << read.error().text();
  return read ? *read : ExportQuery{};
}

std::string refusal(std::string_view query, ExportOf of = ExportOf::everything) {
  const auto read = parse_export(query, of, false);
  return read ? "" : read.error().what.substr(0, read.error().what.find(' '));
}

TEST(ExportQuery, WithoutTypesEverythingOfTheLevelIsMeant) {
  EXPECT_THAT(read("").types, testing::Contains("Practitioner"));
  EXPECT_THAT(read("", ExportOf::patients).types, testing::Not(testing::Contains("Practitioner")));
  EXPECT_FALSE(read("").names_types);
}

TEST(ExportQuery, TypesStandBehindCommasOrAgain) {
  EXPECT_THAT(read("_type=Observation,Patient&_type=Patient,Specimen").types,
              ElementsAre("Observation", "Patient", "Specimen"));
  EXPECT_EQ(refusal("_type=Condition"), "search-bad-value");
  EXPECT_EQ(refusal("_type=Practitioner", ExportOf::patients), "search-bad-value");
  EXPECT_EQ(refusal("_type="), "search-bad-value");
}

TEST(ExportQuery, ACommaEndsAFilterOnlyBeforeAnother) {
  const auto asked = read(
      "_typeFilter=Observation%3Fcode%3Da%2Cb%26status%3Dfinal%2CSpecimen%3Ftype%3Dx"
      "&_typeFilter=Observation%3Fcode%3Dc");
  EXPECT_THAT(asked.filters,
              ElementsAre(Pair("Observation", "code=a,b&status=final"), Pair("Specimen", "type=x"),
                          Pair("Observation", "code=c")));
  EXPECT_EQ(refusal("_typeFilter=Observation"), "search-bad-value");
  EXPECT_EQ(refusal("_type=Patient&_typeFilter=Observation%3Fcode%3Da"), "search-bad-value");
}

TEST(ExportQuery, ElementsAreOfATypeOrOfAll) {
  const auto asked = read("_elements=Observation.code,status");
  EXPECT_THAT(excerpt_for(asked, "Observation").names, ElementsAre("code", "status"));
  EXPECT_THAT(excerpt_for(asked, "Specimen").names, ElementsAre("status"));
  EXPECT_EQ(excerpt_for(read(""), "Specimen").form, Excerpt::Form::whole);
  EXPECT_EQ(refusal("_elements=Observation.code.text"), "search-bad-value");
}

TEST(ExportQuery, PatientsAreNamedOnlyWhereItIsAboutPatients) {
  EXPECT_THAT(read("patient=Patient/a,b&patient=a", ExportOf::patients).patients,
              ElementsAre("a", "b"));
  EXPECT_EQ(refusal("patient=a"), "search-unknown-parameter");
  EXPECT_EQ(refusal("patient=Group/a", ExportOf::patients), "search-bad-value");
  std::string many = "patient=p0";
  for (int i = 1; i < 1000; ++i) many += ",p" + std::to_string(i);
  EXPECT_EQ(refusal(many, ExportOf::patients), "");
  EXPECT_EQ(refusal(many + ",p1000", ExportOf::patients), "search-too-costly");
}

TEST(ExportQuery, InstantsNeedTheirOffsetAndAreSaidOnce) {
  EXPECT_EQ(read("_since=2025-03-24T10:00:00Z").since, "2025-03-24T10:00:00Z");
  EXPECT_EQ(refusal("_since=2025-03-24"), "search-bad-value");
  EXPECT_EQ(refusal("_until=2025-03-24T10:00:00Z&_until=2025-03-24T10:00:00Z"),
            "duplicate-control");
}

TEST(ExportQuery, WhatIsNotServedIsRefusedOrLeftOutByName) {
  EXPECT_EQ(refusal("includeAssociatedData=x"), "search-unknown-parameter");
  const auto lenient =
      parse_export("includeAssociatedData=x&_type=Condition,Patient", ExportOf::everything, true);
  ASSERT_TRUE(lenient);
  EXPECT_THAT(lenient->ignored, ElementsAre("includeAssociatedData", "_type"));
  EXPECT_THAT(lenient->types, ElementsAre("Patient"));
}

TEST(ExportQuery, TheFormatIsNdjsonHoweverItIsSpelled) {
  for (const auto* format :
       {"application/fhir%2Bndjson", "application/fhir+ndjson", "application/ndjson", "ndjson"})
    EXPECT_EQ(refusal(std::string("_outputFormat=") + format), "") << format;
  EXPECT_EQ(refusal("_outputFormat=application/json"), "search-bad-value");
}

}  // namespace
}  // namespace gateway::fhir::search
