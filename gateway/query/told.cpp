#include <algorithm>
#include <map>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/query/interest.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

using security::Interaction;

constexpr std::size_t most_bytes = 8 * 1024 * 1024;  // of resources in one notice

/// What was taken back since is not told any more, only that there was something.
bool is_withdrawn(const fhir::Version& current, const fhir::Version& told) {
  if (current.deleted) return true;
  if (current.version == told.version) return false;
  const auto body = fhir::JsonView::read(current.body);
  return !body || body->root()["status"].text() == "entered-in-error";
}

/// An event as the client may see it now.
base::Result<topics::Event> seen(store::Snapshot& snapshot, const security::Principal& who,
                                 const store::Event& event, topics::Payload payload) {
  const auto& [number, version] = event;
  topics::Event out{number, version.last_updated, {}, version.version, version.deleted, {}};
  const auto scope = restricted(who, Interaction::read, version.key.type);
  if (!scope) return out;
  const auto is_visible = sees(snapshot, *scope, version);
  if (!is_visible) return is_visible.error();
  if (!*is_visible) return out;
  out.focus = version.key;
  if (payload != topics::Payload::full_resource || version.deleted) return out;
  const auto current = snapshot.read(version.key, {});
  if (!current) return current.error();
  if (*current && !is_withdrawn(**current, version)) out.resource = fhir::served(version);
  return out;
}

}  // namespace

base::Result<Told> Reader::told(const security::Principal& who, const std::string& subscription,
                                const ToldQuery& query) {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto found = read_as(**snapshot, who, {"Subscription", subscription});
  if (!found) return found.error();
  if (found->deleted)
    return base::Error{base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""};
  const auto body = fhir::parse_json(found->body);
  base::invariant(static_cast<bool>(body), "what is kept is JSON");
  auto what = topics::read(*body);
  if (!what) return what.error();
  const auto count = (*snapshot)->event_count(subscription);
  if (!count) return count.error();
  Told out{*std::move(found), *std::move(what), count->events, {}};
  const auto payload = query.payload.value_or(out.what.payload);
  const auto events =
      (*snapshot)->events(subscription, query.after.value_or(count->told), query.most);
  if (!events) return events.error();
  std::size_t bytes = 0;
  for (const auto& event : *events) {
    auto one = seen(**snapshot, who, event, payload);
    if (!one) return one.error();
    bytes += one->resource.size();
    if (bytes > most_bytes && !out.events.empty()) break;
    out.events.push_back(*std::move(one));
  }
  return out;
}

base::Result<std::shared_ptr<const topics::Interest>> interest_of(
    const topics::Subscription& subscription, const security::Principal& who) {
  auto scope = restricted(who, Interaction::read, subscription.topic->focus);
  if (!scope) return scope.error();
  if (!std::ranges::all_of(*scope, fhir::search::can_be_told))
    return base::Error{base::ErrorKind::forbidden,
                       "scope-missing what this client may see cannot be told of one result alone",
                       "", "ask the operator for a scope without :not, dates and texts"};
  return std::make_shared<const topics::Interest>(topics::Interest{
      subscription.id, subscription.topic, subscription.filter, *std::move(scope)});
}

}  // namespace gateway::query
