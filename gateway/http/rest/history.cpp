#include "gateway/fhir/search/history.hpp"

#include <functional>
#include <utility>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/lines.hpp"
#include "gateway/http/rest/links.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/streaming.hpp"

namespace gateway::http::rest {
namespace {

std::string_view method_of(const fhir::Version& version) {
  return version.deleted ? "DELETE" : "PUT";
}

std::string bundle_of(const query::Page& page, const std::string& base_url,
                      std::vector<std::pair<std::string, std::string>> links) {
  fhir::HistorySet set;
  set.total = page.total;
  for (const fhir::Version& version : page.rows)
    set.entries.push_back(
        {base_url + "/" + version.key.reference(), &version, std::string(method_of(version))});
  set.links = std::move(links);
  return fhir::history(set);
}

/// A page of the change feed that says where to go on.
using Say = std::function<std::string(const query::Page&)>;

/// Says one page as soon as it holds something, or an empty one when the time is over. Asked every
/// second: another gateway on the same store may write, too.
class ChangeFeed final : public Feed {
 public:
  ChangeFeed(query::Reader& reader, security::Principal who, std::string type,
             fhir::search::HistoryQuery query, Say say, std::int64_t until,
             std::shared_ptr<void> place, NoteShown note, IsStillKnown is_still_known)
      : Feed(""),  // no ring concerns it
        reader_(reader),
        who_(std::move(who)),
        type_(std::move(type)),
        query_(std::move(query)),
        say_(std::move(say)),
        until_(until),
        place_(std::move(place)),
        note_(std::move(note)),
        is_still_known_(std::move(is_still_known)) {}

  std::optional<Said> next(const base::Clock& clock) override {
    if (is_over_) return std::nullopt;
    const bool is_known = is_still_known_();
    const auto page = is_known ? looked() : nothing();
    is_over_ = !is_known || !page.rows.empty() || clock.steady_microseconds() >= until_;
    if (is_over_) return Said{say_(page), true};
    query_.after = page.next;  // what the client may not see is not looked at again
    return Said{"", page.has_more};
  }

 private:
  /// Where the store is away, or what is shown cannot be noted down, nothing is told: the client
  /// comes again to the same place and hears why.
  query::Page looked() {
    who_.shown = std::make_shared<security::Shown>();
    auto page = reader_.onwards(who_, type_, query_);
    if (page && (page->rows.empty() || note_(who_))) return *std::move(page);
    return nothing();
  }
  query::Page nothing() const {
    query::Page page;
    page.next = *query_.after;
    return page;
  }

  query::Reader& reader_;
  security::Principal who_;
  const std::string type_;
  fhir::search::HistoryQuery query_;
  const Say say_;
  const std::int64_t until_;
  const std::shared_ptr<void> place_;  // among those that may listen at once
  const NoteShown note_;
  const IsStillKnown is_still_known_;
  bool is_over_ = false;
};

}  // namespace

/// The change feed (FHIR.md §3): every version once, in the order of commits, long poll.
Response Api::onwards(const Request& request, const Path& path, const std::string& url,
                      const fhir::search::HistoryQuery& query, const security::Principal& who) {
  const bool pretty = control(request, "_pretty") == "true";
  const Say say = [=, base_url = settings_.base_url](const query::Page& page) {
    const auto link = [&](const std::string& after) {
      return url + '?' + (query.self.empty() ? "" : query.self + '&') + "_after=" + after +
             (query.wait.count() == 0 ? "" : "&_wait=" + std::to_string(query.wait.count())) +
             (pretty ? "&_pretty=true" : "");
    };
    auto bundle =
        bundle_of(page, base_url, {{"self", link(*query.after)}, {"next", link(page.next)}});
    return pretty ? fhir::indented(bundle) : bundle;
  };
  const auto page = reader_.onwards(who, path.type, query);
  if (!page) return refused(page.error());
  Response response{
      200, "application/fhir+json", {{"Cache-Control", "no-store"}}, "", "fhir/history"};
  if (!page->rows.empty() || query.wait.count() == 0) {
    response.body = say(*page);
    return response;
  }
  auto place = listeners_.enter(who.name);
  if (!place) return too_many_streams();
  auto further = query;
  further.after = page->next;
  const auto until = clock_.steady_microseconds() + std::chrono::microseconds(query.wait).count();
  response.feed = std::make_shared<ChangeFeed>(reader_, who, path.type, std::move(further), say,
                                               until, std::move(place), noting(request, path),
                                               still_known(request, who));
  return response;
}

Response Api::history(const Request& request, const Path& path, const security::Principal& who) {
  const auto query = fhir::search::parse_history(request.query);
  if (!query) return refused(query.error());
  std::string url = settings_.base_url;
  if (!path.type.empty()) url += '/' + path.type;
  if (!path.id.empty()) url += '/' + path.id;
  url += "/_history";
  if (query->after) {
    if (path.id.empty()) return onwards(request, path, url, *query, who);
    return refused({base::ErrorKind::malformed, "search-bad-value one resource has no change feed",
                    "http._after", "ask for its type, or for all"});
  }
  const PageLinks links(request, url, query->self);
  const auto page = path.id.empty() ? reader_.changes(who, path.type, *query)
                                    : reader_.history(who, {path.type, path.id}, *query);
  if (!page) return links.refused(page.error());
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          bundle_of(*page, settings_.base_url, links.of(*page)),
          "fhir/history"};
}

}  // namespace gateway::http::rest
