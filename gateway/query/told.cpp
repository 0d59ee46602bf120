#include <algorithm>
#include <map>
#include <set>

#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/patients.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/query/interest.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/shown.hpp"
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

/// What of these events' resources the client may see now, by "Type/id"; of what is gone by what it
/// was last: who was told that there is a result is told that there is none any more.
base::Result<std::set<std::string>> visible_of(store::Snapshot& snapshot,
                                               const security::Principal& who,
                                               const std::vector<store::Event>& events) {
  std::map<std::string, std::set<std::string>> ids;  // by type; nearly always one
  for (const auto& event : events) ids[event.version.key.type].insert(event.version.key.id);
  std::set<std::string> all;
  for (const auto& [type, of_type] : ids) {
    const auto scope = restricted(who, Interaction::read, type);
    if (!scope) continue;
    const auto standing = visible(snapshot, type, of_type, *scope);
    if (!standing) return standing.error();
    for (const std::string& id : of_type) {
      const fhir::ResourceKey key{type, id};
      const auto shown =
          standing->contains(id) ? base::Result<bool>(true) : was_visible(snapshot, key, *scope);
      if (!shown) return shown.error();
      if (*shown) all.insert(key.reference());
    }
  }
  return all;
}

/// What was in another category when it was numbered is not shown by what it is now.
base::Result<bool> obeys_scope(store::Snapshot& snapshot, const security::Principal& who,
                               const fhir::Version& version) {
  const auto scope = restricted(who, Interaction::read, version.key.type);
  if (!scope) return false;
  return obeys(snapshot, *scope, version);
}

/// An event of a resource that the client may see.
base::Result<topics::Event> seen(store::Snapshot& snapshot, const security::Principal& who,
                                 const store::Event& event, topics::Payload payload,
                                 std::set<std::string>& patients) {
  const auto& [number, version] = event;
  show(who, version);
  fhir::each_patient(version, [&](std::string_view patient) { patients.emplace(patient); });
  topics::Event out{number,          version.last_updated, version.key,
                    version.version, version.deleted,      {}};
  if (payload != topics::Payload::full_resource || version.deleted) return out;
  const auto current = snapshot.read(version.key, {});
  if (!current) return current.error();
  if (*current && !is_withdrawn(**current, version)) out.resource = fhir::served(version);
  return out;
}

/// Its number alone: one that was left out would look like a loss.
base::Result<topics::Event> unseen(const store::Event& event) {
  const auto& version = event.version;
  return topics::Event{event.number,    version.last_updated, {},
                       version.version, version.deleted,      {}};
}

/// What a topic of tagged resources asks besides its filters.
std::vector<fhir::search::Criterion> of_issues(const topics::Topic& topic) {
  if (topic.issues.empty()) return {};
  std::string any;
  for (const auto code : topic.issues)
    ((any += any.empty() ? "" : ",") +=
     fhir::canonical::code_system(fhir::canonical::issue_codes) + '|') += code;
  auto query = fhir::search::parse(topic.focus, "_tag=" + fhir::search::form_encoded(any));
  base::invariant(static_cast<bool>(query), "our own query can be read");
  return std::move(query->criteria);
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
  const auto shown = visible_of(**snapshot, who, *events);
  if (!shown) return shown.error();
  std::size_t bytes = 0;
  for (const auto& event : *events) {
    const auto may_see = shown->contains(event.version.key.reference())
                             ? obeys_scope(**snapshot, who, event.version)
                             : base::Result<bool>(false);
    if (!may_see) return may_see.error();
    auto one = *may_see ? seen(**snapshot, who, event, payload, out.patients) : unseen(event);
    if (!one) return one.error();
    bytes += one->resource.size();
    if (bytes > most_bytes && !out.events.empty()) break;
    out.events.push_back(*std::move(one));
  }
  return out;
}

store::AuditRow notified(const Told& told, const security::Principal& who, std::string source,
                         base::Instant at) {
  store::AuditRow row{"notify", at, who.name, std::move(source), "200", {}, {}};
  row.detail = told.version.key.reference() + " events " +
               std::to_string(told.events.front().number) + " to " +
               std::to_string(told.events.back().number);
  for (const auto& event : told.events)
    if (event.focus)
      row.entities.push_back(event.focus->reference() + "/_history/" +
                             std::to_string(event.version));
  row.count = static_cast<std::int64_t>(row.entities.size());
  row.entities.insert(row.entities.end(), told.patients.begin(), told.patients.end());
  return row;
}

base::Result<std::shared_ptr<const topics::Interest>> interest_of(
    const topics::Subscription& subscription, const security::Principal& who) {
  auto scope = restricted(who, Interaction::read, subscription.topic->focus);
  if (!scope) return scope.error();
  if (!std::ranges::all_of(*scope, fhir::search::can_meet))
    return base::Error{base::ErrorKind::forbidden,
                       "scope-missing what this client may see cannot be told of one result alone",
                       "", "ask the operator for a scope without :not, dates and texts"};
  auto filter = subscription.filter;
  for (auto& criterion : of_issues(*subscription.topic)) filter.push_back(std::move(criterion));
  return std::make_shared<const topics::Interest>(
      topics::Interest{subscription.id, subscription.topic, std::move(filter), *std::move(scope)});
}

}  // namespace gateway::query
