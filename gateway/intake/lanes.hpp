#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/base/ids.hpp"
#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// How much is under way, by lane, from receipt to answer. Full lanes stop the doors (HOUSE 16).
class Room {
 public:
  Room(std::size_t lanes, std::size_t depth) : depth_(depth), under_way_(lanes) {}

  void enter(std::size_t lane);
  void leave(std::size_t lane);
  bool is_free() const { return full_lanes_.load(std::memory_order_acquire) == 0; }
  void when_free(std::function<void()> call);  // at once, if it is
  void wait_until_empty();

 private:
  const std::size_t depth_;
  std::atomic<std::size_t> full_lanes_{0};
  std::mutex mutex_;
  std::condition_variable empty_;
  std::vector<std::size_t> under_way_;        // guarded by mutex_
  std::size_t all_ = 0;                       // guarded by mutex_
  std::vector<std::function<void()>> calls_;  // guarded by mutex_
};

/// Queues of work, each with a thread that prepares it and hands it on in order. A patient's work
/// is always in one lane, so it stays in order of arrival. Work about patients of several lanes
/// stands in each of them: it is handed on when all have come to it, and none goes on before.
class Lanes {
 public:
  Lanes(std::size_t count, std::function<void(std::unique_ptr<Work>)> prepared);
  ~Lanes();  // prepares what waits

  void assign(Work& work) const;         // its lanes, by its patients
  void put(std::unique_ptr<Work> work);  // into its lanes

 private:
  /// Where the lanes of one work meet: `come` counts those that only wait for it.
  struct Meeting {
    explicit Meeting(std::size_t waiting) : come(static_cast<std::ptrdiff_t>(waiting)) {}
    std::latch come;
    std::latch handed_on{1};
  };
  struct Item {
    std::unique_ptr<Work> work;        // absent: another lane has it
    std::shared_ptr<Meeting> meeting;  // absent: the work is this lane's alone
  };
  struct Lane {
    std::mutex mutex;
    std::condition_variable waits;
    std::deque<Item> queue;  // guarded by mutex
    bool stopping = false;   // guarded by mutex
    std::thread thread;
  };
  std::size_t lane_of(const base::PatientKey& patient) const;
  static void push(Lane& lane, Item item);
  void run(Lane& lane);
  void handle(Item item);

  std::function<void(std::unique_ptr<Work>)> prepared_;
  std::mutex meetings_;  // held while one is put into its lanes
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace gateway::intake
