#pragma once
#include <filesystem>
#include <initializer_list>
#include <string>

namespace gateway::security {

/// Of what files hold, one behind the other; the same where nothing changed. Hex.
std::string hash_of(std::initializer_list<std::filesystem::path> files);

}  // namespace gateway::security
