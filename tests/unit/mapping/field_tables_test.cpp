#include <set>

#include <gtest/gtest.h>

#include "field_table.hpp"
#include "tests/unit/mapping/mutations.hpp"

// The field tables of V2FHIR.md (§2.4, §3.3–§3.9), row by row: what is sent stands where the table
// says, the loss account leads there, and what goes nowhere has the table's reason.
namespace {

using fields::Expectation;
using fields::Found;
using fields::Json;
using fields::Row;
using gateway::mapping::Fate;
namespace hl7v2 = gateway::hl7v2;

std::filesystem::path folder() {
  return tests::source_dir() / "tests" / "unit" / "mapping" / "fields";
}

std::vector<std::string> tables() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string fate_of(const tests::Converted& converted, std::size_t leaf) {
  const auto& fate = converted.conversion.account.leaves[leaf];
  if (fate.fate == Fate::unmapped) return "unmapped";
  return fate.fate == Fate::mapped ? "mapped" : gateway::mapping::to_text(fate.reason);
}

bool leads_to(const tests::Converted& converted, std::size_t leaf, const Found& found) {
  const auto& account = converted.conversion.account;
  return std::any_of(account.landings.begin(), account.landings.end(), [&](const auto& landing) {
    return landing.leaf == leaf && landing.resource == found.resource &&
           account.text_of(landing.path) == found.path;
  });
}

/// Where the leaves of a row went, for the message of a failure.
std::string told(const tests::Converted& converted, const Row& row) {
  std::string text;
  const auto& account = converted.conversion.account;
  for (const std::size_t leaf : leaves_of(converted, row)) {
    text += "\n    " + converted.message.address(converted.message.leaves()[leaf]) + " " +
            fate_of(converted, leaf);
    for (const auto& landing : account.landings)
      if (landing.leaf == leaf)
        text += " " + converted.conversion.resources[landing.resource].key.type + "." +
                account.text_of(landing.path);
  }
  return text;
}

void check(const tests::Converted& converted, const Row& row, const Expectation& expected) {
  const auto leaves = leaves_of(converted, row, expected.leaf);
  if (leaves.empty()) {
    ADD_FAILURE() << "nothing is sent at " << expected.leaf;
    return;
  }
  if (expected.path.empty()) {
    for (const std::size_t leaf : leaves)
      EXPECT_EQ(fate_of(converted, leaf), expected.fate) << told(converted, row);
    return;
  }
  std::string there;
  bool stands = false, accounted = false;
  for (const Found& found : fields::Finder(converted).find(expected.path)) {
    there += " '" + found.node->text() + "'";
    if (found.node->text() != expected.value) continue;
    stands = true;
    accounted = accounted || std::any_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
                  return leads_to(converted, leaf, found);
                });
  }
  EXPECT_TRUE(stands) << expected.path << " is not '" << expected.value << "' but" << there
                      << told(converted, row);
  if (!stands || !expected.accounted) return;
  EXPECT_TRUE(accounted) << "no leaf leads to " << expected.path << told(converted, row);
}

/// Every leaf has a fate that a line of the table gives it.
void check_rest(const tests::Converted& converted, const Row& row) {
  std::set<std::size_t> unmapped;
  for (const Expectation& expected : row.expected)
    if (expected.fate == "unmapped")
      for (const std::size_t leaf : leaves_of(converted, row, expected.leaf)) unmapped.insert(leaf);
  for (const std::size_t leaf : leaves_of(converted, row)) {
    if (unmapped.contains(leaf)) continue;
    EXPECT_NE(fate_of(converted, leaf), "unmapped") << told(converted, row);
  }
}

/// L2: a path of the account exists in the bundle.
void check_paths(const tests::Converted& converted) {
  const auto& account = converted.conversion.account;
  for (const auto& landing : account.landings) {
    const std::string path = account.text_of(landing.path);
    const auto& resource = converted.resources[landing.resource];
    const auto found = fields::Finder(converted).find(resource["resourceType"].text() + "." + path);
    EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                            [&](const Found& one) { return one.resource == landing.resource; }))
        << resource["resourceType"].text() << "." << path;
  }
}

/// §5.2: a duplicate names a leaf that is mapped.
void check_duplicates(const tests::Converted& converted, const Row& row) {
  for (const std::size_t index : leaves_of(converted, row)) {
    if (fate_of(converted, index) != "duplicate") continue;
    EXPECT_EQ(fate_of(converted, converted.conversion.account.leaves[index].of), "mapped")
        << converted.message.address(converted.message.leaves()[index]);
  }
}

/// L4: a mapped leaf that is taken away changes the output (mutations.hpp).
void check_mutations(const tests::Converted& converted, const Row& row) {
  const mutations::Mutator mutator(converted, *tests::shipped_catalogue());
  for (const std::size_t index : leaves_of(converted, row)) {
    if (fate_of(converted, index) != "mapped") continue;
    EXPECT_TRUE(mutator.changes(index) || mutations::is_known_anyway(converted.message, index))
        << converted.message.address(converted.message.leaves()[index]) << " changes nothing"
        << told(converted, row);
  }
}

/// L2: what is called mapped stands somewhere, whatever it is. How many leaves are seen to.
int check_unknown_words(const tests::Converted& converted, const Row& row) {
  const mutations::Mutator mutator(converted, *tests::shipped_catalogue());
  int seen = 0;
  for (const std::size_t index : leaves_of(converted, row)) {
    const auto shown = mutator.shown(index);
    EXPECT_TRUE(shown != mutations::Shown::no || mutations::is_data(converted.message, index))
        << converted.message.address(converted.message.leaves()[index])
        << " is called mapped, and an unknown word there is nowhere" << told(converted, row);
    seen += shown == mutations::Shown::yes;
  }
  return seen;
}

class FieldTable : public testing::TestWithParam<std::string> {};

TEST_P(FieldTable, EveryRowEndsWhereItSays) {
  for (const Row& row : fields::read_table(folder() / (GetParam() + ".txt"))) {
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(row.line) + " " + row.field + " " +
                 row.sent);
    const auto converted = tests::try_convert(message_of(row));
    if (!converted) {
      ADD_FAILURE() << converted.error().what;
      continue;
    }
    for (const Expectation& expected : row.expected) check(*converted, row, expected);
    check_rest(*converted, row);
  }
}

TEST_P(FieldTable, EveryPathOfTheAccountExists) {
  for (const Row& row : fields::read_table(folder() / (GetParam() + ".txt"))) {
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(row.line) + " " + row.field);
    const auto converted = tests::try_convert(message_of(row));
    if (converted) check_paths(*converted);
    if (converted) check_duplicates(*converted, row);
  }
}

TEST_P(FieldTable, EveryMappedLeafThatIsTakenAwayChangesTheOutput) {
  for (const Row& row : fields::read_table(folder() / (GetParam() + ".txt"))) {
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(row.line) + " " + row.field);
    const auto converted = tests::try_convert(message_of(row));
    if (converted) check_mutations(*converted, row);
  }
}

TEST_P(FieldTable, L2AnUnknownWordThatIsCalledMappedStandsInTheOutput) {
  int seen = 0;
  for (const Row& row : fields::read_table(folder() / (GetParam() + ".txt"))) {
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(row.line) + " " + row.field);
    const auto converted = tests::try_convert(message_of(row));
    if (converted) seen += check_unknown_words(*converted, row);
  }
  EXPECT_GT(seen, 0) << "nothing of this table was judged";
}

INSTANTIATE_TEST_SUITE_P(V2Fhir, FieldTable, testing::ValuesIn(tables()),
                         [](const auto& of) { return of.param; });

}  // namespace
