#include "gateway/store/sqlite/readers.hpp"

#include <chrono>

#include "gateway/store/sqlite/opening.hpp"

namespace gateway::store::sqlite {

Readers::Readers(std::filesystem::path file, std::shared_ptr<const Dictionaries> dictionaries,
                 int most)
    : file_(std::move(file)), dictionaries_(std::move(dictionaries)), most_(most) {}

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
    }
  }
  Lent lent(reading.release(), Return{this});
  if (lent->connection.is_open()) return lent;
  if (auto opened = open_connection(lent->connection, file_, Role::reader); !opened)
    return base::Error{base::ErrorKind::unavailable, opened.error().what, "store",
                       opened.error().remedy};
  add_body_functions(lent->connection, lent->bodies);
  lent->codec = std::make_unique<Codec>(dictionaries_);
  return lent;
}

void Readers::close_all() {
  std::vector<std::unique_ptr<ReadingConnection>> closing;
  const std::lock_guard lock(mutex_);
  ++generation_;
  closing.swap(idle_);
}

void Readers::give_back(ReadingConnection* reading) {
  std::unique_ptr<ReadingConnection> owned(reading);
  const bool sound = owned->connection.is_open() && owned->connection.failure() == SQLITE_OK;
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (sound && owned->generation == generation_) idle_.push_back(std::move(owned));
  }
  returned_.notify_one();
}

}  // namespace gateway::store::sqlite
