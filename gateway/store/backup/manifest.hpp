/// Sub-room store/backup: a copy of a store in a folder of its own: sealed parts, and a manifest
/// that comes last. Knows no engine.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace gateway::store::backup {

/// What a backup says of itself (TRUST.md §8.10).
struct Manifest {
  struct Part {
    std::int64_t bytes = 0;  // as it lies in the folder
    std::string sha256;      // of that, in hexadecimal
  };
  std::string made;     // RFC 3339, UTC
  std::string version;  // of the program
  bool is_sealed = false;
  std::int64_t bytes = 0;  // of the store's file
  std::int64_t arrivals = 0, audit_rows = 0;
  std::string audit_head;   // as `store verify` prints it
  std::vector<Part> parts;  // one behind the other
};

inline constexpr std::string_view manifest_name = "manifest.json";
/// 000000.part, 000001.part, …: names are ours, never read.
std::string part_name(std::size_t number);

std::string write(const Manifest& manifest);
/// Errors: `malformed`.
base::Result<Manifest> read(std::string_view text);

}  // namespace gateway::store::backup
