#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/time.hpp"

namespace gateway::http::rest {

/// What one client may ask, so that none is in the way of the others (FHIR.md §4): so many requests
/// a second, of which ten seconds may come at once, and so many being answered at a time. Any
/// thread.
class Throttle {
 public:
  struct Limits {
    int per_second = 2000;
    int at_once = 48;
    static constexpr int burst_seconds = 10;
  };
  Throttle(Limits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {}

  /// A place among those being answered, given back at its end.
  class Place {
   public:
    explicit Place(int& taken, std::mutex& mutex) : taken_(&taken), mutex_(&mutex) {}
    Place(Place&& other) noexcept
        : taken_(std::exchange(other.taken_, nullptr)), mutex_(other.mutex_) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    int* taken_;
    std::mutex* mutex_;
  };
  struct Entered {
    std::optional<Place> place;   // absent: not now
    int retry_after_seconds = 0;  // then
    int remaining = 0;            // of the requests that may come at once
    int reset_seconds = 0;        // until all of them may again
  };
  Entered enter(const std::string& client);

  const Limits& limits() const { return limits_; }

 private:
  struct Client {
    double tokens = 0;
    std::int64_t filled_at = 0;  // steady microseconds
    int being_answered = 0;
  };
  void forget_rested(std::int64_t now);

  const Limits limits_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Client> clients_;  // guarded by mutex_; addresses stay
};

}  // namespace gateway::http::rest
