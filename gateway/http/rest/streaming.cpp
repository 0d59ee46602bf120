#include "gateway/http/rest/streaming.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/fhir/lines.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t events_at_once = 20;
constexpr std::int64_t longest_silence = 15 * base::microseconds_a_second;
/// Then the client comes again, and shows again who it is.
constexpr std::int64_t longest_stream = 3600 * base::microseconds_a_second;

std::string message(std::string_view event, const std::string& id, std::string data) {
  data = fhir::one_line(std::move(data));
  std::string out = id.empty() ? "" : "id: " + id + "\n";
  return ((((out += "event: ") += event) += "\ndata: ") += data) += "\n\n";
}

/// What one client that listens is told: the handshake, events in the order of their numbers,
/// heartbeats.
class EventFeed final : public Feed {
 public:
  EventFeed(query::Reader& reader, audit::Recorder& audit, security::Principal who,
            std::string subscription, std::int64_t after, std::string base_url,
            std::shared_ptr<void> place, IsStillKnown is_still_known)
      : Feed(subscription),
        reader_(reader),
        audit_(audit),
        who_(std::move(who)),
        subscription_(std::move(subscription)),
        after_(after),
        base_url_(std::move(base_url)),
        place_(std::move(place)),
        is_still_known_(std::move(is_still_known)) {}

  std::optional<Said> next(const base::Clock& clock) override {
    const auto now = clock.steady_microseconds();
    if (begun_ == 0) begun_ = now;
    if (now - begun_ > longest_stream || !is_still_known_()) return std::nullopt;
    const bool has_news = take_news();
    const bool beats = heartbeat_ > 0 && now - last_ >= heartbeat_;
    const bool pings = last_ != 0 && now - last_ >= longest_silence;
    if (last_ != 0 && !has_news && !beats && !pings && !may_be_more_) return Said{};
    const auto told =
        reader_.told(who_, subscription_, {.after = after_, .most = events_at_once, .payload = {}});
    if (!told) {
      if (told.error().kind != base::ErrorKind::unavailable) return std::nullopt;
      note_news();  // the store is away
      return Said{};
    }
    const auto& what = told->what;
    if (what.state == topics::State::off || (what.end && *what.end <= clock.now()))
      return std::nullopt;
    if (!told->events.empty() &&
        !audit_.shown(query::notified(*told, who_, "https", clock.now()))) {
      note_news();  // what cannot be noted down is not told yet
      return Said{};
    }
    heartbeat_ = std::chrono::microseconds(what.heartbeat).count();
    auto out = said(*told, clock.now());
    may_be_more_ = !told->events.empty() && after_ < told->count;
    if (out.empty() && beats)
      out = message("heartbeat", "", bundle(*told, topics::Kind::heartbeat, {}, clock.now()));
    if (out.empty() && pings) out = ": ping\n\n";
    if (!out.empty()) last_ = now;
    return Said{std::move(out), may_be_more_};
  }

 private:
  std::string said(const query::Told& told, base::Instant at) {
    std::string out;
    if (last_ == 0)
      out =
          "retry: 2000\n" + message("handshake", "", bundle(told, topics::Kind::handshake, {}, at));
    for (const auto& event : told.events) {
      out += message("event-notification", std::to_string(event.number),
                     bundle(told, topics::Kind::event_notification, {event}, at));
      after_ = event.number;
    }
    return out;
  }

  std::string bundle(const query::Told& told, topics::Kind kind, std::vector<topics::Event> events,
                     base::Instant at) const {
    auto notice = notice_of(told, kind, at);
    notice.told = std::move(events);
    return topics::bundle_of(notice, base_url_);
  }

  query::Reader& reader_;
  audit::Recorder& audit_;
  const security::Principal who_;
  const std::string subscription_;
  std::int64_t after_;
  const std::string base_url_;
  const std::shared_ptr<void> place_;  // among those that may listen at once
  const IsStillKnown is_still_known_;
  std::int64_t begun_ = 0, last_ = 0, heartbeat_ = 0;
  bool may_be_more_ = false;
};

}  // namespace

Response too_many_streams() {
  return refused({base::ErrorKind::unavailable, "rate-limited too many streams are open", "",
                  "close one, or read page by page"});
}

std::shared_ptr<void> Listeners::enter(const std::string& client) {
  const std::lock_guard lock(tally_->mutex);
  auto& mine = tally_->by_client[client];
  if (mine >= most_of_one || tally_->all >= most) return nullptr;
  ++mine;
  ++tally_->all;
  return {tally_.get(), [tally = tally_, client](void*) {
            const std::lock_guard leaving(tally->mutex);
            --tally->all;
            if (--tally->by_client[client] == 0) tally->by_client.erase(client);
          }};
}

base::Result<std::int64_t> event_number(std::string_view said, std::string where) {
  std::int64_t number = 0;
  const auto read = std::from_chars(said.data(), said.data() + said.size(), number);
  if (read.ec == std::errc() && read.ptr == said.data() + said.size() && number >= 0) return number;
  return base::Error{base::ErrorKind::malformed, "search-bad-value this is no event number",
                     std::move(where), "give the number of an event; 0: before the first"};
}

IsStillKnown Api::still_known(const Request& request, const security::Principal& who) const {
  return [this, peer = request.peer, name = who.name, scopes = security::to_text(who.scopes),
          credentials = std::string(request.header("authorization"))] {
    const auto shown = access::shown(peer, credentials, tokens_);
    if (!shown) return false;
    const auto now = access_.principal_of(*shown);
    return now.name == name && security::to_text(now.scopes) == scopes;
  };
}

Response Api::stream(const Request& request, const Path& path, const security::Principal& who) {
  if (request.method != "GET" && request.method != "HEAD")
    return rest::not_offered("GET, HEAD", "a stream is only read");
  const auto told = reader_.told(who, path.id, {.after = 0, .most = 0, .payload = {}});
  if (!told) return refused(told.error());
  if (told->what.state == topics::State::off)  // so that an EventSource does not come again
    return {204, "", {{"Cache-Control", "no-store"}}, "", "fhir/subscription-stream"};
  std::int64_t after = told->count;  // who says nothing is told what is new from now on
  if (const auto last = request.header("last-event-id"); !last.empty()) {
    const auto number = event_number(last, "http.Last-Event-ID");
    if (!number) return refused(number.error());
    after = std::min(*number, told->count);
  }
  Response response{200,
                    "text/event-stream",
                    {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
                    "",
                    "fhir/subscription-stream"};
  auto place = listeners_.enter(who.name);
  if (!place) return too_many_streams();
  auto listener = who;
  listener.shown = nullptr;  // what it is told later is audited as it is told
  response.feed =
      std::make_shared<EventFeed>(reader_, audit_, std::move(listener), path.id, after,
                                  settings_.base_url, std::move(place), still_known(request, who));
  return response;
}

}  // namespace gateway::http::rest
