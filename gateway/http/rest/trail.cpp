#include "gateway/audit/trail.hpp"

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/lines.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/patients.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/fhir/search/excerpts.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/lines.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/operation.hpp"
#include "gateway/query/cursor.hpp"
#include "gateway/query/restrict.hpp"

/// AuditEvent: rows of the trail, rendered as they are asked for (FHIR.md §6).
namespace gateway::http::rest {
namespace {

using security::Interaction;

constexpr std::string_view type = "AuditEvent";
constexpr std::size_t lines_at_once = 200;

base::Error unknown_event() {
  return {base::ErrorKind::not_found, "unknown-id there is no such AuditEvent", "", ""};
}

/// Whoever is shown an event is shown something about its patient: the next event says so.
void show(const security::Principal& who, const fhir::Version& event) {
  if (!who.shown) return;
  ++who.shown->count;
  fhir::each_patient(event,
                     [&](std::string_view patient) { who.shown->patients.emplace(patient); });
}

std::string parameters_of(const store::Verification& found) {
  fhir::JsonWriter json;
  const auto begin = [&json](std::string_view name) -> fhir::JsonWriter& {
    return json.begin_object().member("name", name);
  };
  json.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  begin("result").key("valueBoolean").boolean(found.problems.empty()).end_object();
  begin("rows").member("valueString", std::to_string(found.audit_rows)).end_object();
  begin("head").member("valueString", found.audit_head).end_object();
  begin("signed").member("valueString", std::to_string(found.signed_up_to)).end_object();
  for (const std::string& key : found.signed_by)
    begin("key").member("valueString", key).end_object();
  for (const std::string& one : found.problems)
    begin("problem").member("valueString", one).end_object();
  json.end_array().end_object();
  return json.take();
}

/// The trail as lines, newest first, a page after another; each further page is noted down before
/// it is said, as the first is with the answer itself.
class TrailFeed final : public Feed {
 public:
  struct Asked {
    fhir::search::Query query;
    std::vector<fhir::search::Criterion> scope;
  };
  TrailFeed(const audit::Trail& trail, security::Principal who, Asked asked,
            audit::Trail::Page first, std::shared_ptr<void> place, NoteShown note)
      : Feed(""),
        trail_(trail),
        who_(std::move(who)),
        asked_(std::move(asked)),
        page_(std::move(first)),
        place_(std::move(place)),
        note_(std::move(note)) {}

  std::optional<Said> next(const base::Clock&) override {
    if (is_over_) return std::nullopt;
    Said said{"", true};
    for (const auto& event : page_.events)
      said.text += fhir::one_line(fhir::excerpt(fhir::served(event), asked_.query.excerpt)) + '\n';
    is_over_ = page_.after.empty();
    if (is_over_) return said;
    auto further = trail_.search(asked_.query, asked_.scope, page_.after);
    who_.shown = std::make_shared<security::Shown>();
    if (further)
      for (const auto& event : further->events) show(who_, event);
    if (further && !note_(who_))
      further = base::Error{base::ErrorKind::unavailable,
                            "audit-unavailable what is shown cannot be noted down", "",
                            "send the search again"};
    if (further) {
      page_ = *std::move(further);
    } else {  // who counts on all of them must see that these are not
      said.text += fhir::one_line(fhir::operation_outcome(further.error())) + '\n';
      is_over_ = true;
    }
    return said;
  }

