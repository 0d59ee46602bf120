#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::mapping {

/// One row of a table and the line it began on, counted from 1.
struct CsvRow {
  std::uint32_t line = 0;
  std::vector<std::string> cells;  // as many as there are columns
};

struct CsvProblem {
  std::uint32_t line = 0;
  std::string text, remedy;
};

struct CsvTable {
  std::vector<CsvRow> rows;  // the good ones
  std::vector<CsvProblem> problems;
};

/// Reads comma-separated values (RFC 4180: quotes double inside quotes, cells may span lines) whose
/// first line must name exactly `columns`. UTF-8, a byte order mark and CRLF are tolerated, empty
/// lines skipped. A row that cannot be read is a problem and the others are still read. Linear.
CsvTable read_csv(std::string_view text, std::span<const std::string_view> columns);

/// The words of a cell, between blanks.
std::vector<std::string> words_of(std::string_view cell);

}  // namespace gateway::mapping
