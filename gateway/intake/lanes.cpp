#include "gateway/intake/lanes.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "gateway/intake/prepare.hpp"

namespace gateway::intake {

void Room::enter(std::size_t lane) {
  const std::lock_guard lock(mutex_);
  ++all_;
  if (++under_way_[lane] == depth_) full_lanes_.fetch_add(1, std::memory_order_release);
}

void Room::leave(std::size_t lane) {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    if (under_way_[lane]-- == depth_) full_lanes_.fetch_sub(1, std::memory_order_release);
    if (is_free()) calls.swap(calls_);
    if (--all_ == 0) empty_.notify_all();
  }
  for (const auto& call : calls) call();
}

void Room::when_free(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_free()) {
      calls_.push_back(std::move(call));
      return;
    }
  }
  call();
}

void Room::wait_until_empty() {
  std::unique_lock lock(mutex_);
  empty_.wait(lock, [this] { return all_ == 0; });
}

Lanes::Lanes(std::size_t count, std::function<void(std::unique_ptr<Work>)> prepared)
    : prepared_(std::move(prepared)) {
  for (std::size_t i = 0; i < count; ++i) lanes_.push_back(std::make_unique<Lane>());
  for (auto& lane : lanes_) lane->thread = std::thread([this, &lane = *lane] { run(lane); });
}

Lanes::~Lanes() {
  for (auto& lane : lanes_) {
    {
      const std::lock_guard lock(lane->mutex);
      lane->stopping = true;
    }
    lane->waits.notify_one();
  }
  for (auto& lane : lanes_) lane->thread.join();
}

std::size_t Lanes::lane_of(const base::PatientKey& patient) const {
  return std::hash<std::string>{}(patient.value) % lanes_.size();
}

void Lanes::assign(Work& work) const {
  work.lane = lane_of(work.patient);
  for (const auto& patient : work.further_patients) {
    const auto lane = lane_of(patient);
    auto& further = work.further_lanes;
    if (lane != work.lane && std::find(further.begin(), further.end(), lane) == further.end()) {
      further.push_back(lane);
    }
  }
}

void Lanes::put(std::unique_ptr<Work> work) {
  Lane& own = *lanes_[work->lane];
  if (work->further_lanes.empty()) return push(own, {std::move(work), nullptr});
  const auto meeting = std::make_shared<Meeting>(work->further_lanes.size());
  // One at a time: two that share two lanes stand in the same order in both. Otherwise each lane
  // could wait for the other.
  const std::lock_guard lock(meetings_);
  for (const auto lane : work->further_lanes) push(*lanes_[lane], {nullptr, meeting});
  push(own, {std::move(work), meeting});
}

void Lanes::push(Lane& lane, Item item) {
  {
    const std::lock_guard lock(lane.mutex);
    lane.queue.push_back(std::move(item));
  }
  lane.waits.notify_one();
}

void Lanes::run(Lane& lane) {
  while (true) {
    Item item;
    {
      std::unique_lock lock(lane.mutex);
      lane.waits.wait(lock, [&lane] { return lane.stopping || !lane.queue.empty(); });
      if (lane.queue.empty()) return;
      item = std::move(lane.queue.front());
      lane.queue.pop_front();
    }
    handle(std::move(item));
  }
}

void Lanes::handle(Item item) {
  if (!item.work) {
    item.meeting->come.count_down();
    return item.meeting->handed_on.wait();
  }
  prepare(*item.work);
  if (item.meeting) item.meeting->come.wait();
  prepared_(std::move(item.work));
  if (item.meeting) item.meeting->handed_on.count_down();
}

}  // namespace gateway::intake
