#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

class Packs;

/// What SQL asks of bodies, where the index holds too little. Belongs to one connection, as its
/// functions do, and must outlive it.
struct Bodies {
  Packs* packs = nullptr;  // of the snapshot that reads; null: nobody does
  // The body looked at last, by its place, and the locators of what it lists.
  std::int64_t arrival = 0, slot = -1;
  std::set<std::string, std::less<>> listed;
};

/// lists(arrival, slot, key): does the DiagnosticReport in that slot list the result of that
/// locator?
/// is_typed(arrival, slot, system, code, value): has the resource in that slot an identifier of
/// that type and value? System "": of any. first_of(arrival, slot, parameter), last_of: the least
/// or greatest code or id that a token or reference of the resource in that slot says. Where
/// the body cannot be read the statement fails: SQLITE_CORRUPT.
void add_body_functions(Connection& connection, Bodies& bodies);

}  // namespace gateway::store::sqlite
