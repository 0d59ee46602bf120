#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::app {

/// What is printed on: how wide it is, and whether it can show more than ASCII.
struct Paper {
  std::size_t width = 100;
  bool utf8 = true;
};

/// Standard output: the terminal's width, else `COLUMNS`, else 100; UTF-8 if LC_ALL, LC_CTYPE or
/// LANG says so.
Paper standard_paper();

/// Text of others on one line, made harmless: control characters and marks that turn the direction
/// of writing go, or a name could move the cursor and overwrite a value. What the paper cannot show
/// is `?`. Must be UTF-8.
std::string printable(std::string_view text, const Paper& paper);

/// How many columns a printable text takes.
std::size_t columns_of(std::string_view text);

/// Cut behind so many columns, with a mark that it is.
std::string cut(std::string_view text, std::size_t columns, const Paper& paper);

/// Filled with blanks up to so many columns.
std::string padded(std::string text, std::size_t columns);

/// Broken at blanks into lines of at most so many columns; a longer word at that column.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace gateway::app
