#include "gateway/store/tables/readers.hpp"

#include <chrono>

namespace gateway::store::tables {

Readers::Readers(Open open, std::shared_ptr<const Dictionaries> dictionaries, int most)
    : open_(std::move(open)), dictionaries_(std::move(dictionaries)), most_(most) {}

base::Result<Readers::Lent> Readers::take() {
  std::unique_ptr<ReadingConnection> reading;
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, std::chrono::seconds(5), [this] { return lent_ < most_; }))
      return base::Error{base::ErrorKind::unavailable, "too many searches at once", "store",
                         "try again"};
    ++lent_;
    if (!idle_.empty()) {
      reading = std::move(idle_.back());
      idle_.pop_back();
    } else {
      reading = std::make_unique<ReadingConnection>();
      reading->generation = generation_;
      reading->cache = &cache_;
    }
  }
  Lent lent(reading.release(), Return{this});
  if (lent->connection) {
    lent->connection->begin_use();
    return lent;
  }
  if (auto opened = open_(*lent); !opened)
    return base::Error{base::ErrorKind::unavailable, opened.error().what, "store",
                       opened.error().remedy};
  lent->codec = std::make_unique<Codec>(dictionaries_);
  return lent;
}

void Readers::close_all() {
  std::vector<std::unique_ptr<ReadingConnection>> closing;
  const std::lock_guard lock(mutex_);
  ++generation_;
  cache_.forget();
  closing.swap(idle_);
}

void Readers::give_back(ReadingConnection* reading) {
  std::unique_ptr<ReadingConnection> owned(reading);
  if (owned->connection) owned->connection->settle();
  const bool sound = owned->connection && owned->connection->is_open() &&
                     owned->connection->failure() == no_failure;
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (sound && owned->generation == generation_) idle_.push_back(std::move(owned));
  }
  returned_.notify_one();
}

}  // namespace gateway::store::tables
