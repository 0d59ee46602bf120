#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/http/message.hpp"
#include "gateway/store/store.hpp"

namespace gateway::http::admin {

/// How it goes, as it goes (server-sent events): what the overview says and what arrived. Looked up
/// once a second for all who watch, however many they are. Any thread.
///
///   event: overview   data: the answer of /admin/v1/overview
///   event: arrivals   data: {"items":[…newest first…],"more":true?}, id: the newest number
///
/// A browser that comes again says the last id it had (Last-Event-ID) and is told what came since,
/// at most `rows_at_once` of it, with `more` where there was more.
class LivePage {
 public:
  static constexpr std::size_t most = 128, most_of_one = 8, rows_at_once = 200;

  LivePage(store::Store& store, std::function<std::string()> overview)
      : shared_(std::make_shared<Shared>(store, std::move(overview))) {}

  /// `still_known`: whether who began it is still let in; asked now and then.
  Response stream(const Caller& who, const Request& request, std::function<bool()> still_known);

  /// What all who watch are told, at most a second old.
  struct Sight {
    std::int64_t taken = 0;  // steady microseconds
    std::string overview;
    std::vector<store::ArrivalLine> lines;  // newest first
  };
  /// What the streams share; outlives the page as long as one of them is open.
  struct Shared {
    Shared(store::Store& kept, std::function<std::string()> how_it_goes)
        : store(kept), overview(std::move(how_it_goes)) {}
    std::shared_ptr<const Sight> sight(const base::Clock& clock);
    std::shared_ptr<const Sight> last();  // null: nobody has looked yet

    store::Store& store;
    const std::function<std::string()> overview;
    std::mutex looking;  // held by who looks; mutex is taken inside it
    std::mutex mutex;
    std::shared_ptr<const Sight> now;              // guarded by mutex
    std::map<std::string, std::size_t> by_person;  // guarded by mutex
    std::size_t all = 0;                           // guarded by mutex
  };

 private:
  /// A place among those that watch, until the last copy is gone; null: there is none.
  std::shared_ptr<void> enter(const std::string& person);

  const std::shared_ptr<Shared> shared_;
};

}  // namespace gateway::http::admin
