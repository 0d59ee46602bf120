#pragma once
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/store/sqlite/body_functions.hpp"
#include "gateway/store/sqlite/codec.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

/// One reading connection; in use by one thread at a time.
struct ReadingConnection {
  Bodies bodies;  // outlives the connection
  Connection connection;
  std::unique_ptr<Codec> codec;
  int generation = 0;
};

/// Reading connections, lent out and taken back. Outlives what it lends.
class Readers {
 public:
  Readers(std::filesystem::path file, std::shared_ptr<const Dictionaries> dictionaries, int most);

  struct Return {
    Readers* readers = nullptr;
    void operator()(ReadingConnection* reading) const { readers->give_back(reading); }
  };
  using Lent = std::unique_ptr<ReadingConnection, Return>;

  /// Waits for a free one up to five seconds. Errors: `unavailable`.
  base::Result<Lent> take();
  /// Closes the idle ones now and the others as they come back, so that the file is opened anew.
  void close_all();

 private:
  void give_back(ReadingConnection* reading);

  const std::filesystem::path file_;
  const std::shared_ptr<const Dictionaries> dictionaries_;
  const int most_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ReadingConnection>> idle_;  // guarded by mutex_
  int lent_ = 0;                                          // guarded by mutex_
  int generation_ = 0;                                    // guarded by mutex_
};

}  // namespace gateway::store::sqlite
