#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gateway::mapping {

/// The known name nearest to what was written, for remedies; "" if none is near (more than a third
/// of the letters differ). Names longer than 64 characters are near to nothing.
std::string nearest_name(std::string_view written, const std::vector<std::string>& known);

/// "did you mean X?", or `otherwise` where nothing is near.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known,
                         std::string otherwise);

}  // namespace gateway::mapping
