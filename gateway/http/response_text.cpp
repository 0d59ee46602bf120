#include "gateway/http/response_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gateway::http {
namespace {

constexpr auto reasons = std::to_array<std::pair<int, std::string_view>>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
});

std::string_view reason_of(int status) {
  const auto found = std::find_if(reasons.begin(), reasons.end(),
                                  [status](const auto& row) { return row.first == status; });
  return found != reasons.end() ? found->second : "";  // may be empty, RFC 9112 §4
}

/// Nothing in a value may begin a line: what follows would be a header, or an answer, of a
/// stranger's choice.
void append(std::string& out, std::string_view name, std::string_view value) {
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::any_of(value.begin(), value.end(), breaks)) return;
  ((((out += name) += ": ") += value) += "\r\n");
}

}  // namespace

std::string text_of(const Response& response, const Sending& sending) {
  const bool has_no_body = response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(512 + (sending.to_head || has_no_body ? 0 : response.body.size()));
  out += "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += reason_of(response.status);
  out += "\r\n";
  append(out, "Date", http_date(sending.at));
  if (!response.content_type.empty()) append(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append(out, name, value);
  append(out, "X-Content-Type-Options", "nosniff");
  if (!has_no_body && !sending.goes_on)
    append(out, "Content-Length", std::to_string(response.body.size()));
  // So that whoever reads can tell the end from a cut.
  if (sending.goes_on && !sending.to_http_1_0) append(out, "Transfer-Encoding", "chunked");
  if (sending.closes)
    append(out, "Connection", "close");
  else if (sending.to_http_1_0)
    append(out, "Connection", "keep-alive");
  out += "\r\n";
  if (!sending.to_head && !has_no_body) out += response.body;
  return out;
}

}  // namespace gateway::http
