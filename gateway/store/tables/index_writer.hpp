#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/tables/columns.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/interned.hpp"
#include "gateway/store/tables/keys.hpp"

namespace gateway::store::tables {

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
void erase_index(Connection& connection, Interned& interned, const fhir::ResourceKey& key,
                 std::int64_t row, const fhir::search::IndexRows& rows);

/// The tokens and references of some rows, each with where it lies, looked up once.
struct PlacedRows {
  PlacedRows(Interned::Parameters& parameters, const fhir::ResourceKey& of,
             const fhir::search::IndexRows& all)
      : rows(all),
        key(of),
        tokens(parameters.all(all.tokens)),
        references(parameters.all(all.references)) {}

  /// The tokens (number of the parameter, code, system) and references (number, id, type) that lie
  /// in tables of their own, found by value.
  template <class Token, class Reference>
  void for_each_posting(Token token, Reference reference) const {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (tokens[i].place == Place::rows)
        token(tokens[i].number, rows.tokens[i].code, rows.tokens[i].system);
    for (std::size_t i = 0; i < references.size(); ++i) {
      const auto& one = rows.references[i];
      const auto& kept = references[i];
      const bool own =
          kept.place == Place::patient && one.type == "Patient" && one.id == rows.patient;
      const bool by_head = kept.place == Place::listed && are_of_one_order(key.id, one.id);
      if (!own && !by_head && kept.place != Place::origin) reference(kept.number, one.id, one.type);
    }
  }

  /// The tokens (number of the parameter, code, system) of what the rows of an order share.
  template <class Token>
  void for_each_origin(Token token) const {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (tokens[i].place == Place::origin)
        token(tokens[i].number, rows.tokens[i].code, rows.tokens[i].system);
    for (std::size_t i = 0; i < references.size(); ++i)
      if (references[i].place == Place::origin)
        token(references[i].number, std::string_view(turned(rows.references[i].id)),
              rows.references[i].type);
  }

  const fhir::search::IndexRows& rows;
  const fhir::ResourceKey& key;
  std::vector<Interned::Parameter> tokens, references;  // aligned with those of `rows`
};

/// 0 none, 1 <, 2 <=, 3 >, 4 >=
std::int64_t comparator_number(std::string_view comparator);

}  // namespace gateway::store::tables
