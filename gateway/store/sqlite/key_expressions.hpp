#pragma once
#include <string>

#include "gateway/store/sqlite/sql.hpp"

namespace gateway::store::sqlite {

/// The id inside the column `r.key` (keys.hpp) of a row of that type: as it is, and turned.
Sql id_expression(const std::string& type);
Sql turned_expression(const std::string& type);

}  // namespace gateway::store::sqlite
