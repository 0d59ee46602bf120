#include "gateway/http/rest/binary.hpp"

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/http/rest/byte_range.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::string_view of_no_type = "application/octet-stream";

/// Does the client want the resource as FHIR's JSON rather than what it holds? Only where it says
/// so: a browser, or curl, gets the document.
bool wants_json(const Request& request, const std::vector<MediaRange>& ranges,
                std::string_view type) {
  if (!control(request, "_format").empty()) return true;
  int json = 0;
  for (const MediaRange& range : ranges)
    if (is_fhir_json(range.type)) json = std::max(json, range.weight);
  return json > 0 && json >= weight_of(ranges, type);
}

Response not_that_type() {
  return refused({base::ErrorKind::unsupported,
                  "format-json-only this is neither of the types that are asked for", "",
                  "ask for */*, or for application/fhir+json"});
}

}  // namespace

std::optional<Response> native(const Request& request, const fhir::Version& binary) {
  const auto body = fhir::JsonView::read(binary.body);
  if (!body) return std::nullopt;
  const auto said = body->root()["contentType"].text();
  const std::string type(said.empty() ? of_no_type : said);
  const auto ranges = accepted(request.header("accept"));
  if (wants_json(request, ranges, media_type(type))) return std::nullopt;
  if (!ranges.empty() && weight_of(ranges, media_type(type)) == 0) return not_that_type();
  auto data = base::base64_decode(body->root()["data"].text());
  if (!data) return std::nullopt;

  const auto digest = base::sha256(*data);
  const std::string etag = '"' + base::hex(base::bytes_of(digest)) + '"';
  Response response{200, type, {}, "", "fhir/read"};
  // What came from outside is not a page of ours, whatever it says it is.
  response.headers = {{"ETag", etag},
                      {"Last-Modified", http_date(binary.last_updated)},
                      {"Cache-Control", "no-store"},
                      {"Accept-Ranges", "bytes"},
                      {"Repr-Digest", "sha-256=:" + base::base64(base::bytes_of(digest)) + ':'},
                      {"Content-Disposition", "attachment"},
                      {"Content-Security-Policy", "sandbox; default-src 'none'"}};
  return with_bytes(request, std::move(response), etag, *std::move(data));
}

fhir::Json binary_of(const Request& request, const std::string& id) {
  auto binary = fhir::Json::object();
  binary.set("resourceType", fhir::Json::string("Binary"));
  if (!id.empty()) binary.set("id", fhir::Json::string(id));
  binary.set("contentType", fhir::Json::string(std::string(request.header("content-type"))));
  if (!request.body.empty()) binary.set("data", fhir::Json::string(base::base64(request.body)));
  return binary;
}

}  // namespace gateway::http::rest
