#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

/// The query of a search: that of the URL, and for POST that of the form body behind it.
std::string query_of(const Request& request) {
  if (request.method != "POST" || request.body.empty()) return request.query;
  return request.query.empty() ? request.body : request.query + "&" + request.body;
}

std::string outcome_of(const std::vector<std::string>& notes) {
  std::vector<fhir::OutcomeIssue> issues;
  for (const std::string& note : notes)
    issues.push_back({.severity = "warning", .code = "informational", .text = note});
  return fhir::operation_outcome(issues);
}

std::string with_query(const std::string& url, const std::string& query) {
  return query.empty() ? url : url + "?" + query;
}

}  // namespace

Response Api::search(const Request& request, const Path& path, const security::Principal& who) {
  const bool lenient = request.header("prefer").find("handling=lenient") != std::string_view::npos;
  const auto query = fhir::search::parse(path.type, query_of(request), lenient, settings_.base_url);
  if (!query) return refused(query.error());
  const std::string url = settings_.base_url + "/" + path.type;
  const std::string first = with_query(url, query->self);
  const auto page = reader_.search(who, *query);
  if (!page) {
    Response response = refused(page.error());
    if (response.status == 410)
      response.headers.emplace_back("Link", '<' + first + ">; rel=\"first\"");
    return response;
  }
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(page->rows.size() + page->included.size() + 1);  // entries point into them
  const auto enter = [&](const std::vector<fhir::Version>& versions, std::string_view mode) {
    const bool by_name = !query->excerpt.names.empty();  // then of matches alone
    const auto wanted = by_name && mode != "match" ? fhir::Excerpt{} : query->excerpt;
    for (const fhir::Version& version : versions) {
      bodies.push_back(fhir::excerpt(fhir::served(version), wanted));
      set.entries.push_back(
          {settings_.base_url + "/" + version.key.reference(), bodies.back(), mode});
    }
  };
  enter(page->rows, "match");
  enter(page->included, "include");
  if (!page->notes.empty()) {
    bodies.push_back(outcome_of(page->notes));
    set.entries.push_back({"", bodies.back(), "outcome"});
  }
  set.total = page->total;
  set.links.emplace_back("self", first);
  set.links.emplace_back("first", first);
  const auto link = [&](const char* relation, const std::string& cursor) {
    if (cursor.empty()) return;
    const auto before = query->self.empty() ? std::string() : query->self + "&";
    set.links.emplace_back(relation, with_query(url, before + "_cursor=" + cursor));
  };
  link("next", page->next);
  link("previous", page->previous);
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::searchset(set),
          "fhir/search"};
}

}  // namespace gateway::http::rest
