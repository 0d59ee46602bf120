#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/revise_elements.hpp"

#include "tests/unit/mapping/laboratory.hpp"

// Several answers in one OBX-5 are components under the result's own code (V2FHIR.md §3.9). Over
// what stands they are a value as any other (T2, T3, T10), and rows that join are beside them.
namespace gateway::mapping {
namespace {

using rules::component;
using testing::ElementsAre;

std::string plasma_cells(const std::string& answer, const char* status, const char* type = "CWE") {
  return "OBX|1|" + std::string(type) + "|CD138^c^L|1|" + answer + "||||||" + status + "\n";
}

const std::string two = plasma_cells("POS^Present^L~FEW^Few^L", "F");

/// What the components of the result answer.
std::vector<std::string> answers(const fhir::Json& result) {
  std::vector<std::string> all;
  for (const fhir::Json& part : result["component"].items())
    all.push_back(tests::code_of(part["valueCodeableConcept"]));
  return all;
}

TEST(T2, NoAnswerOfSeveralStaysBesideTheOneThatCorrectsThem) {  // mistake 26
  for (const auto& [answer, type] :
       {std::pair("NEG^Not identified^L", "CWE"), std::pair("Not identified", "ST"),
        std::pair("\"\"", "CWE"), std::pair("A^a^L~B^b^L", "CWE")}) {
    for (const char* status : {"F", "C", "A"}) {
      Laboratory laboratory;
      laboratory.say(two);
      EXPECT_THAT(answers(laboratory.result("ce-cd138")), ElementsAre("POS", "FEW"));
      laboratory.say(plasma_cells(answer, status, type), status);
      const auto result = laboratory.result("ce-cd138");
      if (std::string_view(answer).find('~') == std::string_view::npos)
        EXPECT_FALSE(result.has("component")) << answer << status;
      else
        EXPECT_THAT(answers(result), ElementsAre("A", "B")) << status;
    }
  }
}

TEST(T2, NoAnswerOfSeveralToAQuestionOfContextStaysEither) {
  const std::string question = "OBX|1|CWE|82810-3^P^LN||";
  Laboratory laboratory;
  laboratory.say(question + "77386006^Pregnant^SCT~60001007^Not pregnant^SCT||||||F\n");
  EXPECT_EQ(laboratory.result("82810-3")["component"].items().size(), 2U);
  laboratory.say(question + "60001007^Not pregnant^SCT||||||C\n", "C");
  EXPECT_FALSE(laboratory.result("82810-3").has("component"));
}

TEST(T12, SeveralAnswersStayTogetherWhereTheUpdateIsEmpty) {
  const std::string layer = "OBX|2|CWE|UNKLAYER^c^L|1|BAS^bas^L||||||F\n";
  for (const std::string& more : {std::string(), layer}) {
    Laboratory laboratory;
    laboratory.say(two + more);
    for (const std::string& again : {std::string(), more}) {
      laboratory.say(plasma_cells("", "C") + again, "C");
      const auto result = laboratory.result("ce-cd138");
      EXPECT_THAT(answers(result), testing::IsSupersetOf({"POS", "FEW"})) << more << again;
      EXPECT_EQ(result["component"].items().size(), more.empty() ? 2U : 3U) << more << again;
    }
  }
}

TEST(S14, ARowThatJoinsStandsBesideSeveralAnswers) {
  const auto made = tests::convert(
      rules::message(rules::obr + two + "OBX|2|CWE|UNKLAYER^c^L|1|BAS^b^L||||||F\n"));
  const auto& result = rules::first(made, "ce-cd138");
  EXPECT_THAT(answers(result), ElementsAre("POS", "FEW", "basalis"));
  for (std::size_t k = 0; k < made.conversion.account.leaves.size(); ++k)
    EXPECT_NE(made.conversion.account.leaves[k].fate, Fate::unmapped)
        << made.message.address(made.message.leaves()[k]);
}

TEST(F8, SeveralAnswersOfAComponentAreItsText) {
  const auto made = tests::convert(
      rules::message(rules::obr + "OBX|1|NM|UNKPCT^u^L|1|6.8|%|||||F\n"
                                  "OBX|2|CWE|UNKLAYER^c^L|1|BAS^b^L~STRFUN^s^L||||||F\n"));
  const auto& result = rules::first(made, "unk-cd56-pct-stroma");
  const auto layer = component(result, "endometrial-compartment");
  EXPECT_FALSE(layer.has("component")) << "R4 knows no component of a component";
  EXPECT_EQ(layer["valueString"].text(), "BAS^b^L; STRFUN^s^L");
  EXPECT_TRUE(has_issue(result, "value-repeated"));
}

}  // namespace
}  // namespace gateway::mapping
