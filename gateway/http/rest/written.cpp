#include "gateway/http/rest/written.hpp"

#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace gateway::http::rest {
namespace {

std::string location(const Written& written, const std::string& base_url) {
  return base_url + '/' + written.result.key.reference() + "/_history/" +
         std::to_string(written.result.version);
}

std::string served(const Written& written) {
  const auto& result = written.result;
  return written.body.empty()
             ? ""
             : fhir::served({result.key, result.version, result.last_updated, false, written.body});
}

std::string outcome(const Written& written) {
  fhir::OutcomeIssue issue{.severity = "information", .code = "informational"};
  issue.text = std::string(written.verb());
  if (written.is_known) issue.text += ": version " + std::to_string(written.result.version);
  return fhir::operation_outcome({issue});
}

}  // namespace

std::string_view Written::verb() const {
  if (result.deleted) return "deleted";
  if (result.created) return "created";
  return writes ? "updated" : "unchanged";
}

Written nothing_to_write(const AskedWrite& asked, const Aim& aim, query::Reader& reader,
                         const security::Principal& who) {
  Written written;
  written.writes = false;
  written.result.key = aim.key;
  written.result.deleted = asked.kind == AskedWrite::Kind::remove;
  written.is_known = aim.standing.has_value();
  if (!aim.standing) return written;
  written.result.version = aim.standing->version;
  written.result.last_updated = aim.standing->last_updated;
  // What it may write it may be kept from reading, even where it reads others of the type.
  auto shown = reader.read(who, aim.key);
  if (shown && !shown->deleted && shown->version == written.result.version)
    written.body = std::move(shown->body);
  return written;
}

int status_of(const Written& written) {
  if (written.result.deleted) return 204;
  return written.result.created ? 201 : 200;
}

Response answer_of(const Written& written, const Request& request, const std::string& base_url,
                   std::string_view route) {
  Response response{status_of(written), "application/fhir+json", {}, "", route};
  response.headers = {{"Cache-Control", "no-store"}};
  if (written.is_known) response.headers.emplace_back("ETag", fhir::etag(written.result.version));
  if (!written.result.deleted) {
    response.headers.emplace_back("Location", location(written, base_url));
    response.headers.emplace_back("Last-Modified", http_date(written.result.last_updated));
  }
  const auto wanted = preference(request, "return");
  const bool is_known =
      wanted == "minimal" || wanted == "representation" || wanted == "OperationOutcome";
  if (is_known) response.headers.emplace_back("Preference-Applied", "return=" + wanted);
  if (wanted == "OperationOutcome") {
    if (response.status == 204) response.status = 200;
    response.body = outcome(written);
  } else if (wanted != "minimal") {
    response.body = served(written);
  }
  return response;
}

fhir::EntryAnswer entry_answer(const Written& written, const Request& request,
                               const std::string& base_url) {
  fhir::EntryAnswer answer;
  answer.status = status_of(written);
  if (written.is_known) {
    answer.etag = fhir::etag(written.result.version);
    answer.last_modified = base::to_text(written.result.last_updated);
  }
  if (!written.result.deleted) answer.location = location(written, base_url);
  const auto wanted = preference(request, "return");
  if (wanted == "representation") answer.resource = served(written);
  if (wanted == "OperationOutcome") answer.outcome = outcome(written);
  return answer;
}

}  // namespace gateway::http::rest
