#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::query {

/// Where a paged search goes on: stateless, sealed, bound to client and query (FHIR.md §2.2).
struct Cursor {
  std::int64_t as_of = 0;  // commit of the first page: every page shows the store as of it
  std::string after;       // store::SearchPage::after, or ::before if it goes backwards
  std::optional<std::int64_t> total;  // told once, never changes between pages
  bool backwards = false;
  std::size_t included = 0;  // not 0: of that page what is included behind so much of it
};

/// What a cursor is bound to: the client and its scopes, type and the query as understood. A token
/// for less does not go on where one for more began: the total was told of that.
std::string binding(const security::Principal& who, std::string_view type, std::string_view self);

std::string write_cursor(const Cursor& cursor, base::Instant now, std::string_view key,
                         std::string_view bound_to);

/// Errors: `malformed` "cursor-forged …"; `not_found` "cursor-expired …" an hour after it was made.
base::Result<Cursor> read_cursor(std::string_view sealed, base::Instant now, std::string_view key,
                                 std::string_view bound_to);

}  // namespace gateway::query
