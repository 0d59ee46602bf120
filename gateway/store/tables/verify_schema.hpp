#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"

namespace gateway::store::tables {

/// An index as engines and our schema say it alike: "table|column,columnwhere…", without blanks and
/// parentheses.
struct IndexForm {
  std::string name, table, form;
};
/// Of every CREATE INDEX of these statements.
std::vector<IndexForm> index_forms(std::string_view sql);

/// Holds the indexes that are there against those that the schema makes, and looks for triggers, of
/// which it makes none.
void verify_schema(Connection& connection, Findings& findings);

}  // namespace gateway::store::tables
