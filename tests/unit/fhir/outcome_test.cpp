#include "gateway/fhir/outcome.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"

namespace gateway::fhir {
namespace {

using base::ErrorKind;

TEST(OperationOutcome, CarriesCodeTextRemedyAndPlaceOfAParameter) {
  EXPECT_EQ(operation_outcome(base::Error{ErrorKind::unsupported,
                                          "search-unknown-parameter this is no parameter",
                                          "http.cycle-dai", "perhaps cycle-day"}),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",)"
            R"("code":"not-supported","details":{"coding":[{"system":)"
            R"("https://immunogate.example/fhir/CodeSystem/gateway-error",)"
            R"("code":"search-unknown-parameter"}],"text":"this is no parameter"},)"
            R"("diagnostics":"perhaps cycle-day","location":["http.cycle-dai"]}]})");
}

TEST(OperationOutcome, PutsABodyPathIntoExpression) {
  const auto outcome = *parse_json(operation_outcome(
      base::Error{ErrorKind::malformed, "invalid-resource null", "Bundle.entry[4].resource", ""}));
  const Json& issue = outcome["issue"].items().at(0);
  EXPECT_EQ(issue["code"].text(), "structure");
  EXPECT_EQ(issue["expression"].items().at(0).text(), "Bundle.entry[4].resource");
  EXPECT_FALSE(issue.has("location"));
  EXPECT_FALSE(issue.has("diagnostics"));
}

TEST(OperationOutcome, NamesBrokenJsonWithLineAndColumn) {
  const auto broken = parse_json("{\n \"a\" 1}");
  EXPECT_EQ(error_code(broken.error()), "json-malformed");
  const OutcomeIssue issue = issue_of(broken.error());
  EXPECT_EQ(issue.text, "a colon is missing behind a member name (line 2, column 6)");
  EXPECT_EQ(issue.expression, "");
  EXPECT_EQ(error_code(parse_json(std::string(70, '[')).error()), "json-too-deep");
}

TEST(OperationOutcome, AnErrorWithoutACodeGetsItsIssueTypeByItsKind) {
  const std::pair<ErrorKind, const char*> rows[] = {
      {ErrorKind::malformed, "invalid"},         {ErrorKind::not_found, "not-found"},
      {ErrorKind::unsupported, "not-supported"}, {ErrorKind::forbidden, "forbidden"},
      {ErrorKind::too_large, "too-long"},        {ErrorKind::conflict, "conflict"},
      {ErrorKind::unavailable, "transient"},     {ErrorKind::unknown, "incomplete"},
      {ErrorKind::configuration, "exception"}};
  for (const auto& [kind, code] : rows) {
    const OutcomeIssue issue = issue_of({kind, "something is so", "", ""});
    EXPECT_EQ(issue.code, code);
    EXPECT_EQ(issue.error_code, "");
    EXPECT_EQ(issue.text, "something is so");
  }
}

TEST(OperationOutcome, AlwaysHasAnIssue) {
  EXPECT_EQ(operation_outcome(std::vector<OutcomeIssue>{}),
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"information",)"
            R"("code":"informational"}]})");
}

}  // namespace
}  // namespace gateway::fhir
