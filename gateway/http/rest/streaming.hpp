#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/http/message.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/topics/notice.hpp"

namespace gateway::http::rest {

/// How many listen to streams at once, all together and of one client.
class Listeners {
 public:
  static constexpr std::size_t most = 256, most_of_one = 16;
  /// A place, until the last copy of what is returned is gone; null: there is none.
  std::shared_ptr<void> enter(const std::string& client);

 private:
  struct Tally {
    std::mutex mutex;
    std::map<std::string, std::size_t> by_client;  // guarded by mutex
    std::size_t all = 0;                           // guarded by mutex
  };
  std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();
};

Response too_many_streams();

/// Is who began it still who they were? A token may end, or be taken back; grants are exchanged.
using IsStillKnown = std::function<bool()>;

/// A number of an event as a client says it; error "search-bad-value …" at `where`.
base::Result<std::int64_t> event_number(std::string_view said, std::string where);

/// What was read of a subscription, as a notice of all these events.
topics::Notice notice_of(const query::Told& told, topics::Kind kind, base::Instant at);

}  // namespace gateway::http::rest
