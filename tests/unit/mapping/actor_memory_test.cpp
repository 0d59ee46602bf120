#include "gateway/mapping/actor_memory.hpp"

#include <future>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/mapping/rules_support.hpp"

// Persons are remembered from message to message: nothing that a message becomes may show it.
namespace gateway::mapping {
namespace {

/// All that a conversion says: resources, issues, and the loss account with every landing.
std::string told(const std::string& text) {
  const auto made = tests::convert(text);
  const auto& conversion = made.conversion;
  std::string all;
  for (const auto& resource : conversion.resources) all += resource.body + '\n';
  for (const auto& issue : conversion.issues)
    all += issue.code + ' ' + issue.where + ' ' + issue.resource + '\n';
  for (const auto& leaf : conversion.account.leaves)
    all += std::to_string(static_cast<int>(leaf.fate)) + ' ' + to_text(leaf.reason) + ' ' +
           std::to_string(leaf.of) + '\n';
  for (const auto& landing : conversion.account.landings)
    all += std::to_string(landing.leaf) + ' ' + std::to_string(landing.resource) + ' ' +
           conversion.account.text_of(landing.path) + '\n';
  return all;
}

/// By a thread that has converted nothing before, behind `before`.
std::string told_behind(const std::string& before, const std::string& text) {
  return std::async(std::launch::async,
                    [&] {
                      if (!before.empty()) (void)told(before);
                      return told(text);
                    })
      .get();
}

std::string row(int number, const std::string& observers) {
  return "OBX|" + std::to_string(number) + "|NM|8112-5^NK^LN||14.2|%|||||F|||20250322093000||" +
         observers + "\n";
}

const std::string persons[] = {
    "TECH0^DOE",
    "9001^Demir^Selin^A^Jr^Dr^MD^^CLINIC&2.16.840.1.113883.3.1&ISO^L^4^M10^NPI^NORTH&1.2.3&ISO",
    "^Meyer^Anna^Maria Luise",
    "7^\"\"^Eve",
    "8^ ^Eve",
    "9^Two  Blanks^Eve",
    "10^Esc\\T\\ape^Eve",
    "^^^^^^^^^^^^^^^^^^^^MD",
    "TECH0^DOE~TECH1^ROE~TECH0^DOE",
    "TECH0^OTHER NAME",
};

TEST(ActorMemory, APersonNamedBeforeIsWrittenAndAccountedForAsTheFirstTime) {
  for (const auto& person : persons) {
    const auto text = rules::message(rules::obr + row(1, person) + row(2, person));
    EXPECT_EQ(told_behind(text, text), told_behind("", text)) << person;
  }
}

TEST(ActorMemory, WhereItStandsInAnotherMessageDecidesWhereItsLeavesLand) {
  for (const auto& person : persons) {
    const auto before = rules::message(rules::obr + row(1, person));
    const auto text = rules::message("PV1|1|O|||||" + person + "\n" + rules::obr +
                                     row(1, "TECH5^X") + row(2, "TECH5^X~" + person));
    EXPECT_EQ(told_behind(before, text), told_behind("", text)) << person;
  }
}

TEST(ActorMemory, TheSameTextOfAnotherSenderIsAnotherPerson) {
  const auto of = [](const std::string& sender) {
    auto text = rules::message(rules::obr + row(1, "TECH0^DOE"));
    return text.replace(text.find("LABX"), 4, sender);
  };
  EXPECT_EQ(told_behind(of("LABX"), of("LABY")), told_behind("", of("LABY")));
}

TEST(ActorMemory, OtherDelimitersCutTheSameTextElsewhere) {
  const auto text = rules::message(rules::obr + row(1, "TECH0^DOE&SUB"));
  auto other = text;
  for (char& c : other) c = c == '^' ? '&' : c == '&' ? '^' : c;
  EXPECT_EQ(told_behind(text, other), told_behind("", other));
}

}  // namespace
}  // namespace gateway::mapping
