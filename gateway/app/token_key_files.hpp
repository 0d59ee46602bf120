#pragma once
#include <filesystem>
#include <vector>

#include "gateway/access/token_keys.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"

namespace gateway::app {

/// Our token keys in their folder (mode 0700): `SECONDS-SINCE-1970.pem` each (0600), the name says
/// when it was made. Makes what is due, takes away what is over (access::key_life), reads what is
/// there. Whoever takes a file away ends the tokens it signed; with none left a new one is made.
/// Error `configuration` naming the file and the remedy.
base::Result<std::vector<access::TokenKey>> load_token_keys(const std::filesystem::path& folder,
                                                            base::Instant now);

}  // namespace gateway::app
