#include "gateway/fhir/timeline.hpp"

#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
Response Api::timeline(const Request& request, const Path& path, const security::Principal& who) {
  if (!is_asking(request)) return only_asked();
  const auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  const auto query = fhir::search::parse("Observation", *asked, false, settings_.base_url);
  if (!query) return refused(query.error());
  const auto found = reader_.timeline(who, path.id, *query);
  if (!found) return refused(found.error());
  if (found->patient.deleted)
    return refused({base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""});
  return {200,
          "application/fhir+json",
          {{"Cache-Control", "no-store"}},
          fhir::cycle_timeline(found->patient.key, found->as_of, found->results),
          "fhir/cycle-timeline"};
}

}  // namespace gateway::http::rest
