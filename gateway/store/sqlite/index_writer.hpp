#pragma once
#include <cstdint>
#include <string_view>

#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/sqlite/columns.hpp"
#include "gateway/store/sqlite/database.hpp"
#include "gateway/store/sqlite/interned.hpp"
#include "gateway/store/sqlite/keys.hpp"

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

/// Removes a row altogether; `rows`: what its version gives to the index.
void erase_index(Connection& connection, Interned& interned, std::string_view type,
                 std::int64_t row, const fhir::search::IndexRows& rows);

/// The tokens (number of the parameter, code, system) and references (number, id, type) that lie
/// in tables of their own, found by value.
template <class Token, class Reference>
void for_each_posting(Interned& interned, std::string_view type,
                      const fhir::search::IndexRows& rows, Token token, Reference reference) {
  for (const auto& one : rows.tokens)
    if (const auto kept = interned.parameter(type, one.parameter); kept.place == Place::rows)
      token(kept.number, one.code, one.system);
  for (const auto& one : rows.references) {
    const auto kept = interned.parameter(type, one.parameter);
    const bool own =
        kept.place == Place::patient && one.type == "Patient" && one.id == rows.patient;
    if (!own && kept.place != Place::origin) reference(kept.number, one.id, one.type);
  }
}

/// The tokens (number of the parameter, code, system) of what the rows of an order share.
template <class Token>
void for_each_origin(Interned& interned, std::string_view type, const fhir::search::IndexRows& rows,
                     Token token) {
  for (const auto& one : rows.tokens)
    if (const auto kept = interned.parameter(type, one.parameter); kept.place == Place::origin)
      token(kept.number, std::string_view(one.code), one.system);
  for (const auto& one : rows.references)
    if (const auto kept = interned.parameter(type, one.parameter); kept.place == Place::origin)
      token(kept.number, std::string_view(turned(one.id)), one.type);
}

/// 0 none, 1 <, 2 <=, 3 >, 4 >=
std::int64_t comparator_number(std::string_view comparator);

}  // namespace gateway::store::sqlite
