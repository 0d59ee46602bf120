#include "gateway/http/rest/negotiation.hpp"

#include <algorithm>
#include <cstdint>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/http/gzip.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/media.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/http/rest/path.hpp"

namespace gateway::http::rest {
namespace {

constexpr std::size_t least_worth_packing = 1024;
constexpr std::size_t most_worth_packing = 1U << 30;  // zlib counts in 32 bits

base::Error json_only() {
  return {base::ErrorKind::unsupported, "format-json-only answers are JSON", "",
          "ask for application/fhir+json"};
}

/// The type that `_format` names, by a word or as in Accept; `+` may stand for itself. "": it is
/// not said.
std::string format_of(const Request& request) {
  const auto said = control(request, "_format");
  if (said.empty()) return "";
  auto decoded = fhir::search::form_decoded(said).value_or("?");
  std::ranges::replace(decoded, ' ', '+');
  return media_type(decoded);
}

/// Of what has a type of its own.
bool is_read_of_file(const Request& request) {
  const Path path = parse_path(request.path);
  const bool is_file = (path.type == "Binary" && !path.id.empty()) || !path.file.empty();
  return is_file && (request.method == "GET" || request.method == "HEAD");
}

bool is_stream(const Request& request) {
  return parse_path(request.path).last == "$stream";
}

bool is_search(const Request& request) {
  const Path path = parse_path(request.path);
  const bool is_inside = !path.inside.empty() && path.inside != "*";
  const bool of_type = !path.type.empty() && (path.id.empty() || is_inside);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  return of_type && (path.last.empty() ? reads : path.last == "_search");
}

bool is_ndjson(std::string_view type) {
  return type == "application/fhir+ndjson" || type == "application/ndjson" || type == "ndjson";
}

bool prefers_lines(const std::vector<MediaRange>& ranges) {
  const auto wants = [&](const MediaRange& range) {
    return is_ndjson(range.type) && range.weight > weight_of(ranges, "application/fhir+json");
  };
  return std::ranges::any_of(ranges, wants);
}

bool is_r4(const MediaRange& range) {
  return range.fhir_version.empty() || range.fhir_version == "4.0" || range.fhir_version == "4.0.1";
}

bool has(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [name](const auto& header) { return header.first == name; });
}

/// Are these bytes themselves what was asked for, whatever type they say they are (a Binary's)?
bool is_as_it_stands(const Response& response) {
  return has(response, "Repr-Digest");
}

bool pays_to_pack(const Request& request, const Response& response) {
  const bool is_text = is_fhir_json(media_type(response.content_type)) ||
                       media_type(response.content_type) == "application/fhir+ndjson";
  return is_text && response.body.size() >= least_worth_packing && response.status != 206 &&
         response.body.size() <= most_worth_packing && !has(response, "Content-Encoding") &&
         !is_as_it_stands(response) &&
         weight_of(accepted(request.header("accept-encoding")), "gzip") > 0;
}

/// What the page of an allowed origin may read, and ask with.
void add_cors(const Request& request, Response& response, const Manners& manners) {
  if (manners.origins.empty()) return;
  const std::string origin(request.header("origin"));
  if (std::ranges::find(manners.origins, origin) == manners.origins.end()) return;
  auto& headers = response.headers;
  headers.emplace_back("Access-Control-Allow-Origin", origin);
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
  headers.emplace_back("Access-Control-Expose-Headers",
                       "ETag, Location, Content-Location, Last-Modified, Link, Retry-After, "
                       "Preference-Applied, X-Progress, X-Request-Id, RateLimit, RateLimit-Policy");
  if (request.method != "OPTIONS") return;
  headers.emplace_back("Access-Control-Allow-Methods",
                       "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  headers.emplace_back("Access-Control-Allow-Headers",
                       "Accept, Authorization, Content-Type, Content-Encoding, If-Match, "
                       "If-Modified-Since, If-None-Exist, If-None-Match, If-Unmodified-Since, "
                       "Prefer, Range, X-Request-Id");
  headers.emplace_back("Access-Control-Max-Age", "3600");
}

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

/// An id of our own: the time and the place of the request are enough to find it in the log.
std::string minted_id(const Request& request) {
  return base::base32(base::KeyHash()
                          .add(std::to_string(request.received.microseconds))
                          .add(std::to_string(reinterpret_cast<std::uintptr_t>(&request)))
                          .digest(),
                      20);
}

}  // namespace

