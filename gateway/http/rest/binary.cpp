#include "gateway/http/rest/binary.hpp"

#include <charconv>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/negotiation.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::string_view of_no_type = "application/octet-stream";

/// First and last byte that are asked for.
struct Range {
  std::size_t first = 0, last = 0;
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

enum class Asked { whole, part, beyond };

/// One range. Several, and what is none, are answered whole, as RFC 9110 §14.2 lets us.
Asked range_of(const Request& request, std::string_view etag, std::size_t size, Range& range) {
  constexpr std::string_view unit = "bytes=";
  auto text = request.header("range");
  const auto only_of = request.header("if-range");
  if (!text.starts_with(unit) || (!only_of.empty() && only_of != etag)) return Asked::whole;
  text.remove_prefix(unit.size());
  const auto dash = text.find('-');
  if (dash == text.npos || text.find(',') != text.npos) return Asked::whole;
  const auto first = number(text.substr(0, dash)), last = number(text.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return Asked::whole;
    if (*last == 0 || size == 0) return Asked::beyond;
    range = {size - std::min(*last, size), size - 1};
    return Asked::part;
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return Asked::whole;
  if (*first >= size) return Asked::beyond;
  range = {*first, last ? std::min(*last, size - 1) : size - 1};
  return Asked::part;
}

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

Response beyond(std::size_t size) {
  Response response = refused({base::ErrorKind::malformed,
                               "search-bad-value there are no such bytes", "", "ask for fewer"});
  response.status = 416;
  response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
  return response;
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
  if (const auto tags = request.header("if-none-match");
      tags == "*" || tags.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  Range range;
  switch (range_of(request, etag, data->size(), range)) {
    case Asked::beyond:
      return beyond(data->size());
    case Asked::part:
      response.status = 206;
      response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + '-' +
                                                         std::to_string(range.last) + '/' +
                                                         std::to_string(data->size()));
      response.body = data->substr(range.first, range.last + 1 - range.first);
      break;
    case Asked::whole:
      response.body = *std::move(data);
      break;
  }
  return response;
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
