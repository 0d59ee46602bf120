#include "gateway/mapping/csv.hpp"

#include <algorithm>
#include <utility>

namespace gateway::mapping {
namespace {

/// Reads one record after the other; knows where it is.
class Records {
 public:
  explicit Records(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  bool at_end() const { return at_ >= text_.size(); }
  const std::string& complaint() const { return complaint_; }

  CsvRow next() {
    CsvRow row{line_, {}};
    complaint_.clear();
    do {
      row.cells.push_back(cell());
    } while (take(','));
    if (!take('\n') && take('\r')) take('\n');
    ++line_;
    return row;
  }

 private:
  bool take(char wanted) {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string cell() {
    if (take('"')) return quoted();
    const std::size_t from = at_;
    while (!at_end() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      if (text_[at_] == '"')
        complaint_ = "a quote stands inside a cell that does not begin with one";
      ++at_;
    }
    return std::string(text_.substr(from, at_ - from));
  }

  std::string quoted() {
    std::string out;
    for (; !at_end(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_end() || text_[at_] != '"') return closed(std::move(out));
      }
      if (text_[at_] == '\n') ++line_;
      out += text_[at_];
    }
    complaint_ = "a quoted cell is never closed";
    return out;
  }

  std::string closed(std::string out) {
    if (!at_end() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      complaint_ = "text follows the closing quote of a cell";
      while (!at_end() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::string complaint_;
};

std::string joined(std::span<const std::string_view> columns) {
  std::string out;
  for (const std::string_view column : columns) {
    if (!out.empty()) out += ',';
    out += column;
  }
  return out;
}

bool is_header(const CsvRow& row, std::span<const std::string_view> columns) {
  if (row.cells.size() != columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (row.cells[i] != columns[i]) return false;
  }
  return true;
}

bool has_blank_edge(const CsvRow& row) {
  for (const std::string& cell : row.cells) {
    if (!cell.empty() && (cell.front() == ' ' || cell.back() == ' ')) return true;
  }
  return false;
}

}  // namespace

CsvTable read_csv(std::string_view text, std::span<const std::string_view> columns) {
  CsvTable table;
  Records records(text);
  bool header_seen = false;
  while (!records.at_end()) {
    CsvRow row = records.next();
    if (row.cells.size() == 1 && row.cells.front().empty()) continue;
    if (!records.complaint().empty()) {
      table.problems.push_back({row.line, records.complaint(),
                                "put the cell in quotes and double the quotes inside it"});
      continue;
    }
    if (!header_seen) {
      header_seen = true;
      if (is_header(row, columns)) continue;
      table.problems.push_back({row.line, "the first line does not name the columns of this table",
                                "write it as: " + joined(columns)});
      return table;
    }
    if (row.cells.size() != columns.size()) {
      table.problems.push_back({row.line,
                                std::to_string(row.cells.size()) + " cells where the table has " +
                                    std::to_string(columns.size()) + " columns",
                                "a cell that holds a comma needs quotes around it"});
    } else if (has_blank_edge(row)) {
      table.problems.push_back(
          {row.line, "a cell begins or ends with a blank", "remove the blank"});
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  if (!header_seen) {
    table.problems.push_back({1, "the table is empty", "begin it with: " + joined(columns)});
  }
  return table;
}

std::vector<std::string> words_of(std::string_view cell) {
  std::vector<std::string> out;
  while (!cell.empty()) {
    const auto end = std::min(cell.find(' '), cell.size());
    if (end > 0) out.emplace_back(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return out;
}

}  // namespace gateway::mapping
