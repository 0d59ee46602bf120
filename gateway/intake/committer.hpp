#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "gateway/base/bell.hpp"
#include "gateway/intake/gaps.hpp"
#include "gateway/intake/hold.hpp"
#include "gateway/intake/ledger.hpp"
#include "gateway/intake/route.hpp"
#include "gateway/intake/work.hpp"
#include "gateway/store/store.hpp"

namespace gateway::intake {

/// Writes what the lanes prepared, one transaction a group: takes what waits, and waits a part of
/// the last commit's time at most for as many as were under way then.
/// One thread; first in, first out.
class Committer {
 public:
  /// `finished` is told the lane of every work that has been answered.
  Committer(store::Store& store, const Routes& routes, Gaps& gaps, const Options& options,
            const base::Clock& clock, Ledger& ledger, base::Bell& outbox_bell,
            std::function<void(std::size_t lane)> finished);
  ~Committer();  // settles what waits, at the latest when its hold is over

  void put(std::unique_ptr<Work> work);

 private:
  void run();
  Works take();
  void settle(Works group);
  void tell_of_events(std::span<const store::Entry> entries,
                      const std::vector<store::Outcome>& outcomes,
                      const std::vector<topics::InterestChange>& changes);
  void hold(Works group, std::span<store::Entry> entries, const base::Error& error);
  void answer(Works group, std::span<store::Entry> entries,
              const std::vector<store::Outcome>& outcomes);
  void lead(Works group);
  void gather();
  void linger(std::unique_lock<std::mutex>& lock);
  bool store_is_back();
  void expire();
  void tell(Work& work, std::uint64_t serial);
  void give_up(Work& work, Held held);
  void refuse_unreadable(Work& work);
  std::uint64_t next_serial() { return ++serial_; }

  store::Store& store_;
  const Routes& routes_;
  Gaps& gaps_;
  const std::chrono::seconds hold_;
  const std::size_t group_most_;
  const base::Clock& clock_;
  Ledger& ledger_;
  base::Bell& outbox_bell_;
  std::function<void(std::size_t)> finished_;
  const std::function<void(const EventsTold&)> on_events_;
  topics::Interests interests_;  // as of the last commit

  Works again_;  // conflicts, repeats and what is held: they lead the next group
  bool holding_ = false;
  Pause pause_;
  std::uint64_t serial_ = 0;
  std::chrono::microseconds linger_{0};
  std::size_t expected_ = 0;  // the last group and what came while it was written

  std::mutex mutex_;
  std::condition_variable waits_;
  std::deque<std::unique_ptr<Work>> queue_;  // guarded by mutex_
  std::size_t wanted_ = 1;                   // guarded by mutex_; how many wake the committer
  bool stopping_ = false;                    // guarded by mutex_
  std::thread thread_;
};

}  // namespace gateway::intake
