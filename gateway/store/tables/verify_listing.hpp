#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"

namespace gateway::store::tables {

/// Holds what searches of the audit trail go by against its rows: a row that is not entered under a
/// patient is one that an auditor never sees.
class ListingCheck {
 public:
  ListingCheck(Connection& connection, Findings& findings);

  /// Every row of the trail, in order.
  void row(std::int64_t number, std::string_view record);
  /// After all of them.
  void compare();

 private:
  bool is_entered(std::string_view patient, std::int64_t number);
  void minutes();

  Connection& db_;
  Findings& findings_;
  std::int64_t listed_ = 0;   // up to which row they are entered; 0: none is
  std::int64_t entered_ = 0;  // rows of `audit_patient` that should be there, and are
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> minutes_;
};

}  // namespace gateway::store::tables
