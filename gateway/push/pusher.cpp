#include "gateway/push/pusher.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "gateway/access/identity.hpp"
#include "gateway/observe/names.hpp"
#include "gateway/push/line.hpp"
#include "gateway/query/interest.hpp"

namespace gateway::push {
namespace {

/// All subscriptions that are not off, whoever they belong to.
base::Result<std::vector<fhir::Version>> standing(store::Store& store) {
  auto snapshot = store.snapshot();
  if (!snapshot) return snapshot.error();
  auto query = fhir::search::parse("Subscription", "status=requested,active,error&_count=1000");
  base::invariant(static_cast<bool>(query), "our own query can be read");
  std::vector<fhir::Version> all;
  store::Search search{.query = &*query, .scope = {}};
  for (bool more = true; more;) {
    auto page = (*snapshot)->search(search);
    if (!page) return page.error();
    for (auto& row : page->rows) all.push_back(std::move(row.version));
    search.after = page->after;
    more = page->more;
  }
  return all;
}

}  // namespace

base::Result<topics::Interests> interests(store::Store& store, const access::Access& access) {
  const auto all = standing(store);
  if (!all) return all.error();
  topics::Interests out;
  for (const fhir::Version& version : *all) {
    const auto body = fhir::parse_json(version.body);
    const auto what = body ? topics::read(*body) : base::Result<topics::Subscription>(body.error());
    if (!what) continue;
    const auto who = access.principal_of(access::read_identity(what->identity));
    if (!who.authenticated || topics::client_url(who.name) != what->client) continue;
    if (auto interest = query::interest_of(*what, who)) out.push_back(*std::move(interest));
  }
  return out;
}

struct Pusher::State {
  struct Entry {
    std::unique_ptr<Line> line;
    std::int64_t due = 0;  // steady microseconds
    bool is_taken = false;
    bool is_written = true;  // since the line last read it
    bool has_events = false;
  };

  State(store::Store& store, query::Reader& reader, intake::Intake& intake,
        const access::Access& access, Settings its_settings, Connect its_connect,
        const base::Clock& clock, observe::Counter& delivered, observe::Counter& retried)
      : settings(std::move(its_settings)),
        connect(std::move(its_connect)),
        works{store, reader, intake, access, settings, connect, clock, delivered, retried} {}

  const Settings settings;
  const Connect connect;
  const Works works;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Entry> lines;  // guarded by mutex; a line itself by who took it
  bool stopping = false;               // guarded by mutex
  std::vector<std::thread> threads;

  void add(const std::string& id) {
    auto& entry = lines[id];
    if (!entry.line) entry.line = std::make_unique<Line>(works, id);
  }

  /// The entry that is due, else null and how long to wait.
  Entry* due(std::int64_t now, std::int64_t& until) {
    until = now + 1'000'000;  // the clock may not be the machine's
    for (auto& [id, entry] : lines) {
      if (entry.is_taken) continue;
      if (entry.due <= now) return &entry;
      until = std::min(until, entry.due);
    }
    return nullptr;
  }

  void work(std::unique_lock<std::mutex>& lock, Entry& entry) {
    entry.is_taken = true;
    entry.has_events = false;
    if (std::exchange(entry.is_written, false)) entry.line->read_again();
    lock.unlock();
    const auto next = entry.line->step();
    lock.lock();
    entry.is_taken = false;
    const bool again = entry.is_written || (entry.has_events && !entry.line->fails());
    if (!next && !entry.is_written) {
      std::erase_if(lines, [&entry](const auto& one) { return &one.second == &entry; });
      return;
    }
    entry.due = again ? 0 : *next;
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      const auto now = works.clock.steady_microseconds();
      std::int64_t until = 0;
      if (Entry* entry = due(now, until)) {
        work(lock, *entry);
        changed.notify_one();
      } else {
        changed.wait_for(lock,
                         std::chrono::microseconds(std::max<std::int64_t>(1000, until - now)));
      }
    }
  }
};

Pusher::Pusher(store::Store& store, query::Reader& reader, intake::Intake& intake,
               const access::Access& access, Settings settings, Connect connect,
               const base::Clock& clock, observe::Metrics& metrics) {
  const auto counter = [&metrics](const char* result) -> observe::Counter& {
    return metrics.counter(observe::names::deliveries,
                           {{"target", "subscriptions"}, {"result", result}});
  };
  state_ =
      std::make_unique<State>(store, reader, intake, access, std::move(settings),
                              std::move(connect), clock, counter("delivered"), counter("retried"));
}

Pusher::~Pusher() {
  stop();
}

base::Result<void> Pusher::start() {
  const auto all = standing(state_->works.store);
  if (!all) return all.error();
  for (const auto& version : *all) {
    state_->add(version.key.id);
    state_->lines[version.key.id].line->prepare();
  }
  for (int i = 0; i < state_->settings.threads; ++i)
    state_->threads.emplace_back([state = state_.get()] { state->run(); });
  return {};
}

void Pusher::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  for (auto& thread : state_->threads) thread.join();
  state_->threads.clear();
}

void Pusher::read_again() {
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& [id, entry] : state_->lines) {
      entry.is_written = true;
      entry.due = 0;
    }
  }
  state_->changed.notify_one();
}

void Pusher::look(const intake::EventsTold& told) {
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& id : told.written) {
      state_->add(id);
      auto& entry = state_->lines[id];
      entry.is_written = true;
      entry.due = 0;
    }
    for (const auto& id : told.with_events) {
      const auto at = state_->lines.find(id);
      if (at == state_->lines.end()) continue;  // nobody is told by us
      at->second.has_events = true;
      // Who does not answer is not asked sooner because there is more to say. (Taken: see `work`.)
      if (!at->second.is_taken && !at->second.line->fails()) at->second.due = 0;
    }
  }
  state_->changed.notify_one();
}

}  // namespace gateway::push
