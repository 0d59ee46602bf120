#include <charconv>

#include "gateway/fhir/bundle.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/bundled.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/links.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
namespace {

base::Result<std::size_t> most_of(const std::optional<std::string>& said) {
  constexpr std::size_t most = 100;
  if (!said) return std::size_t{1};
  std::size_t value = 0;
  const auto read = std::from_chars(said->data(), said->data() + said->size(), value);
  if (read.ec != std::errc() || read.ptr != said->data() + said->size() || value == 0 ||
      value > most)
    return base::Error{base::ErrorKind::malformed, "search-bad-value max is no number of results",
                       "http.max", "give 1 to 100"};
  return value;
}

/// A searchset of versions: all of them matches.
Response answered(const std::string& base_url, const query::Page& page,
                  std::vector<std::pair<std::string, std::string>> links, std::string_view route,
                  const fhir::Excerpt& excerpt = {}) {
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(page.rows.size() + 1);  // entries point into them
  for (const fhir::Version& version : page.rows)
    set.entries.push_back(entry_of(base_url, version, excerpt, bodies, "match"));
  if (!page.notes.empty()) {
    bodies.push_back(outcome_of(page.notes));
    set.entries.push_back({"", bodies.back(), "outcome"});
  }
  set.total = page.total;
  set.links = std::move(links);
  return {
      200, "application/fhir+json", {{"Cache-Control", "no-store"}}, fhir::searchset(set), route};
}

}  // namespace

Response Api::last(const Request& request, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto said = take_parameter(*asked, "max");
  if (!said) return refused(said.error());
  const auto most = most_of(*said);
  if (!most) return refused(most.error());
  const auto query = fhir::search::parse("Observation", *asked, false, settings_.base_url);
  if (!query) return refused(query.error());
  auto found = reader_.last(who, *query, *most);
  if (!found) return refused(found.error());
  query::Page page;
  page.rows = *std::move(found);
  const std::string url = settings_.base_url + "/Observation/$lastn?max=" + std::to_string(*most) +
                          (query->self.empty() ? "" : "&" + query->self);
  return answered(settings_.base_url, page, {{"self", url}}, "fhir/lastn");
}

Response Api::everything(const Request& request, const Path& path, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  const auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto query = fhir::search::parse_everything(*asked);
  if (!query) return refused(query.error());
  const PageLinks links(request, settings_.base_url + "/Patient/" + path.id + "/$everything",
                        query->self);
  const auto page = reader_.everything(who, path.id, *query);
  if (!page) return links.refused(page.error());
  return answered(settings_.base_url, *page, links.of(*page), "fhir/everything");
}

/// What is searched of several types at once: of all, or of a patient's compartment.
Response Api::several(const Request& request, const Path& path, const security::Principal& who) {
  const bool posted = request.method == "POST" && path.last == "_search";
  if (!posted && !path.last.empty()) return refused(unknown_operation());
  if (!posted && request.method != "GET" && request.method != "HEAD")
    return not_offered(path.id.empty() ? "GET, HEAD, POST" : "GET, HEAD",
                       "several types can only be searched");
  const std::string place = path.id.empty() ? "" : "Patient/" + path.id;
  const auto query =
      fhir::search::parse_several(searched_with(request), path.id, settings_.base_url);
  if (!query) return refused(query.error());
  const PageLinks links(request, settings_.base_url + (place.empty() ? "" : '/' + place + "/*"),
                        query->self);
  const auto page = reader_.several(who, place + "/*", *query);
  if (!page) return links.refused(page.error());
  return answered(settings_.base_url, *page, links.of(*page), "fhir/search", query->excerpt);
}

}  // namespace gateway::http::rest
