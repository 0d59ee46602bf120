/// Sub-room http/console: the pages of people below /console/, built into the program. Knows
/// nothing of what they ask: that is http/admin.
#pragma once
#include <string_view>

#include "gateway/http/message.hpp"

namespace gateway::http::console {

/// The pages, the sign-in page and their files; nothing here depends on who asks.
Response answer(const Request& request);
/// Is it /console or below it?
bool serves(std::string_view path);

/// Where an identity provider sends a browser back to.
inline constexpr std::string_view way_back = "/console/provider";

}  // namespace gateway::http::console
