#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/fhir/search/index.hpp"
#include "gateway/store/sqlite/database.hpp"

namespace gateway::store::sqlite {

/// An index row as comparable lines, one a value: the parameter's name, a blank, the value. For
/// verification: what is kept must equal what the body gives.
struct KeptIndex {
  std::int64_t started = 0, ended = 0, version = 0;
  std::string key;
  std::set<std::string> lines;
};

/// nullopt: there is no such row.
std::optional<KeptIndex> read_index(Connection& connection, std::string_view type,
                                    std::int64_t row);

/// The lines that index values come to. Values nothing is written for (patient.identifier) give
/// none.
std::set<std::string> index_lines(std::string_view type, const fhir::search::IndexRows& rows);

}  // namespace gateway::store::sqlite
