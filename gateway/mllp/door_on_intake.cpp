#include <utility>

#include "gateway/mllp/door.hpp"

// Apart from door.cpp, so that the door can be tried without all that becomes durable behind it.
namespace gateway::mllp {

base::Result<std::unique_ptr<Door>> Door::open(std::vector<ListenerSettings> listeners,
                                               Limits limits, intake::Intake& intake,
                                               const base::Clock& clock,
                                               observe::Metrics& metrics) {
  Sink sink;
  sink.receive = [&intake](intake::Received message, intake::Answer answer) {
    intake.receive(std::move(message), std::move(answer));
  };
  sink.has_room = [&intake] { return intake.has_room(); };
  sink.when_room = [&intake](std::function<void()> call) { intake.when_room(std::move(call)); };
  return open(std::move(listeners), limits, std::move(sink), clock, metrics);
}

}  // namespace gateway::mllp
