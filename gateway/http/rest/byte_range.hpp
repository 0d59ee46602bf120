#pragma once
#include <string>
#include <string_view>

#include "gateway/http/message.hpp"

namespace gateway::http::rest {

/// Gives `response`, a 200 without a body, the bytes that are asked for: all of them, a range (206,
/// RFC 9110 §14), none because the client holds them (304) or there are none such (416). `etag`:
/// its strong one.
Response with_bytes(const Request& request, Response response, std::string_view etag,
                    std::string bytes);

}  // namespace gateway::http::rest
