// What any program asks of short texts.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace gateway::base {

inline bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Of ASCII, whatever the locale.
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace gateway::base
