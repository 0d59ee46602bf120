#include "gateway/intake/committer.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/base/memory.hpp"
#include "gateway/intake/compose.hpp"
#include "gateway/intake/events.hpp"
#include "gateway/intake/standings.hpp"

namespace gateway::intake {
namespace {

constexpr int most_conflicts = 5;  // HOUSE.md §4; then as when the store is away
constexpr int linger_part = 4;     // of what the last group took
constexpr std::chrono::microseconds longest_linger{5000};

// What a message is made into takes some twenty times its size.
constexpr std::size_t large_message = 1 << 20;

bool is_large(const Works& group) {
  std::size_t bytes = 0;
  for (const auto& work : group)
    bytes += work->message ? work->message->bytes.size() : work->bundle->bundle.bytes.size();
  return bytes >= large_message;
}

}  // namespace

/// "AA means stored, mapped, searchable, queued" is this function.
void Committer::settle(Works group) {
  auto asked = ask(group);
  auto known = store_.current(asked.resources, asked.arrivals, asked.orders);  // for all of them
  if (!known) return hold(std::move(group), {}, known.error());  // held, then closed or AR 207
  const auto last = known->last;
  Standings standings(std::move(asked), std::move(*known));
  if (const auto heads = standings.updated_orders(group); !heads.empty()) {
    auto observations = store_.observations(heads);
    if (!observations) return hold(std::move(group), {}, observations.error());
    standings.learn_orders(heads, std::move(*observations));
  }
  if (const auto further = standings.further(group);
      !further.empty()) {  // what that read has named
    auto more = store_.current(further, {}, {});
    if (!more) return hold(std::move(group), {}, more.error());
    standings.learn(std::move(*more), further);
  }

  Works composed;
  auto interests = interests_;
  std::vector<topics::InterestChange> changes;
  std::vector<store::Entry> entries;
  entries.reserve(group.size());  // standings point into them
  for (std::size_t w = 0; w < group.size(); ++w) {
    if (standings.is_unreadable(w)) {
      refuse_unreadable(*group[w]);
      continue;
    }
    auto entry =
        compose(*group[w], w, standings, gaps_, routes_, clock_.now());  // revise, index, route
    if (!entry) {
      again_.push_back(std::move(group[w]));  // repeats one of this group
      continue;
    }
    add_events(*entry, interests, [&](const auto& key) { return standings.before(w, key); });
    if (group[w]->bundle && !group[w]->bundle->refused)
      for (const auto& change : group[w]->bundle->bundle.interests) {
        interests = topics::changed(std::move(interests), change);
        changes.push_back(change);
      }
    entries.push_back(std::move(*entry));
    entries.back().composed_on = last;
    composed.push_back(std::move(group[w]));
    standings.apply(entries.back());  // the patient's next one sees it
  }
  if (entries.empty()) return answer({}, {}, {});
  auto outcomes = store_.commit(entries);  // durable on return
  if (!outcomes) return hold(std::move(composed), entries, outcomes.error());
  interests_ = std::move(interests);
  answer(std::move(composed), entries, *outcomes);  // conflicts lead the next group
  outbox_bell_.ring();
  tell_of_events(entries, changes);
}

void Committer::tell_of_events(std::span<const store::Entry> entries,
                               const std::vector<topics::InterestChange>& changes) {
  if (!on_events_) return;
  EventsTold told;
  for (const auto& change : changes) told.written.push_back(change.subscription);
  const auto add = [&told](const store::Entry& entry) {
    for (const auto& event : entry.events) told.with_events.push_back(event.subscription);
  };
  for (const auto& entry : entries) {
    add(entry);
    for (const auto& consequence : entry.consequences) add(consequence);
  }
  if (!told.with_events.empty() || !told.written.empty()) on_events_(told);
}

void Committer::answer(Works group, std::span<store::Entry> entries,
                       const std::vector<store::Outcome>& outcomes) {
  base::invariant(outcomes.size() == group.size(), "an outcome for every entry");
  bool conflicts_persist = false;
  for (std::size_t w = 0; w < group.size(); ++w) {
    Work& work = *group[w];
    if (outcomes[w].kind != store::Outcome::Kind::stored && !entries[w].duplicate) {
      // Another writer was first: a conflict is composed again on what stands now, a duplicate
      // finds its first answer there.
      take_back(work, entries[w]);
      conflicts_persist = ++work.conflicts > most_conflicts || conflicts_persist;
      again_.push_back(std::move(group[w]));
      continue;
    }
    if (work.bundle && !work.bundle->refused) {
      auto& results = work.bundle->results;
      for (const auto& written : outcomes[w].versions) {
        const auto at = std::find_if(results.begin(), results.end(),
                                     [&](const auto& r) { return r.key == written.key; });
        if (at == results.end()) continue;
        at->version = written.version;
        at->last_updated = written.last_updated;
      }
    }
    tell(work, next_serial());
    finished_(work.lane);
  }
  if (holding_) base::log(base::Level::info, "intake.resumed");
  holding_ = false;
  pause_.reset();
  ledger_.held(0);
  if (conflicts_persist) {
    holding_ = true;
    expire();
  }
}

void Committer::hold(Works group, std::span<store::Entry> entries, const base::Error& error) {
  if (!holding_) {
    base::log(base::Level::error, "intake.held",
              {{"messages", group.size()},
               {"unknown", static_cast<int>(error.kind == base::ErrorKind::unknown)}});
  }
  holding_ = true;
  for (std::size_t w = 0; w < group.size(); ++w) {
    if (w < entries.size()) take_back(*group[w], entries[w]);
    group[w]->outcome_unknown =
        group[w]->outcome_unknown || (!entries.empty() && error.kind == base::ErrorKind::unknown);
  }
  // In front of what this group set aside: those repeat one of these.
  again_.insert(again_.begin(), std::make_move_iterator(group.begin()),
                std::make_move_iterator(group.end()));
  expire();
}

void Committer::expire() {
  const auto now = clock_.steady_microseconds();
  std::erase_if(again_, [&](std::unique_ptr<Work>& work) {
    const auto held = judge_held(*work, now, hold_);
    if (held == Held::keep) return false;
    give_up(*work, held);
    finished_(work->lane);
    return true;
  });
  ledger_.held(again_.size());
}

void Committer::tell(Work& work, std::uint64_t serial) {
  if (work.bundle) {
    ledger_.answered(work, work.bundle->refused ? "refused" : "stored");
    if (work.bundle->refused) return work.bundle->answer(*work.bundle->refused);
    return work.bundle->answer(BundleOutcome{std::move(work.bundle->results)});
  }
  auto& message = *work.message;
  const auto& rule = rule_of(message.verdict.situation);
  if (!message.refused && !message.is_duplicate) ledger_.converted(fates_of(message.account));
  ledger_.answered(work, message.is_duplicate ? "duplicate" : rule.application.data());
  auto blocks = acknowledgements(message.verdict, message.header, clock_.now(), serial);
  Answered answered;
  answered.close = message.over_limit;
  if (!blocks.empty()) {
    answered.bytes = std::move(blocks.front());
    answered.further.assign(std::make_move_iterator(blocks.begin() + 1),
                            std::make_move_iterator(blocks.end()));
  }
  message.answer(std::move(answered));
}

void Committer::give_up(Work& work, Held held) {
  if (work.bundle) {
    ledger_.answered(work, "unavailable");
    const bool unknown = work.outcome_unknown;
    return work.bundle->answer(
        base::Error{unknown ? base::ErrorKind::unknown : base::ErrorKind::unavailable,
                    unknown ? "store-unavailable whether this was stored is not known"
                            : "store-unavailable the store cannot take it",
                    "", "send it again"});
  }
  gaps_.forget(work.message->key.sender, work.message->gaps);
  ledger_.answered(work, held == Held::close ? "closed" : "AR");
  if (held == Held::close) return work.message->answer({"", {}, true});
  const auto verdict =
      refusal(Situation::store_unavailable, "", 207, "cannot be stored at present, send it again");
  auto blocks = acknowledgements(verdict, work.message->header, clock_.now(), next_serial());
  work.message->answer({blocks.empty() ? std::string() : blocks.front(), {}, blocks.empty()});
}

/// Waiting does not mend a damaged row, and a sender that is not answered would offer the message
/// for ever before all its others: it is refused at once. But never with a word of which we are not
/// sure (TRUST R2).
void Committer::refuse_unreadable(Work& work) {
  base::log(base::Level::error, "intake.unreadable",
            {{"listener", base::ConfiguredName(work.listener)}});
  ledger_.unreadable();
  if (work.bundle && !work.outcome_unknown) {
    ledger_.answered(work, "refused");
    work.bundle->answer(base::Error{base::ErrorKind::unavailable,
                                    "internal what stands of this cannot be read", "",
                                    "the operator of this gateway finds the place in its log"});
  } else {
    give_up(work, work.outcome_unknown ? Held::close : Held::reject);
  }
  finished_(work.lane);
}

/// What is to be settled again, then what waits, at most a group. Sleeps only if there is neither.
/// Senders in lock step send again when they read an answer: a group that waits an instant for
/// those it has just answered is twice as large, and each of them waits for one commit instead of
/// two.
void Committer::linger(std::unique_lock<std::mutex>& lock) {
  wanted_ = std::min(expected_, group_most_);
  waits_.wait_for(lock, linger_, [this] { return stopping_ || queue_.size() >= wanted_; });
  wanted_ = 1;
}

void Committer::gather() {
  std::unique_lock lock(mutex_);
  if (again_.empty()) waits_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (!holding_) linger(lock);
  while (again_.size() < group_most_ && !queue_.empty()) {
    again_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
}

/// After a failure nothing is tried before the store says that it is whole (TRUST R4).
bool Committer::store_is_back() {
  {
    std::unique_lock lock(mutex_);
    // New work does not end the pause: it would not be taken any sooner.
    waits_.wait_for(lock, pause_.next(), [] { return false; });
  }
  // Asked before anything expires: who came while it was away and may not be held for long is tried
  // once it is back.
  const bool is_back = store_.recover();
  if (!is_back) expire();
  return is_back;
}

Works Committer::take() {
  do {
    gather();
    if (again_.empty()) return {};  // the end
  } while (holding_ && (!store_is_back() || again_.empty()));
  return std::exchange(again_, {});
}

void Committer::run() {
  for (auto group = take(); !group.empty(); group = take()) {
    const bool large = is_large(group);
    const auto size = group.size();
    const auto begun = clock_.steady_microseconds();
    settle(std::move(group));
    const std::chrono::microseconds took(clock_.steady_microseconds() - begun);
    if (large) base::give_back_memory();
    linger_ = std::min(took / linger_part, longest_linger);
    const std::lock_guard lock(mutex_);
    expected_ = size + queue_.size();
  }
}

void Committer::put(std::unique_ptr<Work> work) {
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    enough = queue_.size() >= wanted_;
  }
  if (enough) waits_.notify_one();
}

Committer::Committer(store::Store& store, const Routes& routes, Gaps& gaps, const Options& options,
                     const base::Clock& clock, Ledger& ledger, base::Bell& outbox_bell,
                     std::function<void(std::size_t)> finished)
    : store_(store),
      routes_(routes),
      gaps_(gaps),
      hold_(options.hold),
      group_most_(options.group_most),
      clock_(clock),
      ledger_(ledger),
      outbox_bell_(outbox_bell),
      finished_(std::move(finished)),
      on_events_(options.on_events),
      interests_(options.interests),
      thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  waits_.notify_one();
  thread_.join();
}

}  // namespace gateway::intake
