#include <cstdlib>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "tests/unit/mapping/mutations.hpp"

// The rules of the loss account over public messages, where they are at hand (../shared is not part
// of a clone). Counts by field are printed, never a value.
namespace {

using gateway::mapping::Fate;

std::vector<std::filesystem::path> messages() {
  std::vector<std::filesystem::path> files;
  const auto folder = tests::source_dir() / ".." / "shared" / "corpus";
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".hl7") files.push_back(entry.path());
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {  // the short ones first
    return std::pair(std::filesystem::file_size(a), a) <
           std::pair(std::filesystem::file_size(b), b);
  });
  return files;
}

/// Every field some times over all messages; every leaf with IMMUNOGATE_EVERY_LEAF set, which takes
/// an hour: it grows with the square of a message.
class Sample {
 public:
  bool asks(const gateway::hl7v2::Message& message, const gateway::hl7v2::Leaf& leaf) {
    if (std::getenv("IMMUNOGATE_EVERY_LEAF") != nullptr) return true;
    constexpr int most = 3;
    int& asked = asked_[{std::string(message.segments()[leaf.segment].name), leaf.field,
                         leaf.component, leaf.subcomponent}];
    return asked < most && ++asked <= most;
  }

 private:
  std::map<std::tuple<std::string, int, int, int>, int> asked_;
};

TEST(Corpus, L4AMappedLeafThatIsTakenAwayChangesTheOutput) {
  const auto files = messages();
  if (files.empty()) GTEST_SKIP() << "no ../shared/corpus";
  std::size_t asked = 0;
  Sample sample;
  std::map<std::string, int> silent;  // by field
  for (const auto& file : files) {
    const auto converted = tests::try_convert(tests::read_file(file));
    if (!converted) continue;
    const mutations::Mutator mutator(*converted, *tests::shipped_catalogue());
    for (std::size_t k = 0; k < converted->message.leaves().size(); ++k) {
      const auto& leaf = converted->message.leaves()[k];
      if (converted->conversion.account.leaves[k].fate != Fate::mapped) continue;
      if (!sample.asks(converted->message, leaf)) continue;
      ++asked;
      if (mutator.changes(k) || mutations::is_known_anyway(converted->message, k)) continue;
      ++silent[std::string(converted->message.segments()[leaf.segment].name) + "-" +
               std::to_string(leaf.field) + "." + std::to_string(leaf.component) + "." +
               std::to_string(leaf.subcomponent)];
    }
  }
  std::cout << files.size() << " messages, " << asked << " leaves taken away\n";
  for (const auto& [field, count] : silent)
    ADD_FAILURE() << field << " changes nothing, " << count << " times";
}

TEST(Corpus, L1EveryLeafHasOneFateAndL2EveryPathExists) {
  const auto files = messages();
  if (files.empty()) GTEST_SKIP() << "no ../shared/corpus";
  std::size_t leaves = 0, broken = 0, without_path = 0;
  for (const auto& file : files) {
    const auto converted = tests::try_convert(tests::read_file(file));
    if (!converted) continue;
    const auto& account = converted->conversion.account;
    const std::size_t populated = converted->message.leaves().size();
    leaves += populated;
    if (account.mapped() + account.set_aside() + account.unmapped() != populated) ++broken;
    std::vector<bool> landed(populated);
    for (const auto& landing : account.landings) landed[landing.leaf] = true;
    for (std::size_t k = 0; k < populated; ++k)
      if ((account.leaves[k].fate == Fate::mapped) != landed[k]) ++without_path;
  }
  std::cout << files.size() << " messages, " << leaves << " leaves\n";
  EXPECT_EQ(broken, 0U);
  EXPECT_EQ(without_path, 0U);
}

}  // namespace
