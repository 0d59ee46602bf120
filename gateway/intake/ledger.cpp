#include "gateway/intake/ledger.hpp"

#include <string_view>

#include "gateway/observe/names.hpp"

namespace gateway::intake {

namespace names = observe::names;

Ledger::Ledger(observe::Metrics& metrics)
    : metrics_(metrics),
      duplicates_(metrics.counter(names::duplicates)),
      held_(metrics.gauge(names::held_messages)),
      unreadable_(metrics.counter(names::unreadable)),
      mapped_(metrics.counter(names::fields, {{"fate", "mapped"}})),
      set_aside_(metrics.counter(names::fields, {{"fate", "set_aside"}})),
      unmapped_(metrics.counter(names::fields, {{"fate", "unmapped"}})) {}

void Ledger::answered(const Work& work, const char* result) {
  if (std::string_view(result) == "duplicate") duplicates_.add();
  const std::lock_guard lock(mutex_);
  auto& counter = received_[{work.listener, result}];
  if (counter == nullptr) {
    counter = &metrics_.counter(names::messages_received,
                                {{"listener", work.listener}, {"result", result}});
  }
  counter->add();
}

void Ledger::converted(const mapping::LossAccount& account) {
  std::int64_t mapped = 0, set_aside = 0, unmapped = 0;
  for (const auto& leaf : account.leaves) {
    mapped += leaf.fate == mapping::Fate::mapped ? 1 : 0;
    set_aside += leaf.fate == mapping::Fate::set_aside ? 1 : 0;
    unmapped += leaf.fate == mapping::Fate::unmapped ? 1 : 0;
  }
  mapped_.add(mapped);
  set_aside_.add(set_aside);
  unmapped_.add(unmapped);
}

void Ledger::unreadable() {
  unreadable_.add();
}

void Ledger::held(std::size_t works) {
  held_.set(static_cast<double>(works));
}

}  // namespace gateway::intake
