#pragma once
#include <string_view>

#include "gateway/store/delivery.hpp"

namespace gateway::http::admin {

/// "dead", "waiting", …
std::string_view state_text(store::Letter::State state);

}  // namespace gateway::http::admin
