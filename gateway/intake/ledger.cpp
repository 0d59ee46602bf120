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

void Ledger::converted(const mapping::Fates& fates) {
  mapped_.add(fates.mapped);
  set_aside_.add(fates.set_aside);
  unmapped_.add(fates.unmapped);
}

void Ledger::unreadable() {
  unreadable_.add();
}

void Ledger::held(std::size_t works) {
  held_.set(static_cast<double>(works));
}

}  // namespace gateway::intake
