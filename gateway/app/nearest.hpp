#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::app {

/// The nearest of `known` to a wrong word; "" if none is near.
std::string nearest(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace gateway::app
