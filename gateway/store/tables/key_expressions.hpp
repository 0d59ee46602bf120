#pragma once
#include <string>
#include <string_view>

#include "gateway/store/tables/sql.hpp"

namespace gateway::store::tables {

/// The id inside the column `key` (keys.hpp) of a row of that type, which is called `row` in the
/// statement: as it is, and turned.
Sql id_expression(const Connection& db, const std::string& type, std::string_view row = "r");
Sql turned_expression(const Connection& db, const std::string& type, std::string_view row = "r");

/// " key >= … AND key < …": the locators of `type` that begin with the same head as the blob that
/// `head` is an expression for.
Sql in_order(const std::string& type, const Sql& head, std::string_view column = "key");

/// "resource AS m CROSS JOIN … AS x WHERE …": the same of a run, as rows `x` (locators.hpp).
Sql in_run(const std::string& type, const Sql& head);

}  // namespace gateway::store::tables
