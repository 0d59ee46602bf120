#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/search/index.hpp"
#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// An index row as comparable lines, one a value: the parameter's name, a blank, the value. For
/// verification: what is kept must equal what the body gives.
struct KeptIndex {
  std::int64_t started = 0, ended = 0, version = 0, origin = 0;
  std::int64_t arrival = 0, slot = 0, partition = 0;
  std::string key;
  std::set<std::string> lines;
};

/// nullopt: there is no such row.
std::optional<KeptIndex> read_index(Connection& connection, std::string_view type,
                                    std::int64_t row);

/// The lines that index values come to: those of the wide row and of what lies by row.
std::set<std::string> index_lines(std::string_view type, const fhir::search::IndexRows& rows);

/// How many tokens and references there should be by value.
struct Postings {
  std::int64_t tokens = 0, references = 0;
};

/// The parameters whose tokens and references are not there for a row; counts those that are a
/// row's own into `seen`. `origin`: of the row; 0: not asked.
std::vector<std::string> missing_postings(Connection& connection, const fhir::ResourceKey& key,
                                          std::int64_t row, std::int64_t origin,
                                          const fhir::search::IndexRows& rows, Postings& seen);

}  // namespace gateway::store::tables
