#include "gateway/base/hash.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/search/criterion.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/byte_range.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/operation.hpp"

/// Bulk Data Access 2.0 over HTTP: kick-off, status, files, deletion.
namespace gateway::http::rest {
namespace {

using query::ExportFile;
using query::ExportJob;

constexpr std::string_view ndjson = "application/fhir+ndjson";

std::string url_of(const std::string& base_url, std::string_view id) {
  return base_url + "/$export/" + std::string(id);
}

std::string told(std::string text, const std::vector<std::string>& ignored = {}) {
  std::vector<fhir::OutcomeIssue> issues{
      {.severity = "information", .code = "informational", .text = std::move(text)}};
  for (const std::string& name : ignored)
    issues.push_back({.severity = "warning",
                      .code = "not-supported",
                      .text = "the parameter " + fhir::search::printable(name) +
                              " is not served as it was said, and was left out"});
  return fhir::operation_outcome(issues);
}

base::Error not_async() {
  return {base::ErrorKind::malformed,
          "search-bad-value an export is made in the background, and only so", "http.Prefer",
          "send the header Prefer: respond-async"};
}

/// How far it came, for people.
std::string progress(const ExportJob& job) {
  if (job.files.empty()) return "waiting";
  const ExportFile& file = job.files.back();
  return (file.is_of_deletions ? "deletions" : file.type) + ", " + std::to_string(job.lines()) +
         " lines written";
}

void files(fhir::JsonWriter& json, std::string_view name, const ExportJob& job,
           const std::string& url, bool of_deletions) {
  json.key(name).begin_array();
  for (const ExportFile& file : job.files)
    if (file.is_of_deletions == of_deletions)
      json.begin_object()
          .member("type", of_deletions ? "Bundle" : file.type)
          .member("url", url + '/' + file.name)
          .key("count")
          .integer(file.lines)
          .end_object();
  json.end_array();
}

/// Bulk Data Access 2.0, complete status.
std::string manifest(const ExportJob& job, const std::string& url) {
  fhir::JsonWriter json;
  json.begin_object().member("transactionTime", query::precise_text({job.as_of}));
  json.member("request", job.request).key("requiresAccessToken").boolean(true);
  files(json, "output", job, url, false);
  files(json, "deleted", job, url, true);
  json.key("error").begin_array().end_array().end_object();
  return json.take();
}

Response in_progress(const ExportJob& job, base::Instant now) {
  const bool is_young = now.microseconds - job.begun.microseconds < 10'000'000;
  return {202,
          "",
          {{"X-Progress", progress(job)},
           {"Retry-After", is_young ? "1" : "10"},
           {"Cache-Control", "no-store"}},
          "",
          "fhir/export-status"};
}

Response one_file(const Request& request, query::Exports::File file) {
  Response response{
      200, std::string(ndjson), {{"Cache-Control", "no-store"}}, "", "fhir/export-file"};
  // Packed on the way, the bytes have neither this digest nor ranges.
  const bool is_packed = request.header("range").empty() &&
                         weight_of(accepted(request.header("accept-encoding")), "gzip") > 0;
  if (is_packed) {
    response.body = std::move(file.bytes);
    return response;
  }
  const std::string etag = '"' + file.facts.sha256 + '"';
  const auto digest = base::sha256(file.bytes);
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.headers.emplace_back("Repr-Digest",
                                "sha-256=:" + base::base64(base::bytes_of(digest)) + ':');
  return with_bytes(request, std::move(response), etag, std::move(file.bytes));
}

}  // namespace

Response Api::begin_export(const Request& request, const Path& path,
                           const security::Principal& who) {
  if (request.method != "GET" && request.method != "POST")
    return not_offered("GET, POST", "an export is begun by GET or POST");
  const auto prefer = request.header("prefer");
  if (prefer.find("respond-async") == prefer.npos) return refused(not_async());
  auto asked = asked_of(request);
  if (!asked) return refused(asked.error());
  using fhir::search::ExportOf;
  const auto of = path.type.empty()      ? ExportOf::everything
                  : path.type == "Group" ? ExportOf::group
                                         : ExportOf::patients;
  std::string url = settings_.base_url + (path.type.empty() ? "" : "/" + path.type) +
                    (path.id.empty() ? "" : "/" + path.id) + "/$export";
  if (!request.query.empty()) url += '?' + request.query;
  const auto begun =
      exports_.begin(who, {.of = of,
                           .group = path.id,
                           .query = *std::move(asked),
                           .is_lenient = prefer.find("handling=lenient") != prefer.npos,
                           .request = std::move(url)});
  if (!begun) return refused(begun.error());
  return {
      202,
      "application/fhir+json",
      {{"Content-Location", url_of(settings_.base_url, begun->id)}, {"Cache-Control", "no-store"}},
      told("the export has begun; Content-Location says how it stands", begun->ignored),
      "fhir/export"};
}

Response Api::on_export(const Request& request, const Path& path, const security::Principal& who) {
  if (request.method == "DELETE" && path.file.empty()) {
    if (auto gone = exports_.cancel(who, path.job); !gone) return refused(gone.error());
    return {202, "application/fhir+json", {}, told("the export is deleted"), "fhir/export-status"};
  }
  if (request.method != "GET" && request.method != "HEAD")
    return not_offered(path.file.empty() ? "GET, HEAD, DELETE" : "GET, HEAD",
                       "an export is read or deleted");
  if (!path.file.empty()) {
    auto file = exports_.file(who, path.job, path.file);
    return file ? one_file(request, *std::move(file)) : refused(file.error());
  }
  const auto job = exports_.status(who, path.job);
  if (!job) return refused(job.error());
  if (job->state == ExportJob::State::running) return in_progress(*job, request.received);
  if (job->state == ExportJob::State::failed)
    return refused({base::ErrorKind::unavailable, job->failure, "", "begin another export"});
  return {200,
          "application/json",
          {{"Expires", http_date(exports_.expires(*job))}, {"Cache-Control", "no-store"}},
          manifest(*job, url_of(settings_.base_url, job->id)),
          "fhir/export-status"};
}

}  // namespace gateway::http::rest
