// How far a statement goes (FHIR.md §2.2, cost guard; §4, limits).
#include "gateway/store/sqlite/watch.hpp"

#include <gtest/gtest.h>

#include "gateway/store/sqlite/database.hpp"

#include "tests/support/hand_clock.hpp"

namespace {

using gateway::store::sqlite::Connection;
using gateway::store::sqlite::Watch;

constexpr std::int64_t second = 1'000'000;

class Watched : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(connection.open(":memory:", SQLITE_OPEN_READWRITE)); }

  /// Some 600,000 steps.
  bool counts_on() {
    gateway::store::sqlite::Query query(
        connection,
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000)"
        " SELECT count(*) FROM n");
    return query.row();
  }

  tests::HandClock clock;
  Connection connection;
};

TEST_F(Watched, EndsWhatTakesTooManySteps) {
  Watch watch(connection, clock, {100'000, 2 * second});
  EXPECT_FALSE(counts_on());
  EXPECT_TRUE(watch.has_ended_it());
}

TEST_F(Watched, EndsWhatTakesTooLong) {
  Watch watch(connection, clock, {100'000'000, 2 * second});
  clock.pass(std::chrono::microseconds(2 * second));
  EXPECT_TRUE(counts_on());
  clock.pass(std::chrono::microseconds(1));
  EXPECT_FALSE(counts_on());
  EXPECT_TRUE(watch.has_ended_it());
}

TEST_F(Watched, CountsNoStepsOnceItIsLiftedButTheTime) {
  Watch watch(connection, clock, {100'000, 2 * second});
  watch.lift(10 * second);
  clock.pass(std::chrono::microseconds(10 * second));
  EXPECT_TRUE(counts_on());
  EXPECT_FALSE(watch.has_ended_it());
  clock.pass(std::chrono::microseconds(1));
  EXPECT_FALSE(counts_on());
  EXPECT_TRUE(watch.has_ended_it());
}

}  // namespace