std::string control(const Request& request, std::string_view name) {
  const std::string_view query = request.query;
  for (std::size_t from = 0; from < query.size();) {
    const auto end = std::min(query.find('&', from), query.size());
    const auto part = query.substr(from, end - from);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
    from = end + 1;
  }
  return "";
}

std::string preference(const Request& request, std::string_view name) {
  std::string_view rest = request.header("prefer");
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(",;"), rest.size());
    auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
  }
  return "";
}

bool wants_lines(const Request& request) {
  if (const auto format = format_of(request); !format.empty())
    return is_ndjson(format) && is_search(request);
  return prefers_lines(accepted(request.header("accept"))) && is_search(request);
}

std::optional<Response> not_acceptable(const Request& request) {
  if (const auto format = format_of(request); !format.empty()) {
    if (is_fhir_json(format) || wants_lines(request)) return std::nullopt;
    return refused(json_only());
  }
  bool takes_json = false;
  const auto ranges = accepted(request.header("accept"));
  for (const MediaRange& range : ranges) {
    const bool names_json = is_fhir_json(range.type) || takes(range, "application/fhir+json") ||
                            takes(range, "text/json");
    if (!names_json || range.weight == 0) continue;
    if (is_r4(range)) return std::nullopt;
    takes_json = true;
  }
  if (ranges.empty()) return std::nullopt;
  if (is_read_of_file(request) || is_stream(request))
    return std::nullopt;  // which has a type of its own
  if (prefers_lines(ranges) && is_search(request)) return std::nullopt;
  if (!takes_json) return refused(json_only());
  return refused({base::ErrorKind::unsupported, "version-r4-only answers are FHIR R4", "",
                  "ask for fhirVersion=4.0"});
}

std::optional<Response> not_readable(const Request& request) {
  const bool patches = request.method == "PATCH";
  if (request.method != "POST" && request.method != "PUT" && !patches) return std::nullopt;
  const std::string content = media_type(request.header("content-type"));
  const Path path = parse_path(request.path);
  if (patches && (content == json_patch || !offers_patch(path.type))) return std::nullopt;
  const bool form = content == "application/x-www-form-urlencoded" && path.last == "_search";
  const bool native = path.type == "Binary" && path.last.empty() && !content.empty();
  if (!patches && (is_fhir_json(content) || form || native)) return std::nullopt;
  Response response =
      refused({base::ErrorKind::unsupported,
               patches ? "format-json-only the body is no JSON Patch"
                       : "format-json-only the body is not JSON",
               "", "send " + std::string(patches ? json_patch : "application/fhir+json")});
  response.status = 415;
  return response;
}

std::optional<Response> unpack(Request& request, const Manners& manners) {
  const std::string coding = media_type(request.header("content-encoding"));
  if (coding.empty() || coding == "identity") return std::nullopt;
  if (coding != "gzip" && coding != "x-gzip") {
    Response response =
        refused({base::ErrorKind::unsupported, "format-json-only this coding is not understood", "",
                 "send the body as it is, or in gzip"});
    response.status = 415;
    response.headers.emplace_back("Accept-Encoding", "gzip");
    return response;
  }
  auto body = gunzipped(request.body, manners.body_bytes);
  if (!body) return refused(body.error());
  request.body = *std::move(body);
  return std::nullopt;
}

std::string request_id(const Request& request) {
  const auto given = request.header("x-request-id");
  return is_request_id(given) ? std::string(given) : minted_id(request);
}

Response finished(const Request& request, Response response, const Manners& manners) {
  // A refusal counts where it was asked for: of "other" nobody learns what goes wrong.
  if (response.route == "other") response.route = route_of(request.method, request.path);
  response.headers.emplace_back("X-Request-Id", request_id(request));
  response.headers.emplace_back("Vary", manners.origins.empty()
                                            ? "Accept, Accept-Encoding, Prefer"
                                            : "Accept, Accept-Encoding, Origin, Prefer");
  add_cors(request, response, manners);
  if (control(request, "_pretty") == "true" && is_fhir_json(media_type(response.content_type)) &&
      !is_as_it_stands(response))
    response.body = fhir::indented(response.body);
  if (pays_to_pack(request, response)) {
    response.body = gzipped(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

Response options(std::string allow) {
  Response response{204, "", {}, "", "fhir/options"};
  response.headers.emplace_back("Allow", std::move(allow));
  return response;
}

}  // namespace gateway::http::rest
