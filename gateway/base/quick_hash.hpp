#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gateway::base {

/// A number for a text, eight bytes at a time, to find it by in memory. What is found is compared;
/// nothing that leaves the process may rest on it.
inline std::uint64_t quick_hash(std::string_view text, std::uint64_t seed = 0) {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15;
  const auto mix = [](std::uint64_t hash, std::uint64_t with) {
    hash = (hash ^ with) * factor;
    return hash ^ (hash >> 32U);
  };
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = seed ^ left;
  std::uint64_t eight = 0;
  for (; left >= sizeof eight; at += sizeof eight, left -= sizeof eight) {
    std::memcpy(&eight, at, sizeof eight);
    hash = mix(hash, eight);
  }
  eight = 0;
  if (left >= 4) {  // two halves that overlap
    std::uint32_t first = 0, last = 0;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&last, at + left - sizeof last, sizeof last);
    eight = first | std::uint64_t{last} << 32U;
  } else {
    for (std::size_t i = 0; i < left; ++i) eight = eight << 8U | static_cast<unsigned char>(at[i]);
  }
  return mix(hash, eight);
}

}  // namespace gateway::base
