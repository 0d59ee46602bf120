#include <charconv>

#include "gateway/fhir/bundle.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
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
Response answered(const std::string& base_url, const std::vector<fhir::Version>& versions,
                  std::vector<std::pair<std::string, std::string>> links, std::string_view route) {
  fhir::SearchSet set;
  std::vector<std::string> bodies;
  bodies.reserve(versions.size());  // entries point into them
  for (const fhir::Version& version : versions) {
    bodies.push_back(fhir::served(version));
    set.entries.push_back({base_url + "/" + version.key.reference(), bodies.back(), "match"});
  }
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
  const auto found = reader_.last(who, *query, *most);
  if (!found) return refused(found.error());
  const std::string url = settings_.base_url + "/Observation/$lastn?max=" + std::to_string(*most) +
                          (query->self.empty() ? "" : "&" + query->self);
  return answered(settings_.base_url, *found, {{"self", url}}, "fhir/lastn");
}

Response Api::everything(const Request& request, const Path& path, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  const auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto query = fhir::search::parse_everything(*asked);
  if (!query) return refused(query.error());
  const std::string url = settings_.base_url + "/Patient/" + path.id + "/$everything";
  const std::string first = query->self.empty() ? url : url + '?' + query->self;
  const auto page = reader_.everything(who, path.id, *query);
  if (!page) {
    Response response = refused(page.error());
    if (response.status == 410)
      response.headers.emplace_back("Link", '<' + first + ">; rel=\"first\"");
    return response;
  }
  std::vector<std::pair<std::string, std::string>> links = {{"self", first}, {"first", first}};
  if (!page->next.empty())
    links.emplace_back("next", first + (query->self.empty() ? "?" : "&") + "_cursor=" + page->next);
  return answered(settings_.base_url, page->rows, std::move(links), "fhir/everything");
}

}  // namespace gateway::http::rest
