#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/resource.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::tables {

/// What one arrival wrote, as one blob: a head that lists its versions and the resources it spoke
/// of unchanged, then the bodies one behind the other.
///
///   count, { type, id, version, size of body, origin }…, count, { type, id }…, body…
///
/// and, only where resources said again count as from a later time, behind the bodies
///
///   count, { type, id, version, source time }…
///
/// Numbers are LEB128; texts have their size before them. A deleted version has size 0. An origin
/// is one byte: bit 0: owner and order follow, else they are those of the slot before; bit 1: it
/// has a source time; bit 2: which follows, else it is that of the slot before. Verification holds
/// the columns of `resource` against it, since the pack is what the audit seals.
struct Pack {
  struct Slot {
    fhir::ResourceKey key;
    std::int64_t version = 0;
    std::string_view body;
    std::string_view owner, order;
    std::optional<std::int64_t> source_time;
  };
  std::vector<Slot> slots;
  std::vector<fhir::ResourceKey> unchanged;
  std::vector<LaterTime> later;
};

std::string write_pack(const Pack& pack);

/// Bodies and origins are views into `bytes`, which must outlive them. nullopt: this is no pack.
std::optional<Pack> read_pack(std::string_view bytes);
std::optional<Pack> read_pack(std::string&& bytes) = delete;

/// LEB128, also for the audit record and cursors.
void put_number(std::string& out, std::uint64_t number);
void put_text(std::string& out, std::string_view text);
/// Takes from the front of `bytes`; nullopt if it does not hold one.
std::optional<std::uint64_t> take_number(std::string_view& bytes);
std::optional<std::string_view> take_text(std::string_view& bytes);

}  // namespace gateway::store::tables
