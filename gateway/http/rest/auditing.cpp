#include <algorithm>
#include <array>

#include "gateway/http/rest/api.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/negotiation.hpp"

/// What of a request goes into the audit trail, decided once, where its answer is finished
/// (TRUST.md §5.1). What a write changed is audited in its own commit, and an export as it is
/// begun, fetched and deleted (query/exports).
namespace gateway::http::rest {
namespace {

constexpr std::size_t longest_request = 256UL * 1024;  // beyond any search that is answered
constexpr std::size_t longest_name = 160;              // of a resource as somebody asked for it

bool is_refusal(int status) {
  return status == 401 || status == 403 || status == 429;
}

bool is_of_export(const Path& path) {
  return !path.job.empty() || path.last == "$export";
}

bool is_open(const Path& path) {
  return path.type == ".well-known" || (path.type.empty() && path.last == "metadata");
}

bool is_form(const Request& request, const Path& path) {
  return request.method == "POST" && path.last == "_search";
}

/// Changes something, or would have.
bool is_write(const Request& request, const Path& path) {
  if (request.method == "GET" || request.method == "HEAD") return false;
  return path.last.empty();
}

std::string_view event_of(const Request& request, const Path& path) {
  if (path.last == "_history") return path.version.empty() ? "history" : "vread";
  if (path.last.starts_with('$')) return "operation";
  if (path.type.empty()) return is_write(request, path) ? "batch" : "search";
  return path.id.empty() || !path.inside.empty() || !path.last.empty() ? "search" : "read";
}

/// The request line, and the form of a search that was posted: byte for byte (IHE BALP, query).
std::string as_asked(const Request& request, const Path& path) {
  std::string out = request.method + ' ' + request.path;
  if (!request.query.empty()) (out += '?') += request.query;
  if (is_form(request, path)) (out += "\n\n") += request.body;
  if (out.size() > longest_request) out.resize(longest_request);
  return out;
}

/// "10.1.2.3:40112" → "10.1.2.3"
std::string host_of(const std::string& peer) {
  return peer.substr(0, peer.rfind(':'));
}

/// What was asked for by name, of which nothing was shown.
std::string named(const Path& path) {
  std::string out = path.type + '/' + path.id;
  if (!path.version.empty()) (out += "/_history/") += path.version;
  if (out.size() > longest_name) out.resize(longest_name);
  return out;
}

store::AuditRow row_of(const Request& request, const Path& path, const security::Principal& who,
                       const Response& response) {
  store::AuditRow row{std::string(event_of(request, path)),
                      request.received,
                      who.name,
                      "https",
                      std::to_string(response.status),
                      {},
                      {}};
  row.address = host_of(request.peer.address);
  row.request_id = request_id(request);
  row.bytes = static_cast<std::int64_t>(response.body.size());
  const bool is_by_name = row.event == "read" || row.event == "vread";
  if (!is_by_name) row.detail = as_asked(request, path);
  if (who.shown) {
    row.count = who.shown->count;
    row.entities = who.shown->entities;
    row.entities.insert(row.entities.end(), who.shown->patients.begin(), who.shown->patients.end());
  }
  if (is_by_name && row.entities.empty()) row.entities.push_back(named(path));
  return row;
}

}  // namespace

NoteShown Api::noting(const Request& request, const Path& path) const {
  return [this, request, path](const security::Principal& who) {
    return static_cast<bool>(audit_.shown(row_of(request, path, who, Response{})));
  };
}

std::optional<store::AuditRow> Api::to_note(const Request& request, const Path& path,
                                            const security::Principal& who,
                                            const Response& response) const {
  if (is_open(path)) return std::nullopt;
  auto row = row_of(request, path, who, response);
  if (is_refusal(response.status)) {
    row.event = "refused";
    row.count = 0;
    row.detail = request.method + ' ' + std::string(route_of(request.method, request.path));
    if (!path.type.empty()) row.entities = {path.type.substr(0, longest_name)};
    audit_.refused(std::move(row));
    return std::nullopt;
  }
  if (is_of_export(path) && response.status < 400) return std::nullopt;
  const bool shows = who.shown && who.shown->count > 0;
  if (is_write(request, path) && !shows) return std::nullopt;
  return row;
}

Response Api::audited(const Request& request, const Path& path, const security::Principal& who,
                      Response response) const {
  if (auto row = to_note(request, path, who, response))
    if (auto noted = audit_.shown(*std::move(row)); !noted) return refused(noted.error());
  return response;
}

}  // namespace gateway::http::rest
