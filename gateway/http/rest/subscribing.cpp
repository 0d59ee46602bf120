#include <algorithm>

#include "gateway/access/identity.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/operation.hpp"
#include "gateway/http/rest/streaming.hpp"
#include "gateway/query/interest.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t most_events = 100;
constexpr std::size_t most_subscriptions = 100;  // of one client, that are not off

base::Result<std::int64_t> number_of(const std::optional<std::string>& said, std::string_view name,
                                     std::int64_t otherwise) {
  if (!said) return otherwise;
  return event_number(*said, "http." + std::string(name));
}

/// What `$events` is asked with.
struct Range {
  std::int64_t since = 1, until = INT64_MAX;
  std::optional<topics::Payload> payload;
};

base::Result<Range> range_of(std::string query) {
  Range range;
  const auto since = take_parameter(query, "eventsSinceNumber");
  if (!since) return since.error();
  const auto until = take_parameter(query, "eventsUntilNumber");
  if (!until) return until.error();
  const auto content = take_parameter(query, "content");
  if (!content) return content.error();
  const auto first = number_of(*since, "eventsSinceNumber", 1);
  if (!first) return first.error();
  const auto last = number_of(*until, "eventsUntilNumber", INT64_MAX);
  if (!last) return last.error();
  range.since = std::max<std::int64_t>(1, *first);
  range.until = *last;
  if (*content) {
    range.payload = topics::payload_of(**content);
    if (!range.payload)
      return base::Error{base::ErrorKind::malformed, "search-bad-value there is no such content",
                         "http.content", "take empty, id-only or full-resource"};
  }
  if (!query.empty())
    return base::Error{base::ErrorKind::malformed,
                       "search-unknown-parameter $events has no such parameter", "",
                       "known are eventsSinceNumber, eventsUntilNumber, content"};
  return range;
}

Response json(std::string body, std::string_view route) {
  return {200, "application/fhir+json", {{"Cache-Control", "no-store"}}, std::move(body), route};
}

}  // namespace

topics::Notice notice_of(const query::Told& told, topics::Kind kind, base::Instant at) {
  return {kind,       told.what.id, told.what.topic->url(), told.what.state,
          told.count, told.events,  told.what.payload,      at};
}

/// Makes the client's resource into what is kept of it: theirs, and with a state that is ours.
base::Result<std::shared_ptr<const topics::Interest>> Api::subscribed(
    const Request& request, const security::Principal& who, fhir::Json& resource) const {
  if (!resource.is_object())
    return base::Error{base::ErrorKind::malformed, "invalid-resource this is no resource",
                       "Subscription", "send a Subscription"};
  const auto identity = shown(request);
  if (!identity) return identity.error();
  topics::sign(resource, topics::client_url(who.name), access::write_identity(*identity));
  auto what = topics::read(resource);
  if (!what) return what.error();
  auto interest = query::interest_of(*what, who);
  if (!interest) return interest.error();
  const bool is_off = what->state == topics::State::off;
  if (what->channel == topics::Channel::rest_hook) {
    if (auto fine = settings_.check_endpoint(*what); !fine) {
      auto error = fine.error();
      return base::Error{base::ErrorKind::malformed, "invalid-resource " + error.what,
                         "Subscription.channel.endpoint", error.remedy};
    }
    topics::set_state(resource, is_off ? topics::State::off : topics::State::requested, "");
  } else {  // who listens needs no handshake
    topics::set_state(resource, is_off ? topics::State::off : topics::State::active, "");
  }
  return is_off ? nullptr : *std::move(interest);
}

/// What stands costs a look at every result.
base::Result<void> Api::has_room(const security::Principal& who, const AskedWrite& asked) {
  if (!asked.interest) return {};
  const auto query = fhir::search::parse("Subscription", "status=requested,active,error");
  base::invariant(static_cast<bool>(query), "our own query can be read");
  const auto mine = reader_.matching(who, asked.interaction(), *query, most_subscriptions + 1);
  if (!mine) return mine.error();
  const bool is_new = asked.kind == AskedWrite::Kind::create;
  if (mine->size() + (is_new ? 1 : 0) <= most_subscriptions) return {};
  return base::Error{base::ErrorKind::conflict,
                     "rate-limited a client has at most 100 subscriptions that are not off", "",
                     "delete one, or switch it off"};
}

Response Api::on_subscription(const Request& request, const Path& path,
                              const security::Principal& who) {
  if (path.last == "$stream") return stream(request, path, who);
  if (!is_asking(request)) return only_asked();
  auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  if (path.last == "$events") return events(request, path, who, *asked);
  return subscription_status(request, path, who, *asked);
}

Response Api::events(const Request& request, const Path& path, const security::Principal& who,
                     const std::string& asked) {
  const auto range = range_of(asked);
  if (!range) return refused(range.error());
  auto told = reader_.told(
      who, path.id, {.after = range->since - 1, .most = most_events, .payload = range->payload});
  if (!told) return refused(told.error());
  std::erase_if(told->events, [&](const auto& one) { return one.number > range->until; });
  auto notice = notice_of(*told, topics::Kind::query_event, request.received);
  notice.payload = range->payload.value_or(notice.payload);
  return json(topics::bundle_of(notice, settings_.base_url), "fhir/subscription-events");
}

/// Of one, of those that are named, or of all of the client's.
Response Api::subscription_status(const Request& request, const Path& path,
                                  const security::Principal& who, std::string asked) {
  std::vector<std::string> ids;
  if (!path.id.empty()) {
    ids.push_back(path.id);
  } else {
    const auto named = take_parameter(asked, "id");
    if (!named) return refused(named.error());
    std::string text = "_count=" + std::to_string(most_subscriptions);
    if (*named) text += "&_id=" + fhir::search::form_encoded(**named);
    if (!asked.empty()) text += '&' + asked;  // status
    const auto query = fhir::search::parse("Subscription", text, false, settings_.base_url);
    if (!query) return refused(query.error());
    const auto page = reader_.search(who, *query);
    if (!page) return refused(page.error());
    for (const auto& version : page->rows) ids.push_back(version.key.id);
  }
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(ids.size());  // entries point into them
  for (const std::string& id : ids) {
    const auto told = reader_.told(who, id, {.after = 0, .most = 0, .payload = {}});
    if (!told) return refused(told.error());
    const auto notice = notice_of(*told, topics::Kind::query_status, request.received);
    bodies.push_back(topics::status_of(notice, settings_.base_url));
    set.entries.push_back({topics::full_url(notice), bodies.back(), "match"});
  }
  set.links.emplace_back("self", settings_.base_url + "/Subscription" +
                                     (path.id.empty() ? "" : '/' + path.id) + "/$status" +
                                     (request.query.empty() ? "" : '?' + request.query));
  set.total = static_cast<std::int64_t>(ids.size());
  return json(fhir::searchset(set), "fhir/subscription-status");
}

}  // namespace gateway::http::rest
