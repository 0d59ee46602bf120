#include "gateway/http/rest/entries.hpp"

#include "gateway/fhir/places.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/http/rest/dates.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/path.hpp"

namespace gateway::http::rest {
namespace {

/// `Type/id` and what stands behind the question mark, whatever the URL began with.
std::pair<std::string, std::string> cut(const std::string& url, const std::string& base_url) {
  std::string_view rest = url;
  if (rest.starts_with(base_url)) rest.remove_prefix(base_url.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  const auto question = std::min(rest.find('?'), rest.size());
  const auto path = fhir::search::form_decoded(rest.substr(0, question));
  return {"/fhir/" + path.value_or("?"),
          std::string(rest.substr(std::min(question + 1, rest.size())))};
}

std::string header_of(const Response& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers)
    if (name == wanted) return value;
  return "";
}

}  // namespace

base::Result<std::optional<AskedWrite>> asked_write(const fhir::RequestedEntry& entry,
                                                    std::size_t number,
                                                    const std::string& base_url) {
  using Kind = AskedWrite::Kind;
  const auto [path, query] = cut(entry.url, base_url);
  const Path cut_path = parse_path(path);
  const bool is_write = (entry.method == "PUT" || entry.method == "DELETE" ||
                         (entry.method == "POST" && cut_path.id.empty())) &&
                        cut_path.last.empty() && !cut_path.type.empty() &&
                        cut_path.inside.empty() && !cut_path.malformed;
  if (!is_write) return std::optional<AskedWrite>();
  AskedWrite asked;
  asked.kind = entry.method == "PUT"      ? Kind::update
               : entry.method == "DELETE" ? Kind::remove
                                          : Kind::create;
  asked.type = cut_path.type;
  asked.id = cut_path.id;
  asked.entry = number;
  asked.where = fhir::place_of_entry(number);
  if (asked.kind != Kind::remove) asked.resource = entry.resource;
  if (asked.kind != Kind::create && asked.id.empty()) asked.condition = query;
  const auto taken =
      take_conditions(asked, {{entry.if_match, asked.where + ".request.ifMatch"},
                              {entry.if_none_match, asked.where + ".request.ifNoneMatch"},
                              {entry.if_none_exist, asked.where + ".request.ifNoneExist"},
                              {entry.if_modified_since, asked.where + ".request.ifModifiedSince"}});
  if (!taken) return taken.error();
  return std::optional(std::move(asked));
}

Request request_of(const Request& whole, const fhir::RequestedEntry& entry,
                   const std::string& base_url) {
  Request request;
  request.method = entry.method;
  std::tie(request.path, request.query) = cut(entry.url, base_url);
  for (const char* name : {"prefer", "x-request-id"})
    if (const auto value = whole.header(name); !value.empty())
      request.headers.emplace_back(name, value);
  request.headers.emplace_back("accept", "application/fhir+json");
  if (!entry.if_none_match.empty())
    request.headers.emplace_back("if-none-match", entry.if_none_match);
  if (!entry.if_modified_since.empty())
    request.headers.emplace_back("if-modified-since", entry.if_modified_since);
  if (entry.resource != nullptr && entry.method == "POST") {
    request.headers.emplace_back("content-type", "application/fhir+json");
    request.body = entry.resource->write();
  }
  request.peer = whole.peer;
  request.received = whole.received;
  return request;
}

fhir::EntryAnswer entry_answer(Response response, std::string_view method) {
  if (response.feed && method != "HEAD")
    response = refused({base::ErrorKind::unsupported,
                        "search-bad-value what is told bit by bit has no place in a Bundle", "",
                        "ask for it by itself, or as application/fhir+json and without _wait"});
  fhir::EntryAnswer answer;
  answer.status = response.status;
  answer.etag = header_of(response, "ETag");
  answer.location = header_of(response, "Location");
  if (const auto changed = read_http_date(header_of(response, "Last-Modified")))
    answer.last_modified = base::to_text(base::Instant{*changed * 1'000'000});
  if (method == "HEAD") return answer;
  (response.status < 400 ? answer.resource : answer.outcome) = std::move(response.body);
  return answer;
}

}  // namespace gateway::http::rest
