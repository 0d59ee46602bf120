#pragma once
#include <string>
#include <vector>

#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// A table as it is copied: every column, and those that tell one row from another, in that order.
struct TableForm {
  std::string name;
  std::vector<std::string> columns, key;
};

/// All of a store, as of one moment in which nobody writes.
struct Whole {
  Connection& connection;
  std::vector<TableForm> tables;
};

}  // namespace gateway::store::tables
