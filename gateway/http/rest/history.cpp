#include "gateway/fhir/search/history.hpp"

#include "gateway/fhir/bundle.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/links.hpp"

namespace gateway::http::rest {
namespace {

std::string_view method_of(const fhir::Version& version) {
  return version.deleted ? "DELETE" : "PUT";
}

}  // namespace

Response Api::history(const Request& request, const Path& path, const security::Principal& who) {
  const auto query = fhir::search::parse_history(request.query);
  if (!query) return refused(query.error());
  std::string url = settings_.base_url;
  if (!path.type.empty()) url += '/' + path.type;
  if (!path.id.empty()) url += '/' + path.id;
  url += "/_history";
  const PageLinks links(request, url, query->self);
  const auto page = path.id.empty() ? reader_.changes(who, path.type, *query)
                                    : reader_.history(who, {path.type, path.id}, *query);
  if (!page) return links.refused(page.error());
  fhir::HistorySet set;
  set.total = page->total;
  for (const fhir::Version& version : page->rows)
    set.entries.push_back({settings_.base_url + "/" + version.key.reference(), &version,
                           std::string(method_of(version))});
  set.links = links.of(*page);
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::history(set),
          "fhir/history"};
}

}  // namespace gateway::http::rest
