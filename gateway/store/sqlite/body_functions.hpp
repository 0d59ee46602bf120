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
/// locator? NULL where it cannot be read.
void add_body_functions(Connection& connection, Bodies& bodies);

}  // namespace gateway::store::sqlite
