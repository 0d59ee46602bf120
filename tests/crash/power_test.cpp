#include <cstdio>
#include <fstream>
#include <random>

#include "tests/crash/day.hpp"
#include "tests/crash/recorded_disk.hpp"

// Promise P2: what was acknowledged survives a power cut (TRUST.md §3.1). A day of messages is
// recorded on a disk that tells writes from durable writes; then every moment around a sync is a
// power cut, and what the disk may hold is opened as a store.

namespace gateway::intake {
namespace {

using tests::Day;
using tests::DiskImages;
using tests::Loss;
using tests::RecordedDisk;

constexpr int pages_between_checkpoints = 60;

struct Recorded {
  DiskImages images;
  std::map<int, std::size_t> acknowledged;  // message → place in the order of operations
};

/// A day of `messages`, three at once, on a store that folds its log back often.
Recorded record(int messages) {
  House house;
  house.engine.reset();
  store::sqlite::Options at{.file = house.folder.path() / "state" / "gateway.db",
                            .min_free_bytes = 1,
                            .checkpoint_pages = pages_between_checkpoints};
  auto opened = store::sqlite::open(at, house.clock, house.metrics);
  if (!opened) throw std::runtime_error(opened.error().text());
  house.engine = std::move(*opened);
  house.store = std::make_unique<tests::FaultyStore>(*house.engine);
  house.open();
  RecordedDisk::begin();
  std::mutex mutex;
  std::map<int, std::size_t> acknowledged;
  std::vector<std::future<void>> answers;
  for (int n = 0; n < messages; ++n) {
    auto done = std::make_shared<std::promise<void>>();
    answers.push_back(done->get_future());
    house.intake->receive({base::Buffer(Day::message(n)), &house.listener, {}, house.clock.now()},
                          [&, n, done](const Answered& answer) {
                            const std::lock_guard lock(mutex);
                            if (msa(answer).starts_with("MSA|AA|"))
                              acknowledged[n] = RecordedDisk::position();
                            done->set_value();
                          });
    if (n % 3 == 2)
      for (auto& answer : std::exchange(answers, {})) answer.wait();
  }
  for (auto& answer : answers) answer.wait();
  RecordedDisk::end();
  EXPECT_EQ(acknowledged.size(), static_cast<std::size_t>(messages));
  return {DiskImages(RecordedDisk::ops(), RecordedDisk::names(), RecordedDisk::baseline()),
          std::move(acknowledged)};
}

struct Verdict {
  int lost = 0, doubled = 0, damaged = 0;
  std::string first;
  bool is_clean() const { return lost + doubled + damaged == 0; }
};

/// Opens what the disk held as a store, as the next start would.
Verdict judge(const std::map<std::string, std::string>& disk, const Recorded& day,
              std::size_t moment) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "gateway.db";
  for (const auto& [name, content] : disk) {
    const auto copy = name.ends_with("-wal") ? file.string() + "-wal" : file.string();
    std::ofstream(copy, std::ios::binary) << content;
  }
  Verdict verdict;
  const auto damage = [&](std::string what) {
    ++verdict.damaged;
    if (verdict.first.empty()) verdict.first = std::move(what);
  };
  tests::HandClock clock;
  observe::Metrics metrics;
  auto opened =
      store::sqlite::open({.file = file, .create = false, .min_free_bytes = 1}, clock, metrics);
  if (!opened) {
    damage(opened.error().text());
    return verdict;
  }
  const auto verified = (*opened)->verify();
  if (!verified)
    damage(verified.error().text());
  else
    for (const auto& problem : verified->problems) damage(problem);
  opened->reset();
  const auto kept = tests::arrivals_of(file);
  for (const auto& [control_id, times] : kept) verdict.doubled += times > 1;
  for (const auto& [n, at] : day.acknowledged)
    if (at <= moment && !kept.contains(Day::control_id(n))) {
      ++verdict.lost;
      if (verdict.first.empty()) verdict.first = "lost: " + Day::control_id(n);
    }
  return verdict;
}

/// The moments before and behind each sync.
std::vector<std::size_t> moments(const DiskImages& images) {
  std::vector<std::size_t> out;
  for (std::size_t n = 0; n < images.size(); ++n)
    if (images.op(n).kind == tests::DiskOp::Kind::sync)
      for (const std::size_t moment : {n, n + 1})
        if (out.empty() || out.back() != moment) out.push_back(moment);
  return out;
}

class PowerCut : public testing::Test {
 protected:
  static void SetUpTestSuite() { RecordedDisk::install(); }
  const std::int64_t seed = tests::setting("IMMUNOGATE_CRASH_SEED", 1);
};

TEST_F(PowerCut, Promise02WhatWasAcknowledgedSurvivesAtEverySyncUnderEveryLoss) {
  const auto wanted = tests::setting("IMMUNOGATE_CRASH_IMAGES", 300);
  Recorded day = record(static_cast<int>(tests::setting("IMMUNOGATE_CRASH_MESSAGES", 36)));
  const auto all = moments(day.images);
  const auto seeds = std::max<std::int64_t>(1, wanted / static_cast<std::int64_t>(all.size() * 4));
  std::int64_t images = 0, lost = 0, doubled = 0;
  for (const std::size_t moment : all) {
    day.images.advance(moment);
    for (const Loss loss : {Loss::everything, Loss::pages, Loss::sectors, Loss::early})
      for (std::int64_t s = 0; s < (loss == Loss::everything ? 1 : seeds); ++s) {
        std::mt19937_64 random(static_cast<std::uint64_t>(seed * 1'000'003 + s));
        const auto verdict = judge(day.images.image(loss, random), day, moment);
        ++images;
        lost += verdict.lost;
        doubled += verdict.doubled;
        EXPECT_TRUE(verdict.is_clean())
            << "before operation " << moment << ", loss " << static_cast<int>(loss) << ", seed "
            << seed << "/" << s << ": " << verdict.first;
      }
  }
  std::printf("P02 lost=%ld duplicated=%ld of=%ld images seed=%ld\n", static_cast<long>(lost),
              static_cast<long>(doubled), static_cast<long>(images), static_cast<long>(seed));
}

// The harness itself must be able to fail.

TEST_F(PowerCut, AStoreThatNeverSyncsIsCaught) {
  Recorded day = record(6);
  day.images.ignore_syncs();
  day.images.advance(day.images.size());
  std::mt19937_64 random(1);
  EXPECT_GT(judge(day.images.image(Loss::everything, random), day, day.images.size()).lost, 0);
}

TEST_F(PowerCut, AnAnswerBeforeTheCommitIsCaught) {
  Recorded day = record(6);
  for (auto& [n, at] : day.acknowledged) at = 0;
  int lost = 0;
  for (const std::size_t moment : moments(day.images)) {
    day.images.advance(moment);
    std::mt19937_64 random(1);
    lost += judge(day.images.image(Loss::everything, random), day, moment).lost;
  }
  EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace gateway::intake
