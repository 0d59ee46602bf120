#pragma once
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::query {

/// Where a page goes on of what comes type by type: in which of them, and behind what in it.
struct Stage {
  std::size_t number = 0;
  std::string after;

  std::string text() const { return std::to_string(number) + ' ' + after; }
  static std::optional<Stage> read(std::string_view text) {
    Stage stage;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), stage.number);
    const auto end = static_cast<std::size_t>(read.ptr - text.data());
    if (read.ec != std::errc() || end == text.size() || text[end] != ' ') return std::nullopt;
    stage.after = text.substr(end + 1);
    return stage;
  }
};

}  // namespace gateway::query
