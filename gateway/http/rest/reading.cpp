#include <charconv>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/fhir/search/excerpts.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/binary.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

std::int64_t changed_at(const fhir::Version& version) {
  return version.last_updated.microseconds / 1'000'000;  // HTTP knows seconds
}

/// Does the client hold this version already?
bool unchanged(const Request& request, const fhir::Version& version) {
  if (const auto tags = request.header("if-none-match"); !tags.empty())
    return tags == "*" ||
           tags.find("\"" + std::to_string(version.version) + "\"") != std::string_view::npos;
  const auto since = read_http_date(request.header("if-modified-since"));
  return since && changed_at(version) <= *since;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

Response gone(const fhir::Version& version) {
  Response response =
      refused({base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""});
  response.headers.emplace_back("ETag", fhir::etag(version.version));
  return response;
}

}  // namespace

/// FHIR R4, Resource, meta: asked of one resource, and never changed so.
Response Api::meta(const Request& request, const Path& path, const security::Principal& who) {
  if (request.method != "GET" && request.method != "HEAD")
    return rest::not_offered("GET, HEAD", "what is said of a resource is only read");
  const auto version = reader_.read(who, {path.type, path.id});
  if (!version) return refused(version.error());
  if (version->deleted) return gone(*version);
  const auto served = fhir::parse_json(fhir::served(*version));
  base::invariant(static_cast<bool>(served), "what is kept is JSON");
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  json.begin_object().member("name", "return").key("valueMeta").raw((*served)["meta"].write());
  json.end_object().end_array().end_object();
  return {200, "application/fhir+json", {{"Cache-Control", "no-store"}}, json.take(), "fhir/meta"};
}

Response Api::read(const Request& request, const Path& path, const security::Principal& who) {
  const auto route = path.version.empty() ? std::string_view("fhir/read") : "fhir/vread";
  std::optional<std::int64_t> wanted;
  if (!path.version.empty()) {
    wanted = number(path.version);
    if (!wanted)
      return refused({base::ErrorKind::not_found, "unknown-id there is no such version", "", ""});
  }
  const auto excerpt = fhir::search::excerpt_of(request.query);
  if (!excerpt) return refused(excerpt.error());
  auto version = reader_.read(who, {path.type, path.id}, wanted);
  if (!version) return refused(version.error());
  if (version->deleted) return gone(*version);
  if (path.type == "Binary") {
    if (auto as_it_is = native(request, *version)) return *std::move(as_it_is);
  }
  Response response{200, "application/fhir+json", {}, "", route};
  response.headers = {{"ETag", fhir::etag(version->version)},
                      {"Last-Modified", http_date(version->last_updated)},
                      {"Cache-Control", "no-store"}};
  if (wanted)
    response.headers.emplace_back("Content-Location", settings_.base_url + "/" +
                                                          version->key.reference() + "/_history/" +
                                                          std::to_string(version->version));
  if (unchanged(request, *version)) {
    response.status = 304;
    return response;
  }
  response.body = fhir::excerpt(fhir::served(*version), *excerpt);
  return response;
}

}  // namespace gateway::http::rest
