#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/bundled.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/lines.hpp"
#include "gateway/http/rest/links.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
namespace {

/// Server Timing (W3C), in milliseconds.
std::string timing_of(std::int64_t microseconds) {
  const auto rest = std::to_string(1000 + microseconds % 1000).substr(1);
  return "search;dur=" + std::to_string(microseconds / 1000) + '.' + rest;
}

}  // namespace

Response Api::search(const Request& request, const Path& path, const security::Principal& who) {
  const bool lenient = request.header("prefer").find("handling=lenient") != std::string_view::npos;
  const auto query =
      fhir::search::parse(path.type, searched_with(request), lenient, settings_.base_url);
  if (!query) return refused(query.error());
  if (wants_lines(request))
    return lines_of(reader_, who, *query, listeners_, noting(request, path));
  const PageLinks links(request, settings_.base_url + "/" + path.type, query->self);
  const auto begun = clock_.steady_microseconds();
  const auto page = reader_.search(who, *query);
  const auto took = clock_.steady_microseconds() - begun;
  if (!page) return links.refused(page.error());
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(page->rows.size() + page->included.size() + 1);  // entries point into them
  const auto enter = [&](const std::vector<fhir::Version>& versions, std::string_view mode) {
    const bool by_name = !query->excerpt.names.empty();  // then of matches alone
    const auto wanted = by_name && mode != "match" ? fhir::Excerpt{} : query->excerpt;
    for (const fhir::Version& version : versions)
      set.entries.push_back(entry_of(settings_.base_url, version, wanted, bodies, mode));
  };
  enter(page->rows, "match");
  enter(page->included, "include");
  if (!page->notes.empty()) {
    bodies.push_back(outcome_of(page->notes));
    set.entries.push_back({"", bodies.back(), "outcome"});
  }
  set.total = page->total;
  set.links = links.of(*page);
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}, {"Server-Timing", timing_of(took)}},
          fhir::searchset(set),
          "fhir/search"};
}

}  // namespace gateway::http::rest
