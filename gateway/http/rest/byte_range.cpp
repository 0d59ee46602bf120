#include "gateway/http/rest/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/http/rest/errors.hpp"

namespace gateway::http::rest {
namespace {

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

Response beyond(std::size_t size) {
  Response response = refused({base::ErrorKind::malformed,
                               "search-bad-value there are no such bytes", "", "ask for fewer"});
  response.status = 416;
  response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
  return response;
}

}  // namespace

Response with_bytes(const Request& request, Response response, std::string_view etag,
                    std::string bytes) {
  if (const auto tags = request.header("if-none-match");
      tags == "*" || tags.find(etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  Range range;
  switch (range_of(request, etag, bytes.size(), range)) {
    case Asked::beyond:
      return beyond(bytes.size());
    case Asked::part:
      response.status = 206;
      response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + '-' +
                                                         std::to_string(range.last) + '/' +
                                                         std::to_string(bytes.size()));
      response.body = bytes.substr(range.first, range.last + 1 - range.first);
      break;
    case Asked::whole:
      response.body = std::move(bytes);
      break;
  }
  return response;
}

}  // namespace gateway::http::rest
