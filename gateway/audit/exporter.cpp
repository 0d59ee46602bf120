#include "gateway/audit/exporter.hpp"

#include <algorithm>
#include <utility>

#include "gateway/audit/syslog.hpp"
#include "gateway/base/log.hpp"

namespace gateway::audit {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t rows_at_once = 200;
constexpr milliseconds idle{200}, store_pause{1000};
constexpr std::int64_t stands_for = 1'000'000;  // microseconds
constexpr int most_doublings = 6;               // 64 s

}  // namespace

Exporter::Exporter(store::Store& store, std::unique_ptr<Receiver> receiver, std::string name,
                   Self self, const base::Clock& clock)
    : store_(store),
      receiver_(std::move(receiver)),
      name_(std::move(name)),
      self_(std::move(self)),
      clock_(clock) {}

Exporter::~Exporter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Exporter::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const auto pause = step();
      lock.lock();
      changed_.wait_for(lock, pause, [this] { return stopping_; });
    }
  });
}

milliseconds Exporter::step() {
  if (!find_place()) return store_pause;
  const auto more = send_news();
  if (!more) return more.error().kind == base::ErrorKind::unsupported ? store_pause : failed();
  if (auto noted = note_taken(); !noted) return failed();
  if (std::exchange(failures_, 0) > 0) base::log(base::Level::info, "audit.export_goes_on");
  return *more ? milliseconds(0) : idle;
}

bool Exporter::find_place() {
  if (knows_place_) return true;
  const auto place = store_.handed_on(name_);
  if (!place) return false;
  sent_ = taken_ = *place;
  return knows_place_ = true;
}

/// True: there is more. A store that is away is no failure of the receiver (`unsupported`).
base::Result<bool> Exporter::send_news() {
  const auto rows = store_.trail(sent_, rows_at_once);
  const auto head = store_.vouched();
  if (!rows || !head) return base::Error{base::ErrorKind::unsupported, "the store is away", "", ""};
  const auto upto = rows->empty() ? sent_ : rows->back().audited.number;
  std::string octets;
  for (const auto& row : *rows) octets += syslog_of(row, self_);
  const bool signs = head->head.number > head_sent_ && head->head.number <= upto;
  if (signs) octets += syslog_of(*head, self_);
  if (octets.empty()) return false;
  if (auto done = receiver_->send(octets); !done) return done.error();
  sent_ = upto;
  if (signs) head_sent_ = head->head.number;
  return rows->size() == rows_at_once;
}

base::Result<void> Exporter::note_taken() {
  if (sent_ == taken_) return {};
  const auto has_all = receiver_->has_all();
  if (!has_all) return has_all.error();
  const auto now = clock_.steady_microseconds();
  if (candidate_ != 0 && now - candidate_since_ >= stands_for) {
    // A store that is away is asked again at the next look.
    if (store_.handed_on(name_, candidate_)) taken_ = std::exchange(candidate_, 0);
  }
  if (candidate_ == 0 && *has_all && sent_ != taken_) {
    candidate_ = sent_;
    candidate_since_ = now;
  }
  return {};
}

milliseconds Exporter::failed() {
  if (failures_ == 0) base::log(base::Level::warning, "audit.export_failed");
  sent_ = taken_;
  head_sent_ = candidate_ = 0;
  const auto pause = std::chrono::seconds(1 << std::min(failures_, most_doublings));
  ++failures_;
  return pause;
}

double Exporter::lag_seconds() {
  const auto rows = store_.trail(taken_, 1);
  if (!rows || rows->empty()) return 0;
  const auto age = clock_.now().microseconds - rows->front().audited.row.at.microseconds;
  return std::max(0.0, static_cast<double>(age) / 1e6);
}

}  // namespace gateway::audit
