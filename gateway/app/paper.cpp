#include "gateway/app/paper.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace gateway::app {
namespace {

/// Takes one character off valid UTF-8; `bytes` are those it had.
char32_t take(std::string_view& text, std::string_view& bytes) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  bytes = text.substr(0, size);
  text.remove_prefix(bytes.size());
  char32_t out = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (const char more : bytes.substr(1))
    out = (out << 6U) | (static_cast<unsigned char>(more) & 0x3FU);
  return out;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/// Marks without width of their own: they turn the direction, join or hide.
bool is_mark(char32_t c) {
  return c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

/// Unicode, East Asian Width: the blocks that take two columns; combining marks take none.
std::size_t width_of(char32_t c) {
  if (c >= 0x300 && c <= 0x36F) return 0;
  const bool is_wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                       (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                       (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                       (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x3FFFD);
  return is_wide ? 2 : 1;
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

std::size_t width_of_output() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return number(std::getenv("COLUMNS"));
}

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;  // the first that is set decides
    std::string locale(value);
    std::erase(locale, '-');
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

Paper standard_paper() {
  const std::size_t width = width_of_output();
  return {width == 0 ? 100 : std::clamp<std::size_t>(width, 40, 1000), speaks_utf8()};
}

std::string printable(std::string_view text, const Paper& paper) {
  std::string out;
  while (!text.empty()) {
    std::string_view bytes;
    const char32_t c = take(text, bytes);
    if (is_mark(c)) continue;
    if (is_control(c) || c == ' ' || c == 0xA0) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (c < 0x80 || paper.utf8) {
      out += bytes;
    } else {
      out += '?';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  std::string_view bytes;
  while (!text.empty()) columns += width_of(take(text, bytes));
  return columns;
}

std::string cut(std::string_view text, std::size_t columns, const Paper& paper) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::string_view mark = paper.utf8 ? "…" : "...";
  const std::size_t room = columns - std::min(columns, columns_of(mark));
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    std::string_view bytes;
    used += width_of(take(text, bytes));
    if (used > room) break;
    out += bytes;
  }
  return out.append(mark);
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) lines.push_back(std::exchange(line, {}));
  };
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    if (!line.empty() && columns_of(line) + 1 + columns_of(word) > columns) flush();
    while (columns_of(word) > columns) {  // only where it stands alone
      std::string_view bytes;
      std::string piece;
      std::string_view rest = word;
      while (columns_of(piece) < columns) {
        take(rest, bytes);
        piece += bytes;
      }
      lines.push_back(std::move(piece));
      word = rest;
    }
    if (word.empty()) continue;
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
  return lines;
}

}  // namespace gateway::app
