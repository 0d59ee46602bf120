#include "gateway/http/admin/live_page.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "gateway/http/admin/answers.hpp"
#include "gateway/http/admin/arrival_text.hpp"

namespace gateway::http::admin {
namespace {

constexpr std::int64_t a_second = base::microseconds_a_second;
constexpr std::int64_t overview_every = 2 * a_second, known_every = 5 * a_second;
/// Then the browser comes again, and shows again who it is.
constexpr std::int64_t longest_stream = 3600 * a_second;

std::string event(std::string_view name, std::int64_t id, const std::string& data) {
  std::string out = id == 0 ? "" : "id: " + std::to_string(id) + "\n";
  return ((((out += "event: ") += name) += "\ndata: ") += data) += "\n\n";
}

class LiveFeed final : public Feed {
 public:
  LiveFeed(std::shared_ptr<LivePage::Shared> shared, std::int64_t after,
           std::shared_ptr<void> place, std::function<bool()> still_known)
      : Feed("admin/events"),
        shared_(std::move(shared)),
        after_(after),
        place_(std::move(place)),
        still_known_(std::move(still_known)) {}

  std::optional<Said> next(const base::Clock& clock) override {
    const auto now = clock.steady_microseconds();
    const bool is_first = !std::exchange(is_begun_, true);
    if (is_first) begun_ = asked_who_ = now;
    if (now - begun_ > longest_stream) return std::nullopt;
    if (now - asked_who_ >= known_every) {
      asked_who_ = now;
      if (!still_known_()) return std::nullopt;
    }
    const auto sight = shared_->sight(clock);
    std::string out = is_first ? "retry: 2000\n\n" : "";
    if (is_first || now - told_ >= overview_every) {
      told_ = now;
      out += event("overview", 0, sight->overview);
    }
    return Said{out + arrived(sight->lines), false};
  }

 private:
  std::string arrived(const std::vector<store::ArrivalLine>& lines) {
    if (lines.empty() || lines.front().number.value <= after_) return "";
    fhir::JsonWriter out;
    out.begin_object().key("items").begin_array();
    bool more = lines.size() == LivePage::rows_at_once;
    for (const auto& line : lines) {
      if (line.number.value <= after_) {
        more = false;
        break;
      }
      out.begin_object();
      write_line(out, line);
      out.end_object();
    }
    out.end_array();
    if (more) out.key("more").boolean(true);
    after_ = lines.front().number.value;
    return event("arrivals", after_, out.end_object().take());
  }

  const std::shared_ptr<LivePage::Shared> shared_;
  std::int64_t after_;
  const std::shared_ptr<void> place_;  // among those that watch
  const std::function<bool()> still_known_;
  bool is_begun_ = false;
  std::int64_t begun_ = 0, told_ = 0, asked_who_ = 0;
};

}  // namespace

std::shared_ptr<const LivePage::Sight> LivePage::Shared::last() {
  const std::lock_guard lock(mutex);
  return now;
}

/// Whoever comes first in a second looks for all. Nobody else waits for a store that is slow:
/// streams are asked by the workers that answer requests. A store that is away is what the overview
/// says; what arrived stays as it was seen last.
std::shared_ptr<const LivePage::Sight> LivePage::Shared::sight(const base::Clock& clock) {
  std::unique_lock look(looking, std::try_to_lock);
  if (!look) {
    if (auto before = last()) return before;
    look.lock();
  }
  const auto before = last();
  const auto at = clock.steady_microseconds();
  if (before && at - before->taken < a_second) return before;
  auto seen = std::make_shared<Sight>();
  seen->taken = at;
  seen->overview = overview();
  store::ArrivalsAsked asked;
  asked.most = rows_at_once;
  if (auto page = store.arrivals(asked))
    seen->lines = std::move(page->lines);
  else if (before)
    seen->lines = before->lines;
  const std::lock_guard lock(mutex);
  now = std::move(seen);
  return now;
}

std::shared_ptr<void> LivePage::enter(const std::string& person) {
  const std::lock_guard lock(shared_->mutex);
  auto& mine = shared_->by_person[person];
  if (mine >= most_of_one || shared_->all >= most) return nullptr;
  ++mine;
  ++shared_->all;
  return {shared_.get(), [shared = shared_, person](void*) {
            const std::lock_guard leaving(shared->mutex);
            --shared->all;
            if (--shared->by_person[person] == 0) shared->by_person.erase(person);
          }};
}

Response LivePage::stream(const Caller& who, const Request& request,
                          std::function<bool()> still_known) {
  std::int64_t after = 0;
  const auto last = request.header("last-event-id");
  const auto* end = last.data() + last.size();
  if (!last.empty() && (std::from_chars(last.data(), end, after).ptr != end || after < 0))
    return refused(400, "", "this is no event's id", "leave Last-Event-ID away to begin anew");
  auto place = enter(who.door + ' ' + who.name);
  if (!place)
    return refused(429, "", "too many streams are open", "close one, or ask overview instead");
  Response response{200, "text/event-stream", {{"X-Accel-Buffering", "no"}}, ""};
  response.feed =
      std::make_shared<LiveFeed>(shared_, after, std::move(place), std::move(still_known));
  return response;
}

}  // namespace gateway::http::admin
