#include <cerrno>
#include <cstdio>

#include "tests/crash/day.hpp"
#include "tests/crash/faulty_calls.hpp"

// Promise P3: no failing system call gives a false AA, and the gateway comes back by itself when
// the fault ends (TRUST.md §3.2). Call number n of a commit fails, n from 1 until none is left.

namespace gateway::intake {
namespace {

using tests::CallFault;
using tests::Day;
using tests::FaultyCalls;

bool is_aa(const Answered& answer) {
  return msa(answer).starts_with("MSA|AA|");
}

/// A gateway of one evening: small logs, so that commits fold them back too.
struct Evening : House {
  explicit Evening(std::shared_ptr<const mapping::Catalogue> mappings) {
    engine.reset();
    store::sqlite::Options at{.file = file(), .min_free_bytes = 1, .checkpoint_pages = 20};
    auto opened = store::sqlite::open(at, clock, metrics);
    if (!opened) throw std::runtime_error(opened.error().text());
    engine = std::move(*opened);
    store = std::make_unique<tests::FaultyStore>(*engine);
    options.hold = 0s;
    House::open(std::move(mappings));
  }
  std::filesystem::path file() const { return folder.path() / "state" / "gateway.db"; }

  /// Sends it again, as a laboratory does that was not told AA.
  bool comes_through(int n) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!is_aa(say(Day::message(n))))
      if (std::chrono::steady_clock::now() > deadline) return false;
    return true;
  }
};

struct Fault {
  const char* name;
  int error;
};
constexpr Fault faults[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},
                            {"EDQUOT", EDQUOT}, {"ENOMEM", ENOMEM}, {"short", tests::short_write}};

class FailingCalls : public testing::Test {
 protected:
  static void SetUpTestSuite() { FaultyCalls::install(); }
  const std::shared_ptr<const mapping::Catalogue> mappings = House::catalogue();
};

TEST_F(FailingCalls, Promise03WhicheverFailsNoAnswerIsFalseAndTheGatewayComesBack) {
  const auto step = tests::setting("IMMUNOGATE_CRASH_STEP", 9);  // the long form takes each
  int runs = 0, false_answers = 0, most = 0;
  for (const Fault& fault : faults)
    for (const bool persists : {false, true}) {
      if (persists && fault.error == EINTR) continue;  // SQLite asks again until it is over
      bool was_met = true;
      for (int number = 1; was_met; number += static_cast<int>(step)) {
        Evening evening(mappings);
        ASSERT_TRUE(is_aa(evening.say(Day::message(0))));
        const std::string where = std::string(fault.name) + " at call " + std::to_string(number) +
                                  (persists ? " and from then on" : "");
        SCOPED_TRACE(where);
        FaultyCalls::arm({number, fault.error, persists});
        // Each commit folds the log back, so that calls of that fail as well.
        std::vector<int> acknowledged;
        for (const int n : {1, 2, 3})
          if (is_aa(evening.say(Day::message(n)))) acknowledged.push_back(n);
        was_met = FaultyCalls::disarm();
        ++runs;
        most = std::max(most, number);
        for (const int n : {1, 2, 3}) EXPECT_TRUE(evening.comes_through(n));
        EXPECT_NO_THROW(evening.verified());
        evening.intake.reset();
        evening.engine.reset();
        const auto kept = tests::arrivals_of(evening.file());
        for (const int n : {1, 2, 3}) {
          const auto found = kept.find(Day::control_id(n));
          EXPECT_TRUE(found != kept.end() && found->second == 1) << "message " << n;
        }
        for (const int n : acknowledged) false_answers += !kept.contains(Day::control_id(n));
      }
    }
  EXPECT_EQ(false_answers, 0);
  EXPECT_GT(most, 20);  // so many calls there are at least
  std::printf("P03 false=%d of=%d runs, up to call %d\n", false_answers, runs, most);
}

}  // namespace
}  // namespace gateway::intake
