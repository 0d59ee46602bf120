#pragma once
#include <cstdint>
#include <string_view>

#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/interned.hpp"

namespace gateway::store::sqlite {

/// Which version an index row is of.
struct IndexedVersion {
  const fhir::ResourceKey& key;
  std::string_view locator;  // locator_key(key)
  std::int64_t row = 0;      // unique over result and entry
  std::int64_t started = 0;  // commit number
  std::int64_t arrival = 0, slot = 0, version = 0;
};

/// Writes one wide row and what it has no column for.
void write_index(Connection& connection, Interned& interned, const IndexedVersion& version,
                 const fhir::search::IndexRows& rows);

/// The row stays for pages that read as of an earlier commit, until it is swept.
void end_index(Connection& connection, std::string_view type, std::int64_t row, std::int64_t ended);

/// Removes a row altogether.
void erase_index(Connection& connection, std::string_view type, std::int64_t row);

/// 0 none, 1 <, 2 <=, 3 >, 4 >=
std::int64_t comparator_number(std::string_view comparator);

}  // namespace gateway::store::sqlite
