#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.hpp"

namespace gateway::http::rest {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7, IMF-fixdate).
std::string http_date(base::Instant instant);

/// The same read back, as seconds since 1970; nullopt for anything else, which a condition then
/// ignores (RFC 9110 §13.1.3). The obsolete forms are not read: who sends a date here got it from
/// Last-Modified.
std::optional<std::int64_t> read_http_date(std::string_view text);

}  // namespace gateway::http::rest
