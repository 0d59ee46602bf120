#pragma once
#include <functional>

#include "gateway/intake/intake.hpp"

namespace gateway::mllp {

/// What the door needs of whoever takes the messages; every member may be called from any loop.
struct Sink {
  std::function<void(intake::Received, intake::Answer)> receive;
  /// False: nothing is read until `when_room` calls back (once, from any thread).
  std::function<bool()> has_room;
  std::function<void(std::function<void()>)> when_room;
};

}  // namespace gateway::mllp
