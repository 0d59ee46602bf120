#include "gateway/audit/recorder.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "gateway/base/log.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::audit {
namespace {

constexpr std::int64_t sign_every = 60'000'000;  // microseconds
constexpr std::int64_t sign_rows = 1000;         // or so many
constexpr std::chrono::milliseconds gathering{20}, pause{250};
constexpr std::chrono::seconds longest_wait{1};

base::Error unavailable() {
  return {base::ErrorKind::unavailable, "audit-unavailable this cannot be noted down", "",
          "try again later"};
}

/// Counts what is written, and says in our words what is not.
class Counting final : public store::Awaiting {
 public:
  Counting(observe::Counter& records, std::shared_ptr<store::Awaiting> awaits)
      : records_(records), awaits_(std::move(awaits)) {}
  void hear(const base::Result<void>& outcome) override {
    if (!outcome) return awaits_->hear(unavailable());
    records_.add();
    awaits_->hear(outcome);
  }
  void ring() override { awaits_->ring(); }

 private:
  observe::Counter& records_;
  const std::shared_ptr<store::Awaiting> awaits_;
};

}  // namespace

Recorder::Recorder(store::Store& store, Settings settings, const base::Clock& clock,
                   observe::Metrics& metrics)
    : store_(store),
      settings_(std::move(settings)),
      clock_(clock),
      records_(metrics.counter(observe::names::audit_records)),
      lost_(metrics.counter(observe::names::audit_refusals_left_out)) {}

Recorder::~Recorder() {
  end();
}

store::AuditRow Recorder::own(std::string event, std::string detail) const {
  return {std::move(event), clock_.now(), settings_.instance, "gateway", "200", {},
          std::move(detail)};
}

base::Result<void> Recorder::begin() {
  const auto head = store_.audit_head();
  if (!head) return head.error();
  if (const auto vouched = store_.vouched()) signed_up_to_ = vouched->head.number;
  // The chain of this process begins at its start and goes on from where the one before ended.
  auto row = own("start", "row " + std::to_string(head->number) + " chain " +
                              base::hex(base::bytes_of(head->chain)));
  if (auto written = done(std::move(row)); !written) return written;
  thread_ = std::thread([this] { live(); });
  return {};
}

void Recorder::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  (void)done(own("stop", ""));
  sign(true);
}

base::Result<void> Recorder::done(store::AuditRow row) {
  if (!store_.audit({&row, 1})) return unavailable();
  records_.add();
  return {};
}

base::Result<void> Recorder::shown(store::AuditRow row) {
  if (settings_.reads == Reads::before_answer) return done(std::move(row));
  if (queue(std::move(row))) return {};
  return unavailable();
}

void Recorder::shown(store::AuditRow row, std::shared_ptr<store::Awaiting> awaits) {
  if (settings_.reads == Reads::before_answer)
    return store_.audit(std::move(row), std::make_shared<Counting>(records_, std::move(awaits)));
  if (queue(std::move(row)))
    awaits->hear({});
  else
    awaits->hear(unavailable());
  awaits->ring();
}

bool Recorder::queue(store::AuditRow row) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= settings_.most_queued) return false;
    queue_.push_back(std::move(row));
  }
  changed_.notify_one();
  return true;
}

void Recorder::refused(store::AuditRow row) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& due : refusals_.add(std::move(row), clock_.steady_microseconds())) {
      // Those that show something go before: a flood of refusals must not stop all reading.
      if (queue_.size() < settings_.most_queued / 2)
        queue_.push_back(std::move(due));
      else
        left_out_ += std::max<std::int64_t>(1, due.count);
    }
  }
  changed_.notify_one();
}

/// Rows that could not be written stay, and are tried again; what comes meanwhile finds less room.
void Recorder::live() {
  Rows rows;
  for (;;) {
    bool is_last = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, longest_wait, [this] { return stopping_ || !queue_.empty(); });
      if (!stopping_ && !queue_.empty() && queue_.size() < settings_.most_queued / 2)
        changed_.wait_for(lock, gathering, [this] { return stopping_; });
      is_last = stopping_;
      for (auto& due : refusals_.due(clock_.steady_microseconds()))
        queue_.push_back(std::move(due));
      if (const auto left_out = std::exchange(left_out_, 0); left_out > 0) {
        lost_.add(left_out);
        auto row = own("refused", "left out");
        row.outcome = "429";
        row.count = left_out;
        queue_.push_back(std::move(row));
      }
      rows.swap(queue_);
    }
    const bool is_written = rows.empty() || write(rows);
    if (is_written) rows.clear();
    if (is_last) return;
    if (is_written) {
      sign(false);
      continue;
    }
    std::unique_lock lock(mutex_);
    queue_.insert(queue_.begin(), std::make_move_iterator(rows.begin()),
                  std::make_move_iterator(rows.end()));
    rows.clear();
    changed_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

bool Recorder::write(const Rows& rows) {
  const std::vector<store::AuditRow> all(rows.begin(), rows.end());
  if (!store_.audit(all)) {
    base::log(base::Level::error, "audit.not_written", {{"rows", all.size()}});
    return false;
  }
  records_.add(static_cast<std::int64_t>(all.size()));
  return true;
}

void Recorder::sign(bool at_once) {
  const auto now = clock_.steady_microseconds();
  const auto head = store_.audit_head();
  if (!head || head->number == signed_up_to_) return;
  const bool is_due = at_once || signed_at_ == 0 || now - signed_at_ >= sign_every ||
                      head->number - signed_up_to_ >= sign_rows;
  if (!is_due) return;
  const auto at = clock_.now();
  const auto signature = security::sign(settings_.key, store::signed_text(*head, at));
  if (!store_.vouch({*head, at, settings_.key.public_key, signature})) return;
  signed_at_ = now;
  signed_up_to_ = head->number;
}

}  // namespace gateway::audit
