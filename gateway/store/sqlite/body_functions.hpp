#pragma once
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/tables/bodies.hpp"

namespace gateway::store::sqlite {

/// lists(arrival, slot, key): does the DiagnosticReport in that slot list the result of that
/// locator?
/// is_typed(arrival, slot, system, code, value): has the resource in that slot an identifier of
/// that type and value? System "": of any. first_of(arrival, slot, parameter), last_of: the least
/// or greatest code or id that a token or reference of the resource in that slot says. Where
/// the body cannot be read the statement fails: SQLITE_CORRUPT.
void add_body_functions(Connection& connection, tables::Bodies& bodies);

}  // namespace gateway::store::sqlite
