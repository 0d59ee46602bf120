#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/mapping/loss_account.hpp"

namespace gateway::intake {

/// The loss account as it is kept: "1 ", version of the mappings, blank, one character a leaf: `-`
/// unmapped, `+` mapped, else `a` + number of the reason it is set aside for.
std::string compact(const mapping::LossAccount& account, const std::string& mappings_version);

/// How many leaves met which fate.
struct Fates {
  std::int64_t mapped = 0, set_aside = 0, unmapped = 0;
};
/// Of a compact account.
Fates fates_of(std::string_view compact);

}  // namespace gateway::intake
