#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"
#include "tests/unit/mapping/symptoms_support.hpp"

// OBR-29: the order that another grew out of (V2FHIR.md §3.8).
namespace {

using rules::message;
using symptoms::extension;
using symptoms::reference_of;
using symptoms::unmapped;

std::string order(const std::string& placer, const std::string& filler, const std::string& parent) {
  return "OBR|1|" + placer + "|" + filler + "|C" + filler + "^Order^L|||20250322" +
         std::string(22, '|') + parent + "\nOBX|1|ST|A^Alpha^L||v||||||F\n";
}
const gateway::fhir::Json& request(const tests::Converted& made, std::size_t n) {
  return *made.of_type("ServiceRequest").at(n);
}

TEST(Parents, AnOrderIsNamedOnceThoughBothItsNumbersAreSent) {
  const auto made = tests::convert(message(order("P1", "F1", "") + order("P2", "F2", "P1^F1")));
  const auto& based = request(made, 1)["basedOn"].items();
  ASSERT_EQ(based.size(), 1U);
  EXPECT_EQ(based[0]["reference"].text(), reference_of(request(made, 0)));
  EXPECT_EQ((*made.of_type("DiagnosticReport").at(1))["basedOn"].items().size(),
            2U);  // and its own
  EXPECT_EQ(unmapped(made), "");
  const auto away = tests::convert(message(order("P2", "F2", "P1^F1")));
  const auto& named = request(away, 0)["basedOn"].items();
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0]["identifier"]["value"].text(), "F1");
  EXPECT_EQ(extension(request(away, 0), "/parent-order")["valueIdentifier"]["value"].text(), "P1");
}

TEST(Parents, OrdersThatComeBackToThemselvesAreLinkedToNone) {
  const auto made = tests::convert(message(order("", "F1", "^F2") + order("", "F2", "^F3") +
                                           order("", "F3", "^F1") + order("", "F4", "^F3")));
  for (std::size_t n = 0; n < 3; ++n) {
    EXPECT_TRUE(request(made, n)["basedOn"].items().empty());
    EXPECT_TRUE(tests::has_tag(request(made, n), "gateway-issue", "parent-self"));
    EXPECT_TRUE(extension(request(made, n), "/parent-order").is_object());
  }
  EXPECT_EQ(request(made, 3)["basedOn"].items().size(), 1U);
  EXPECT_EQ(unmapped(made), "");
}

TEST(Parents, NoResultIsDerivedFromOneOfItsOwnOrder) {
  const auto made = tests::convert(
      message("OBR|1|P5|F5|S^Susc^99A|||20240301" + std::string(19, '|') + "PEN&Pen&99Z|||P5^F5\n" +
              "OBX|1|NM|PEN^Pen^99Z||4|ug/mL|||||F\nOBX|2|NM|AMX^Amx^99Z||8|ug/mL|||||F\n"));
  for (const auto* result : made.of_type("Observation"))
    EXPECT_TRUE((*result)["derivedFrom"].items().empty());
  EXPECT_TRUE(
      tests::has_tag(symptoms::only(made, "DiagnosticReport"), "gateway-issue", "parent-self"));
  EXPECT_EQ(unmapped(made), "") << "what OBR-26 says stands in v2-field of the report";
}

TEST(Parents, AResultIsDerivedFromOneOfAnotherOrderThoughTheyShareTheNumber) {
  const std::string shared =
      "OBR|1|P5|F5|M^Micro^99A\nOBX|1|ST|ORG^Org^99Z||E coli||||||F\n"
      "OBR|2|P5|F5|S^Susc^99A|||20240301" +
      std::string(19, '|') + "ORG&Org&99Z|||P5^F5\n" + "OBX|1|NM|PEN^Pen^99Z||4|ug/mL|||||F\n";
  const auto made = tests::convert(message(shared));
  const auto& parent = *made.observations("ORG").at(0);
  const auto& child = *made.observations("PEN").at(0);
  EXPECT_EQ(child["derivedFrom"].items().at(0)["reference"].text(), reference_of(parent));
}

}  // namespace
