#include "gateway/intake/intake.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "gateway/hl7v2/batch.hpp"
#include "gateway/intake/admit.hpp"
#include "gateway/intake/batch_answer.hpp"
#include "gateway/intake/committer.hpp"
#include "gateway/intake/gaps.hpp"
#include "gateway/intake/lanes.hpp"

namespace gateway::intake {

/// The order is lifetime: lanes end first and hand on what they hold, then the committers.
struct Intake::State {
  State(store::Store& store, std::shared_ptr<const mapping::Catalogue> mappings, Options given,
        const base::Clock& time, observe::Metrics& metrics, base::Bell& bell)
      : options(std::move(given)),
        clock(time),
        catalogue(std::move(mappings)),
        routes(options.routes, options.instance, &metrics),
        gaps(store),
        ledger(metrics),
        room(lane_count(), options.lane_depth),
        lanes(lane_count(), [this](std::unique_ptr<Work> work) {
          // A lane always meets the same committer, so its order is kept. Work of several lanes
          // counts on there being one committer, which is what every engine so far has.
          committers[work->lane % committers.size()]->put(std::move(work));
        }) {
    for (int i = 0; i < std::max(1, store.writers()); ++i) {
      committers.push_back(
          std::make_unique<Committer>(store, routes, gaps, options, clock, ledger, bell,
                                      [this](std::size_t lane) { room.leave(lane); }));
    }
  }

  std::size_t lane_count() const { return static_cast<std::size_t>(std::max(1, options.lanes)); }

  std::shared_ptr<const mapping::Catalogue> published() {
    const std::lock_guard lock(mutex);
    return catalogue;
  }

  void put(std::unique_ptr<Work> work) {
    lanes.assign(*work);
    work->held_since = clock.steady_microseconds();
    room.enter(work->lane);
    lanes.put(std::move(work));
  }

  void receive(std::string_view bytes, const Received& received, Answer answer) {
    auto work = admit(bytes, received, published());
    work->message->answer = std::move(answer);
    put(std::move(work));
  }

  void receive_of_batch(std::string_view bytes, const Received& received, std::size_t number,
                        const std::shared_ptr<BatchAnswer>& together) {
    auto work = admit(bytes, received, published());
    const bool errors_only = work->message->sender.profile->batch_errors_only;
    work->message->answer = [together, number, errors_only](Answered answered) {
      together->give(number, std::move(answered), errors_only);
    };
    put(std::move(work));
  }

  const Options options;
  const base::Clock& clock;
  std::mutex mutex;
  std::shared_ptr<const mapping::Catalogue> catalogue;  // guarded by mutex
  const Routes routes;
  Gaps gaps;
  Ledger ledger;
  Room room;
  std::vector<std::unique_ptr<Committer>> committers;
  Lanes lanes;
};

Intake::Intake(store::Store& store, std::shared_ptr<const mapping::Catalogue> catalogue,
               Options options, const base::Clock& clock, observe::Metrics& metrics,
               base::Bell& outbox_bell)
    : state_(std::make_unique<State>(store, std::move(catalogue), std::move(options), clock,
                                     metrics, outbox_bell)) {}

Intake::~Intake() {
  drain();
}

void Intake::receive(Received message, Answer answer) {
  const auto bytes = message.bytes.text();
  if (message.over_limit) return state_->receive(bytes, message, std::move(answer));
  const auto envelope = hl7v2::split_messages(bytes);
  if (!envelope.is_batch() && envelope.messages.size() < 2) {
    return state_->receive(bytes, message, std::move(answer));  // as received, to the last byte
  }
  auto frame = hl7v2::frame_of(envelope);
  if (envelope.messages.empty())  // an envelope round nothing
    return answer({hl7v2::write_batch(frame, {}, state_->clock.now(),
                                      mapping::remedy_of("batch-count-mismatch")),
                   {},
                   false});
  const auto together =
      std::make_shared<BatchAnswer>(std::move(frame), state_->clock, std::move(answer));
  for (std::size_t i = 0; i < envelope.messages.size(); ++i)
    state_->receive_of_batch(envelope.messages[i], message, i, together);
}

void Intake::receive(ReceivedBundle bundle, BundleAnswer answer) {
  if (bundle.writes.empty()) return answer(BundleOutcome{});
  state_->put(admit(std::move(bundle), std::move(answer)));
}

bool Intake::has_room() const {
  return state_->room.is_free();
}
void Intake::when_room(std::function<void()> call) {
  state_->room.when_free(std::move(call));
}

void Intake::publish(std::shared_ptr<const mapping::Catalogue> catalogue) {
  const std::lock_guard lock(state_->mutex);
  state_->catalogue = std::move(catalogue);
}

void Intake::drain() {
  state_->room.wait_until_empty();
}

}  // namespace gateway::intake
