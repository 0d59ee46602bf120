#include "gateway/http/rest/links.hpp"

#include "gateway/fhir/outcome.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace gateway::http::rest {
namespace {

std::string with(const std::string& url, const std::string& query) {
  if (query.empty()) return url;
  return url + (url.find('?') == url.npos ? '?' : '&') + query;
}

}  // namespace

std::string outcome_of(const std::vector<std::string>& notes) {
  std::vector<fhir::OutcomeIssue> issues;
  for (const std::string& note : notes)
    issues.push_back({.severity = "warning", .code = "informational", .text = note});
  return fhir::operation_outcome(issues);
}

PageLinks::PageLinks(const Request& request, const std::string& url, const std::string& self)
    : first_(with(with(url, self), control(request, "_pretty") == "true" ? "_pretty=true" : "")) {}

std::vector<std::pair<std::string, std::string>> PageLinks::of(const query::Page& page) const {
  std::vector<std::pair<std::string, std::string>> links{{"self", first_}, {"first", first_}};
  for (const auto& [relation, cursor] :
       {std::pair("next", &page.next), std::pair("previous", &page.previous),
        std::pair("related", &page.related)})
    if (!cursor->empty()) links.emplace_back(relation, with(first_, "_cursor=" + *cursor));
  return links;
}

Response PageLinks::refused(const base::Error& error) const {
  Response response = rest::refused(error);
  if (response.status == 410)
    response.headers.emplace_back("Link", '<' + first_ + ">; rel=\"first\"");
  return response;
}

}  // namespace gateway::http::rest
