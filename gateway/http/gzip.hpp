#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace gateway::http {

/// RFC 1952, without name and time: the same bytes give the same bytes. `effort`: 1 quick – 9
/// small.
std::string gzipped(std::string_view bytes, int effort = 1);

/// The way back, one member. Errors: `malformed`: this is no gzip, or cut; `too_large`: more than
/// `most` bytes come out, of which no more were made.
base::Result<std::string> gunzipped(std::string_view bytes, std::size_t most);

}  // namespace gateway::http
