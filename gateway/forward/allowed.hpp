#pragma once
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::forward {

/// Is the host of this https URL one that the administrator named (TRUST T10): the same name or
/// address, or an address within a network? Asks no name service. Error `configuration` with the
/// remedy.
base::Result<void> check_allowed(const std::string& url, const std::vector<std::string>& hosts);

}  // namespace gateway::forward
