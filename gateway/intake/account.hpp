#pragma once
#include <cstdint>
#include <string_view>

namespace gateway::intake {

/// How many leaves met which fate.
struct Fates {
  std::int64_t mapped = 0, set_aside = 0, unmapped = 0;
};
/// Of an account as it is kept (mapping/kept_account).
Fates fates_of(std::string_view kept);

}  // namespace gateway::intake
