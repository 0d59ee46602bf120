#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "gateway/fhir/bundle.hpp"

#include "tests/support/conversions.hpp"

// Sample messages against documents: tests/golden/NN-*.json is what samples/EXPECTED.md means,
// reviewed line by line. IMMUNOGATE_ACCEPT_GOLDEN=1 rewrites them; the diff is part of the review.
namespace {

namespace fs = std::filesystem;
using gateway::fhir::Json;

std::vector<fs::path> samples() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(tests::source_dir() / "tests" / "samples"))
    if (entry.path().extension() == ".hl7") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string bundle_of(const tests::Converted& converted) {
  std::vector<std::pair<gateway::fhir::ResourceKey, std::string_view>> resources;
  for (const auto& resource : converted.conversion.resources)
    resources.emplace_back(resource.key, resource.body);
  return gateway::fhir::transaction(resources, converted.conversion.identifier);
}

bool accepting() {
  const char* accept = std::getenv("IMMUNOGATE_ACCEPT_GOLDEN");
  return accept != nullptr && std::string_view(accept) == "1";
}

/// The first member or element in which two documents differ: "entry[3].resource.status".
std::string difference(const Json& a, const Json& b, const std::string& path) {
  if (a == b) return "";
  if (a.is_object() && b.is_object()) {
    for (const auto& [name, value] : a.members()) {
      const Json* other = b.find(name);
      if (other == nullptr) return path + "." + name + " is new";
      if (auto found = difference(value, *other, path + "." + name); !found.empty()) return found;
    }
    for (const auto& [name, value] : b.members())
      if (!a.has(name)) return path + "." + name + " is gone";
  }
  if (a.is_array() && b.is_array()) {
    for (std::size_t k = 0; k < std::min(a.items().size(), b.items().size()); ++k) {
      const std::string at = path + "[" + std::to_string(k) + "]";
      if (auto found = difference(a.items()[k], b.items()[k], at); !found.empty()) return found;
    }
    return path + " has another length";
  }
  return path + ": " + a.write() + ", not " + b.write();
}

void expect_golden(const fs::path& golden, const Json& made) {
  if (accepting()) {
    std::ofstream(golden, std::ios::binary) << made.pretty() << "\n";
    return;
  }
  const auto expected = gateway::fhir::parse_json(tests::read_file(golden));
  ASSERT_TRUE(expected) << golden << " is no JSON: " << expected.error().text();
  EXPECT_TRUE(made == *expected) << golden.filename() << ": " << difference(made, *expected, "");
}

TEST(Golden, EverySampleBecomesTheBundleThatWasReviewed) {
  ASSERT_EQ(samples().size(), 12U);
  for (const fs::path& sample : samples()) {
    const auto converted = tests::try_convert(tests::read_file(sample));
    ASSERT_TRUE(converted) << sample;
    const auto bundle = gateway::fhir::parse_json(bundle_of(*converted));
    ASSERT_TRUE(bundle) << sample;
    expect_golden(tests::source_dir() / "tests" / "golden" / (sample.stem().string() + ".json"),
                  *bundle);
  }
}

TEST(Golden, TheSameMessageGivesTheSameBytes) {
  for (const fs::path& sample : samples()) {
    const std::string text = tests::read_file(sample);
    EXPECT_EQ(bundle_of(tests::convert(text)), bundle_of(tests::convert(text))) << sample;
  }
}

TEST(Golden, TheAccountOfSampleOneIsTheOneThatWasReviewed) {
  const auto converted = tests::convert(
      tests::read_file(tests::source_dir() / "tests/samples/01-us-loinc-blood-nk.hl7"));
  const auto& account = converted.conversion.account;
  std::vector<Json> fields;
  for (std::size_t leaf = 0; leaf < account.leaves.size(); ++leaf) {
    Json line = Json::object();
    line.set("at", Json::string(converted.message.address(converted.message.leaves()[leaf])));
    const auto& fate = account.leaves[leaf];
    std::vector<Json> to;
    for (const auto& landing : account.landings)
      if (landing.leaf == leaf)
        to.push_back(Json::string(converted.conversion.resources[landing.resource].key.type + "#" +
                                  account.text_of(landing.path)));
    if (!to.empty())
      line.set("to", Json::array(std::move(to)));
    else if (fate.fate == gateway::mapping::Fate::set_aside)
      line.set("why", Json::string(to_text(fate.reason)));
    fields.push_back(std::move(line));
  }
  expect_golden(tests::source_dir() / "tests/golden/01-account.json",
                Json::array(std::move(fields)));
}

/// V2FHIR.md §5.1, L1 and L2: every leaf has one fate, and a path that is named is there.
void expect_account_holds(const tests::Converted& converted, const std::string& name) {
  const auto& account = converted.conversion.account;
  EXPECT_EQ(account.mapped() + account.set_aside() + account.unmapped(),
            converted.message.leaves().size())
      << name;
  for (const auto& landing : account.landings) {
    ASSERT_LT(landing.resource, converted.resources.size()) << name;
    const Json* at = &converted.resources[landing.resource];
    std::vector<gateway::mapping::PathStep> way;
    for (auto path = landing.path; path != 0; path = account.steps[path].parent)
      way.push_back(account.steps[path]);
    for (auto step = way.rbegin(); step != way.rend() && at != nullptr; ++step) {
      if (step->name != nullptr) {
        at = at->find(step->name);
      } else {
        at = step->index < at->items().size() ? &at->items()[step->index] : nullptr;
      }
    }
    EXPECT_NE(at, nullptr) << name << ": no " << account.text_of(landing.path) << " in "
                           << converted.resources[landing.resource]["resourceType"].text();
  }
}

TEST(Golden, EveryPathOfTheAccountIsInTheOutput) {
  for (const fs::path& sample : samples())
    expect_account_holds(tests::convert(tests::read_file(sample)), sample.filename().string());
}

TEST(Golden, EverySampleLosesNothing) {
  for (const fs::path& sample : samples()) {
    const auto converted = tests::convert(tests::read_file(sample));
    const auto& account = converted.conversion.account;
    for (std::size_t leaf = 0; leaf < account.leaves.size(); ++leaf) {
      EXPECT_NE(account.leaves[leaf].fate, gateway::mapping::Fate::unmapped)
          << sample.filename() << " "
          << converted.message.address(converted.message.leaves()[leaf]);
    }
  }
}

TEST(Corpus, TheAccountOfEveryPublicMessageHolds) {
  const fs::path corpus = tests::source_dir() / ".." / "shared" / "corpus";
  if (!fs::is_directory(corpus)) GTEST_SKIP() << "the corpus is not beside the project";
  std::size_t read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".hl7") continue;
    auto converted = tests::try_convert(tests::read_file(entry.path()));
    if (!converted) continue;
    ++read;
    expect_account_holds(*converted, entry.path().filename().string());
  }
  EXPECT_GT(read, 300U);
}

}  // namespace
