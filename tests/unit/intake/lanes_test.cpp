#include "gateway/intake/lanes.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::intake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// Work about nothing, known by its agent.
std::unique_ptr<Work> work(const std::string& name, std::size_t lane,
                           std::vector<std::size_t> further = {}) {
  auto one = std::make_unique<Work>();
  one->bundle = std::make_unique<BundleWork>();
  one->agent = name;
  one->lane = lane;
  one->further_lanes = std::move(further);
  return one;
}

TEST(Lanes, WorkOfSeveralLanesGoesBehindWhatCameBeforeAndBeforeWhatComesAfterInEach) {
  std::mutex mutex;
  std::vector<std::string> order;
  std::promise<void> release, both;
  auto released = release.get_future();
  auto both_handed_on = both.get_future();
  {
    Lanes lanes(3, [&](std::unique_ptr<Work> done) {
      if (done->agent == "a1") released.wait();
      if (done->agent == "both") both.set_value();
      const std::lock_guard lock(mutex);
      order.push_back(done->agent);
    });
    lanes.put(work("a1", 0));
    lanes.put(work("both", 1, {0, 2}));
    lanes.put(work("a2", 0));
    lanes.put(work("b2", 1));
    lanes.put(work("c2", 2));
    EXPECT_EQ(both_handed_on.wait_for(200ms), std::future_status::timeout);
    release.set_value();
  }
  ASSERT_EQ(order.size(), 5U);
  const auto after = order.begin() + 2;
  EXPECT_THAT(std::vector(order.begin(), after), ElementsAre("a1", "both"));
  EXPECT_THAT(std::vector(after, order.end()), UnorderedElementsAre("a2", "b2", "c2"));
}

TEST(Lanes, WorksThatShareLanesDoNotWaitForOneAnotherForEver) {
  std::atomic<int> done{0};
  constexpr int each = 500;
  {
    Lanes lanes(3, [&](std::unique_ptr<Work>) { ++done; });
    std::vector<std::thread> doors;
    for (std::size_t door = 0; door < 3; ++door) {
      doors.emplace_back([&lanes, door] {
        for (int i = 0; i < each; ++i) {
          lanes.put(work("", door, {(door + 1) % 3, (door + 2) % 3}));
          lanes.put(work("", (door + 1) % 3));
        }
      });
    }
    for (auto& door : doors) door.join();
  }
  EXPECT_EQ(done, 6 * each);
}

TEST(Lanes, AWorkStandsInTheLaneOfEachOfItsPatientsOnce) {
  Lanes lanes(2, [](std::unique_ptr<Work>) {});
  auto one = work("", 0);
  one->patient = {"p0"};
  for (int i = 1; i < 40; ++i) one->further_patients.push_back({"p" + std::to_string(i)});
  lanes.assign(*one);
  EXPECT_THAT(one->further_lanes, ElementsAre(1 - one->lane));
  auto alone = work("", 0);
  alone->patient = {"p0"};
  alone->further_patients = {{"p0"}};
  lanes.assign(*alone);
  EXPECT_TRUE(alone->further_lanes.empty());
}

}  // namespace
}  // namespace gateway::intake
