#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/store/tables/bodies.hpp"
#include "gateway/store/tables/body_cache.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/units_in_use.hpp"

namespace gateway::store::tables {

/// One reading connection; in use by one thread at a time.
struct ReadingConnection {
  Bodies bodies;                           // outlives the connection
  std::unique_ptr<Connection> connection;  // null: not yet open
  std::unique_ptr<Codec> codec;
  BodyCache* cache = nullptr;  // of all of them
  UnitsInUse units;
  int generation = 0;
};

/// Reading connections, lent out and taken back. Outlives what it lends.
class Readers {
 public:
  /// Opens a new one: sets `connection`.
  using Open = std::function<base::Result<void>(ReadingConnection&)>;
  Readers(Open open, std::shared_ptr<const Dictionaries> dictionaries, int most);

  struct Return {
    Readers* readers = nullptr;
    void operator()(ReadingConnection* reading) const { readers->give_back(reading); }
  };
  using Lent = std::unique_ptr<ReadingConnection, Return>;

  /// Waits for a free one up to five seconds. Errors: `unavailable`.
  base::Result<Lent> take();
  /// Closes the idle ones now and the others as they come back, so that all are opened anew; what
  /// they read is forgotten.
  void close_all();

 private:
  void give_back(ReadingConnection* reading);

  static constexpr std::size_t most_cached = 32UL << 20;  // bytes

  const Open open_;
  const std::shared_ptr<const Dictionaries> dictionaries_;
  const int most_;
  BodyCache cache_{most_cached};
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ReadingConnection>> idle_;  // guarded by mutex_
  int lent_ = 0;                                          // guarded by mutex_
  int generation_ = 0;                                    // guarded by mutex_
};

}  // namespace gateway::store::tables
