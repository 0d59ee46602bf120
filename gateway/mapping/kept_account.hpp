#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/mapping/loss_account.hpp"

namespace gateway::mapping {

/// A loss account as it is kept with its message: "1 ", version of the mappings, blank, one
/// character a leaf: `-` unmapped, `+` mapped, else `a` + number of the reason it is set aside for.
/// Where each went is not kept: message and mappings say it again.
std::string kept(const LossAccount& account, const std::string& mappings_version);
/// The version of the mappings that a kept account names; "" of what is none.
std::string_view mappings_of(std::string_view kept_account);
/// Its characters, one a leaf.
std::string_view leaves_of(std::string_view kept_account);

/// How many leaves met which fate.
struct Fates {
  std::int64_t mapped = 0, set_aside = 0, unmapped = 0;
};
Fates fates_of(std::string_view kept_account);

}  // namespace gateway::mapping
