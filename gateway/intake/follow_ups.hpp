#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "gateway/intake/standings.hpp"
#include "gateway/intake/work.hpp"
#include "gateway/mapping/follow_up.hpp"
#include "gateway/mapping/revise.hpp"

namespace gateway::intake {

/// What the site's conventions make of the results of work number `w` as they will stand after its
/// revision. Nothing, at no cost, where no convention is watched. `standing` is what stood, by
/// resource of the conversion.
std::vector<mapping::FollowUpWrite> follow_ups(
    const Work& work, std::size_t w, const mapping::Revision& revision,
    const std::vector<std::optional<mapping::Standing>>& standing, Standings& standings);

}  // namespace gateway::intake
