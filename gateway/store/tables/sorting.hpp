#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {

/// How a page is ordered and where it begins. Columns are named s0, s1 …; ties go by row. What has
/// no value comes last ascending and first descending.
struct Sorting {
  Sql columns;        // ", expression AS s0 …"
  Sql beyond;         // " AND (…)": behind the row that `after` names; empty on the first page
  std::string order;  // " ORDER BY …"; of a page backwards, all turned round
};

/// Errors: `malformed` for a parameter that has no order, and for an `after` that is none of ours.
base::Result<Sorting> sort_of(const Connection& db, const Search& search);

/// SearchPage::after of the row a query stands on; its row number is column 0.
std::string place_after(const Query& row, int first_column, std::size_t keys);

}  // namespace gateway::store::tables