 private:
  const audit::Trail& trail_;
  security::Principal who_;
  const Asked asked_;
  audit::Trail::Page page_;  // what is said next
  const std::shared_ptr<void> place_;
  const NoteShown note_;
  bool is_over_ = false;
};

Response lines_of(const audit::Trail& trail, const security::Principal& who, TrailFeed::Asked asked,
                  Listeners& listeners, NoteShown note) {
  if (asked.query.count_only)
    return refused({base::ErrorKind::malformed, "search-bad-value a count alone has no lines",
                    "http._count", "ask for application/fhir+json"});
  asked.query.count = lines_at_once;
  auto first = trail.search(asked.query, asked.scope, "");
  if (!first) return refused(first.error());
  auto place = listeners.enter(who.name);
  if (!place) return too_many_streams();
  for (const auto& event : first->events) show(who, event);
  Response response{
      200, "application/fhir+ndjson", {{"Cache-Control", "no-store"}}, "", "fhir/search"};
  response.feed = std::make_shared<TrailFeed>(trail, who, std::move(asked), *std::move(first),
                                              std::move(place), std::move(note));
  return response;
}

Response json_of(std::string body, std::string_view route) {
  return {200, "application/fhir+json", {{"Cache-Control", "no-store"}}, std::move(body), route};
}

}  // namespace

Response Api::on_trail(const Request& request, const Path& path, const security::Principal& who) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (path.last == "$verify" && path.id.empty()) return verify_trail(request, who);
  const bool posted = request.method == "POST" && path.last == "_search" && path.id.empty();
  if (!path.last.empty() && !posted)
    return refused({base::ErrorKind::not_found, "unknown-operation there is no such operation", "",
                    "GET /fhir/metadata lists what there is"});
  if (!reads && !posted) {
    if (auto scope = query::restricted(who, Interaction::search, type); !scope)
      return refused(scope.error());
    return rest::not_offered("GET, HEAD", "the audit trail is written by this gateway alone");
  }
  return path.id.empty() ? search_trail(request, path, who) : read_event(request, path, who);
}

Response Api::verify_trail(const Request& request, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  if (auto scope = query::restricted(who, Interaction::read, type); !scope)
    return refused(scope.error());
  const auto found = trail_.verify();
  return found ? json_of(parameters_of(*found), "fhir/audit-verify") : refused(found.error());
}

Response Api::read_event(const Request& request, const Path& path, const security::Principal& who) {
  const auto scope = query::restricted(who, Interaction::read, type);
  if (!scope) return refused(scope.error());
  const auto excerpt = fhir::search::excerpt_of(request.query);
  if (!excerpt) return refused(excerpt.error());
  const auto found = trail_.find(path.id, *scope);
  if (!found) return refused(found.error());
  if (!*found) return refused(unknown_event());
  show(who, **found);
  if (who.shown) who.shown->entities.push_back((*found)->key.reference());
  auto response = json_of(fhir::excerpt(fhir::served(**found), *excerpt), "fhir/read");
  response.headers.emplace_back("ETag", fhir::etag(1));
  return response;
}

Response Api::search_trail(const Request& request, const Path& path,
                           const security::Principal& who) {
  const auto scope = query::restricted(who, Interaction::search, type);
  if (!scope) return refused(scope.error());
  std::string asked = request.query;
  if (request.method == "POST" && !request.body.empty())
    asked += (asked.empty() ? "" : "&") + request.body;
  const bool lenient = request.header("prefer").find("handling=lenient") != std::string_view::npos;
  const auto query = fhir::search::parse(type, asked, lenient, settings_.base_url);
  if (!query) return refused(query.error());
  if (wants_lines(request))
    return lines_of(trail_, who, {*query, *scope}, listeners_, noting(request, path));
  const auto key = trail_.cursor_key();
  if (!key) return refused(key.error());
  const auto bound_to = query::binding(who, type, query->self);
  query::Cursor cursor;
  if (!query->cursor.empty()) {
    auto read = query::read_cursor(query->cursor, clock_.now(), *key, bound_to);
    if (!read) return refused(read.error());
    cursor = *std::move(read);
  }
  const auto page = trail_.search(*query, *scope, cursor.after);
  if (!page) return refused(page.error());
  const std::string url = settings_.base_url + "/AuditEvent";
  const std::string first = query->self.empty() ? url : url + '?' + query->self;
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(page->events.size());  // entries point into them
  for (const fhir::Version& event : page->events) {
    show(who, event);
    bodies.push_back(fhir::excerpt(fhir::served(event), query->excerpt));
    set.entries.push_back(
        {settings_.base_url + "/" + event.key.reference(), bodies.back(), "match"});
  }
  set.total = page->total;
  set.links = {{"self", first}, {"first", first}};
  if (!page->after.empty())
    set.links.emplace_back("next", first + (query->self.empty() ? "?" : "&") + "_cursor=" +
                                       query::write_cursor({.as_of = 1, .after = page->after},
                                                           clock_.now(), *key, bound_to));
  return json_of(fhir::searchset(set), "fhir/search");
}

}  // namespace gateway::http::rest
