#include "gateway/push/line.hpp"

#include <algorithm>
#include <future>

#include "gateway/access/identity.hpp"
#include "gateway/base/log.hpp"
#include "gateway/query/interest.hpp"
#include "gateway/query/restrict.hpp"

namespace gateway::push {
namespace {

constexpr int failures_to_error = 10;
/// Who is not woken looks all the same: for the end of the subscription, and for the store.
constexpr std::int64_t longest_unseen = 60'000'000;
constexpr std::int64_t store_pause = 1'000'000;

std::uint64_t seed(const base::Clock& clock, const std::string& id) {
  return static_cast<std::uint64_t>(clock.now().microseconds) ^ std::hash<std::string>{}(id);
}

}  // namespace

Line::Line(Works works, std::string id)
    : works_(works),
      id_(std::move(id)),
      backoff_(seed(works.clock, id_)),
      last_told_(works.clock.steady_microseconds()) {}

std::optional<std::int64_t> Line::step() {
  switch (is_read_ ? Reading::ready : read()) {
    case Reading::ended:
      return std::nullopt;
    case Reading::away:
      return now() + store_pause;
    case Reading::ready:
      break;
  }
  if (what_.end && *what_.end <= works_.clock.now()) {
    if (!set_state(topics::State::off, "its end has come")) return now() + store_pause;
    return std::nullopt;
  }
  if (what_.channel == topics::Channel::server_sent_events) return now() + longest_unseen;
  return tell();
}

Line::Reading Line::read() {
  auto snapshot = works_.store.snapshot();
  if (!snapshot) return Reading::away;
  auto found = (*snapshot)->read({"Subscription", id_}, {});
  if (!found) return Reading::away;
  if (!*found || (*found)->deleted) return Reading::ended;
  snapshot->reset();
  const auto body = fhir::parse_json((*found)->body);
  auto what = body ? topics::read(*body) : base::Result<topics::Subscription>(body.error());
  version_ = std::move(**found);
  if (!what) return end("it cannot be told any more");
  if (what->state == topics::State::off) return Reading::ended;
  what_ = *std::move(what);
  who_ = works_.access.principal_of(access::read_identity(what_.identity));
  const bool may = who_.authenticated && topics::client_url(who_.name) == what_.client &&
                   query::restricted(who_, security::Interaction::read, "Subscription") &&
                   query::interest_of(what_, who_);  // what it is numbered by, too
  if (!may) return end("its client has no access any more");
  const bool listens = what_.channel == topics::Channel::server_sent_events;
  if (listens && !what_.end) return Reading::ended;  // nobody to tell, and nothing to wait for
  target_.reset();
  if (!listens) {
    auto target = works_.connect(what_);
    if (target) target_ = std::move(*target);  // else it is like a receiver that refuses
  }
  if (what_.state == topics::State::requested) failures_ = 0;
  has_answered_ = what_.state == topics::State::active;
  is_read_ = true;
  return Reading::ready;
}

/// Nothing is numbered for it any more, so nobody may take it for one that stands.
Line::Reading Line::end(std::string_view why) {
  return set_state(topics::State::off, why) ? Reading::ended : Reading::away;
}

std::optional<std::int64_t> Line::tell() {
  auto told = works_.reader.told(
      who_, id_, {.after = {}, .most = has_answered_ ? what_.most_events : 0, .payload = {}});
  if (!told) {
    is_read_ = false;
    return now() + store_pause;
  }
  std::optional<std::chrono::seconds> retry_after;
  if (!has_answered_) {
    const bool yes = post(notice(topics::Kind::handshake, told->count), retry_after);
    if (yes && set_state(topics::State::active, "")) return later(true, {});
    return later(yes, retry_after);
  }
  if (!told->events.empty()) {
    auto news = notice(topics::Kind::event_notification, told->count);
    news.told = told->events;
    const bool yes = post(news, retry_after);
    if (!yes) return later(false, retry_after);
    if (!keep(*told)) return now() + store_pause;  // it is told once more
    (void)later(true, {});
    return now();  // there may be more
  }
  const auto beat = std::chrono::microseconds(what_.heartbeat).count();
  if (beat > 0 && now() - last_told_ >= beat)
    return later(post(notice(topics::Kind::heartbeat, told->count), retry_after), retry_after);
  const auto unseen = now() + longest_unseen;
  return beat > 0 ? std::min(unseen, last_told_ + beat) : unseen;
}

/// After a notice: when the next step is due.
std::int64_t Line::later(bool said_yes, std::optional<std::chrono::seconds> retry_after) {
  if (said_yes) {
    failures_ = 0;
    last_told_ = now();
    works_.delivered.add();
    if (what_.state == topics::State::error) (void)set_state(topics::State::active, "");
    return now();
  }
  works_.retried.add();
  ++failures_;
  if (failures_ >= failures_to_error && what_.state != topics::State::error) {
    base::log(base::Level::warning, "push.receiver_away", {{"failures", failures_}});
    (void)set_state(topics::State::error, "its receiver does not answer, or refuses");
  }
  return now() + std::chrono::microseconds(backoff_.after(failures_, retry_after)).count();
}

topics::Notice Line::notice(topics::Kind kind, std::int64_t count) const {
  const auto state = kind == topics::Kind::handshake ? what_.state : topics::State::active;
  return {kind, id_, what_.topic->url(), state, count, {}, what_.payload, works_.clock.now()};
}

bool Line::post(const topics::Notice& notice, std::optional<std::chrono::seconds>& retry_after) {
  if (!target_) return false;
  const auto answer = target_->post({topics::bundle_of(notice, works_.settings.base_url), ""});
  if (!answer) return false;
  retry_after = answer->retry_after;
  return answer->status >= 200 && answer->status < 300;
}

/// The yes and its disclosure become durable together.
bool Line::keep(const query::Told& told) {
  const auto row = query::notified(told, who_, "push", works_.clock.now());
  const auto last = told.events.back().number;
  return static_cast<bool>(works_.store.told(id_, last, {&row, 1}));
}

/// False: somebody wrote it meanwhile, or the store is away; it is read again.
bool Line::set_state(topics::State state, std::string_view error) {
  is_read_ = false;
  auto resource = fhir::parse_json(version_.body);
  if (!resource) return false;
  topics::set_state(*resource, state, error);
  fhir::RequestedWrite write{version_.key, resource->write(), "", 0, {}};
  write.decided_on = version_.version;
  intake::ReceivedBundle bundle{
      {std::move(write)}, "state", {works_.settings.instance, {}, "source", true}, "push",
      works_.clock.now(), ""};
  if (state == topics::State::off) bundle.interests.push_back({id_, nullptr});
  const auto promise = std::make_shared<std::promise<bool>>();
  auto done = promise->get_future();
  works_.intake.receive(std::move(bundle), [promise](const auto& outcome) {
    promise->set_value(static_cast<bool>(outcome));
  });
  return done.get();
}

}  // namespace gateway::push
