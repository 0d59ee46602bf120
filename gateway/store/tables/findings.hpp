#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::store::tables {

/// What verification found, one line a place: the name of a table and a row's number. Nothing that
/// was read from the store stands in them (TRUST.md R7).
class Findings {
 public:
  void add(std::string_view table, std::int64_t row, std::string_view what) {
    add(std::string(table) + ' ' + std::to_string(row), what);
  }
  void add(std::string_view where, std::string_view what) {
    // A store that is wrong throughout is told apart by its first problems.
    if (lines_.size() < most) lines_.push_back(std::string(where).append(": ").append(what));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  static constexpr std::size_t most = 1000;
  std::vector<std::string> lines_;
};

}  // namespace gateway::store::tables
