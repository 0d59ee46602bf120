#pragma once
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// Holds the states of deliveries and review items against what the audit trail tells of them: what
/// nobody sent, gave up or decided must not stand as settled, and what was settled not as open.
class StateCheck {
 public:
  StateCheck(Connection& connection, Findings& findings) : db_(connection), findings_(findings) {}

  /// Every row of the trail, in order.
  void told(std::string_view record);
  /// After all of them.
  void compare();

 private:
  static constexpr std::size_t page = 1024;
  /// What was told last of the rows of a table, a byte each: the state plus 1, 0: nothing.
  using Told = std::unordered_map<std::int64_t, std::array<std::uint8_t, page>>;
  static void note(Told& told, std::int64_t number, std::int64_t state);
  static std::int64_t last(const Told& told, std::int64_t number);  // −1: nothing

  void deliveries();
  void reviews();
  void owed();

  Connection& db_;
  Findings& findings_;
  Told deliveries_, reviews_;
  /// Arrivals and targets of rows that say what was sent without naming the delivery, as programs
  /// did before 2026-12.
  std::set<std::pair<std::int64_t, std::string>> sent_;
};

}  // namespace gateway::store::tables
