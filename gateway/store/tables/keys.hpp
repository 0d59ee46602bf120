#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/resource.hpp"

namespace gateway::store::tables {

/// The locator key of a resource: id[1…10], one byte for the type (below 0x20, which no id holds),
/// id[0], id[11…]. Ids of one order share the ten characters behind their letter (V2FHIR.md §3.1),
/// so their rows lie side by side. Injective for every id without control characters; a type
/// without a number of its own has byte 1F and its name, behind another 1F, at the end.
std::string locator_key(const fhir::ResourceKey& key);

/// How much of a locator all of one order share.
inline constexpr std::size_t head_size = 10;
/// That part of it; "" if its id is too short to share any.
std::string_view shared_head(std::string_view locator);

/// Do two ids share that part?
bool are_of_one_order(std::string_view id, std::string_view other);

/// An id turned the same way, without a type: id[1…10], id[0], id[11…].
std::string turned(std::string_view id);

/// Back; nullopt if the bytes are no such key.
std::optional<fhir::ResourceKey> resource_key(std::string_view locator);

/// The first eight bytes of a hash, as an integer an index can hold.
std::int64_t mark_of(const base::Digest& digest);

}  // namespace gateway::store::tables
