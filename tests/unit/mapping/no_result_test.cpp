#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/revise_elements.hpp"

#include "tests/unit/mapping/laboratory.hpp"

// Words that say there is no result (N9, T4), in a first message and over a value that stands: they
// are an answer, where an empty field is none (T12).
namespace gateway::mapping {
namespace {

using rules::component;
using rules::notes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void expect_none(const fhir::Json& result, const std::string& word, const std::string& said) {
  EXPECT_FALSE(has_element(result, "value")) << said;
  EXPECT_EQ(tests::code_of(result["dataAbsentReason"]), "not-performed") << said;
  EXPECT_THAT(notes(result), Contains(HasSubstr(word))) << said;
  EXPECT_FALSE(has_issue(result, "value-empty-on-update")) << said;
}

TEST(N9, AWordForNoResultTakesTheValueThatStoodWhateverTypeAndStatus) {  // mistake 26
  for (const std::string word : {"QNS", "TNP", "NOT DONE", "CANCELLED"}) {
    for (const char* status : {"F", "C", "A"}) {
      for (const char* type : {"NM", "ST", "TX", "FT", "", "ID", "CWE"}) {
        Laboratory laboratory;
        laboratory.say("OBX|1|NM|8112-5^NK^LN||11.9|%|5-12|N|||F\n");
        const std::string row =
            "OBX|1|" + std::string(type) + "|8112-5^NK^LN||" + word + "|%|5-12||||" + status + "\n";
        laboratory.say(row);
        expect_none(laboratory.result("8112-5"), word, row);
      }
    }
  }
}

TEST(N9, AWordForNoResultTakesTheNumberOfAnAnswerOfContext) {
  Laboratory laboratory;
  const std::string result = "OBX|1|NM|8112-5^NK^LN||11.9|%|||||F\n";
  laboratory.say(result + "OBX|2|NM|107139-8^Day^LN||12||||||F\n");
  laboratory.say(result + "OBX|2|NM|107139-8^Day^LN||QNS||||||C\n");
  expect_none(laboratory.result("107139-8"), "QNS", "day of the cycle");
  EXPECT_TRUE(has_tag(laboratory.result("8112-5"), "cycle-day", "unknown"));
}

TEST(N9, AWordForNoResultTakesOneHalfOfABloodPressure) {
  for (const char* other : {"", "OBX|2|NM|8462-4^Dia^LN||||||||F\n"}) {
    Laboratory laboratory;
    laboratory.say(
        "OBX|1|NM|8480-6^Sys^LN||138|mm[Hg]|||||F\n"
        "OBX|2|NM|8462-4^Dia^LN||88|mm[Hg]|||||F\n");
    laboratory.say("OBX|1|NM|8480-6^Sys^LN||QNS|mm[Hg]|||||C\n" + std::string(other));
    const auto pressure = laboratory.result("85354-9");
    const auto systolic = component(pressure, "8480-6");
    EXPECT_FALSE(has_element(systolic, "value")) << other;
    EXPECT_EQ(tests::code_of(systolic["dataAbsentReason"]), "not-performed") << other;
    EXPECT_EQ(component(pressure, "8462-4")["valueQuantity"]["value"].text(), "88") << other;
    EXPECT_THAT(notes(pressure), ElementsAre("QNS"));
    EXPECT_EQ(has_issue(pressure, "value-empty-on-update"), *other != '\0')
        << "the empty half says nothing (T12)";
  }
}

TEST(T12, BothEmptyHalvesKeepTheirValues) {
  Laboratory laboratory;
  laboratory.say(
      "OBX|1|NM|8480-6^Sys^LN||138|mm[Hg]|||||F\n"
      "OBX|2|NM|8462-4^Dia^LN||88|mm[Hg]|||||F\n");
  for (const char* again : {"OBX|1|NM|8480-6^Sys^LN||||||||C\nOBX|2|NM|8462-4^Dia^LN||||||||C\n",
                            "OBX|1|ST|85354-9^BP^LN||||||||C\n"}) {
    laboratory.say(again);
    const auto pressure = laboratory.result("85354-9");
    EXPECT_EQ(component(pressure, "8480-6")["valueQuantity"]["value"].text(), "138") << again;
    EXPECT_EQ(component(pressure, "8462-4")["valueQuantity"]["value"].text(), "88") << again;
  }
}

TEST(T5, APanelThatIsWithdrawnTakesBothHalvesWithIt) {
  Laboratory laboratory;
  laboratory.say(
      "OBX|1|NM|8480-6^Sys^LN||138|mm[Hg]|||||F\n"
      "OBX|2|NM|8462-4^Dia^LN||88|mm[Hg]|||||F\n");
  laboratory.say("OBX|1|ST|85354-9^BP^LN||||||||W\n");
  EXPECT_EQ(laboratory.result("85354-9")["status"].text(), "entered-in-error");
  EXPECT_FALSE(laboratory.result("85354-9").has("component"));
}

TEST(N9, AWordForNoResultOfAComponentIsNoValueAndANote) {
  const std::string count = "OBX|1|NM|UNKPCT^u^L|1|6.8|%|||||F\n";
  const std::string none = "OBX|2|NM|UNKFLD^f^L|1|QNS||||||C\n";
  for (const auto& [first, second] :
       {std::pair(std::string(), count + none),
        std::pair(count + "OBX|2|NM|UNKFLD^f^L|1|20||||||F\n", count + none),
        std::pair(count + "OBX|2|NM|UNKFLD^f^L|1|20||||||F\n", none)}) {
    Laboratory laboratory;
    if (!first.empty()) laboratory.say(first);
    laboratory.say(second);
    const auto result = laboratory.result("unk-cd56-pct-stroma");
    EXPECT_EQ(result["valueQuantity"]["value"].text(), "6.8");
    const auto fields = component(result, "fields-counted");
    EXPECT_FALSE(has_element(fields, "value")) << second;
    EXPECT_EQ(tests::code_of(fields["dataAbsentReason"]), "not-performed") << second;
    EXPECT_THAT(notes(result), ElementsAre("QNS")) << second;
    EXPECT_THAT(laboratory.issues, Not(Contains(HasSubstr("value-empty")))) << second;
  }
}

}  // namespace
}  // namespace gateway::mapping
