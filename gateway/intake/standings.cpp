#include "gateway/intake/standings.hpp"

#include <algorithm>

namespace gateway::intake {
namespace {

std::string spelled(const store::ArrivalKey& key) {
  return key.sender + '\x1F' + key.control_id + '\x1F' +
         (key.state == store::ArrivalState::accepted ? 'a' : 'r');
}

}  // namespace

Asked ask(const Works& group) {
  Asked asked;
  for (const auto& work : group) {
    Asked::Range range{asked.resources.size(), 0, 0, asked.arrivals.size(),
                       work->message != nullptr};
    for (std::size_t i = 0; i < work->prepared.size(); ++i) {
      const auto& key = work->message ? work->message->conversion.resources[i].key
                                      : work->bundle->bundle.writes[i].key;
      asked.resources.push_back({key, work->prepared[i].digest});
    }
    range.patients = asked.resources.size();
    // No content: the body itself is wanted.
    for (const auto& id : work->other_patients) asked.resources.push_back({{"Patient", id}, {}});
    range.follow_ups = asked.resources.size();
    if (work->message) {
      for (const auto& key : work->message->follow_ups) asked.resources.push_back({key, {}});
      asked.arrivals.push_back(work->message->key);
    }
    asked.works.push_back(range);
  }
  return asked;
}

const store::Current* Standings::resource(std::size_t w, std::size_t n) {
  return at(asked_.works[w].resources + n);
}

const store::Current* Standings::other_patient(std::size_t w, std::size_t n) {
  return at(asked_.works[w].patients + n);
}

const store::Current* Standings::follow_up(std::size_t w, std::size_t n) {
  return at(asked_.works[w].follow_ups + n);
}

const store::Current* Standings::at(std::size_t ask) {
  const auto& asked = asked_.resources[ask];
  const auto written = written_.find(asked.key.reference());
  if (written == written_.end()) {
    const auto& known = known_.resources[ask];
    return known ? &*known : nullptr;
  }
  const auto& version = *written->second;
  made_ = {version.key,   version.follows + 1, version.body.empty(), false, {},
           version.owner, version.order,       version.source_time,  {}};
  made_.same = base::sha256(version.body) == asked.content;
  if (!made_.same) made_.body = version.body;
  return &made_;
}

std::optional<store::SeenArrival> Standings::arrival(std::size_t w) const {
  const auto& key = asked_.arrivals[asked_.works[w].arrival];
  auto seen = known_.arrivals[asked_.works[w].arrival];
  const auto here = arrivals_.find(spelled(key));
  if (seen.seen == store::Seen::duplicate || here == arrivals_.end()) return seen;
  const auto& digests = here->second;
  if (std::find(digests.begin(), digests.end(), key.bytes) != digests.end()) return std::nullopt;
  seen.seen = store::Seen::control_id_reused;
  return seen;
}

bool Standings::is_unreadable(std::size_t w) const {
  const auto& range = asked_.works[w];
  if (range.is_message) {
    const auto& seen = known_.arrivals[range.arrival];
    if (seen.unreadable) return true;
    if (seen.seen == store::Seen::duplicate) return false;  // its first answer is all it needs
  }
  const auto end =
      w + 1 < asked_.works.size() ? asked_.works[w + 1].resources : asked_.resources.size();
  return std::any_of(known_.resources.begin() + static_cast<std::ptrdiff_t>(range.resources),
                     known_.resources.begin() + static_cast<std::ptrdiff_t>(end),
                     [](const auto& current) { return current && current->unreadable; });
}

void Standings::apply(const store::Entry& entry) {
  if (entry.arrival.kind == store::ArrivalKind::hl7v2 && !entry.duplicate) {
    arrivals_[spelled(entry.arrival.key)].push_back(entry.arrival.key.bytes);
  }
  for (const auto& version : entry.versions) written_[version.key.reference()] = &version;
}

}  // namespace gateway::intake
