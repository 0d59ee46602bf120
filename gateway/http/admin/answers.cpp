#include "gateway/http/admin/answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "gateway/base/parts.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::http::admin {
namespace {

using Kind = base::ErrorKind;

constexpr auto statuses_by_kind = std::to_array<std::pair<Kind, int>>({
    {Kind::not_found, 404},
    {Kind::forbidden, 403},
    {Kind::conflict, 409},
    {Kind::unavailable, 503},
    {Kind::unknown, 503},
    {Kind::too_large, 413},
    {Kind::unsupported, 415},
});
constexpr auto statuses_by_code = std::to_array<std::pair<std::string_view, int>>({
    {"sign-in-refused", 401},
    {"slow-down", 429},
    {"password-short", 422},
    {"password-long", 422},
    {"password-guessed", 422},
    {"code-wrong", 422},
});
/// Errors whose text begins with a code: those of access/people, the store's, and a page's own.
constexpr auto further_codes = std::to_array<std::string_view>(
    {"no-such-user", "user-name", "user-exists", "last-administrator", "role-of-provider",
     "password-of-provider", "code-of-provider", "no-role", "provider-away", "busy", "lists-behind",
     "reason"});

int status_of(Kind kind, std::string_view code) {
  const auto by_code =
      std::ranges::find(statuses_by_code, code, &std::pair<std::string_view, int>::first);
  if (by_code != statuses_by_code.end()) return by_code->second;
  const auto by_kind = std::ranges::find(statuses_by_kind, kind, &std::pair<Kind, int>::first);
  return by_kind != statuses_by_kind.end() ? by_kind->second : 400;
}

bool is_code(std::string_view word) {
  return std::ranges::find(further_codes, word) != further_codes.end() ||
         std::ranges::any_of(statuses_by_code, [&](const auto& row) { return row.first == word; });
}

}  // namespace

Response json(int status, std::string body) {
  return {status, "application/json", {}, std::move(body), "admin"};
}

Response refused(int status, std::string_view code, std::string_view what,
                 std::string_view remedy) {
  fhir::JsonWriter out;
  out.begin_object().key("error").begin_object().member_if("code", code);
  out.member("what", what).member("remedy", remedy).end_object().end_object();
  Response response = json(status, out.take());
  if (status == 429) response.headers.emplace_back("Retry-After", "30");
  if (status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

Response refused(const base::Error& error) {
  std::string_view rest = error.what;
  const auto code = base::next_part(rest, ' ');
  if (!is_code(code)) return refused(status_of(error.kind, ""), "", error.what, error.remedy);
  return refused(status_of(error.kind, code), code, rest, error.remedy);
}

base::Result<fhir::Json> body_of(const Request& request) {
  auto type = request.header("content-type");
  if (base::in_lower_case(base::next_part(type, ';')) != "application/json")
    return base::Error{Kind::unsupported, "a change is application/json", "",
                       "send Content-Type: application/json"};
  if (request.body.size() > longest_body)
    return base::Error{Kind::too_large, "this is too long", "", "at most 64 KiB"};
  auto body = fhir::parse_json(request.body, {.depth = 8, .values = 20'000});
  if (body && !body->is_object())
    return base::Error{Kind::malformed, "this is no JSON object", "", "send one"};
  return body;
}

std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto value = base::next_part(query, '&');
    if (base::next_part(value, '=') == name) return fhir::search::form_decoded(value).value_or("");
  }
  return "";
}

std::optional<ListPage> page_of(std::string_view query, std::int64_t first) {
  constexpr std::int64_t most = 200;
  const auto number = [&](std::string_view name, std::int64_t otherwise) {
    const auto text = parameter(query, name);
    if (text.empty()) return std::optional(otherwise);
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    const bool is_number = read.ec == std::errc() && read.ptr == end && value > 0;
    return is_number ? std::optional(value) : std::nullopt;
  };
  const auto count = number("count", 50), after = number("after", first);
  if (!count || !after) return std::nullopt;
  return ListPage{static_cast<std::size_t>(std::min(*count, most)), *after};
}

Response no_page() {
  return refused(400, "page", "count or after is not what a page was told",
                 "count is a number up to 200, after is `next` of the page before");
}

std::string cookie(const Request& request, std::string_view name) {
  for (const auto& [header, text] : request.headers) {
    if (header != "cookie") continue;
    for (std::string_view rest = text; !rest.empty();) {
      auto value = base::next_part(rest, ';');
      while (value.starts_with(' ')) value.remove_prefix(1);
      if (base::next_part(value, '=') == name) return std::string(value);
    }
  }
  return "";
}

}  // namespace gateway::http::admin
