#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {

void put_number(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>((number & 0x7f) | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  return std::nullopt;
}

std::optional<std::string_view> take_text(std::string_view& bytes) {
  const auto size = take_number(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto text = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return text;
}

namespace {

constexpr unsigned char says_owner = 1, has_time = 2, says_time = 4;

/// What the slots before have said last.
struct PackedOrigin {
  std::string_view owner, order;
  std::optional<std::int64_t> time;
};

void put_origin(std::string& out, PackedOrigin& before, const Pack::Slot& slot) {
  unsigned char flags = 0;
  if (slot.owner != before.owner || slot.order != before.order) flags |= says_owner;
  if (slot.source_time) flags |= has_time;
  if (slot.source_time && slot.source_time != before.time) flags |= says_time;
  out += static_cast<char>(flags);
  if ((flags & says_owner) != 0) {
    put_text(out, before.owner = slot.owner);
    put_text(out, before.order = slot.order);
  }
  if ((flags & says_time) != 0)
    put_number(out, static_cast<std::uint64_t>(*(before.time = slot.source_time)));
}

bool take_origin(std::string_view& bytes, PackedOrigin& before, Pack::Slot& slot) {
  if (bytes.empty()) return false;
  const auto flags = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  if ((flags & says_owner) != 0) {
    const auto owner = take_text(bytes);
    const auto order = take_text(bytes);
    if (!owner || !order) return false;
    before.owner = *owner;
    before.order = *order;
  }
  if ((flags & says_time) != 0) {
    const auto time = take_number(bytes);
    if (!time) return false;
    before.time = static_cast<std::int64_t>(*time);
  }
  slot.owner = before.owner;
  slot.order = before.order;
  if ((flags & has_time) != 0) slot.source_time = before.time;
  return true;
}

/// What stands behind the bodies, if anything does.
bool take_later(std::string_view& bytes, Pack& pack) {
  if (bytes.empty()) return true;
  const auto count = take_number(bytes);
  if (!count || *count > bytes.size()) return false;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto type = take_text(bytes);
    const auto id = take_text(bytes);
    const auto version = take_number(bytes);
    const auto time = take_number(bytes);
    if (!type || !id || !version || !time) return false;
    pack.later.push_back({{std::string(*type), std::string(*id)},
                          static_cast<std::int64_t>(*version),
                          static_cast<std::int64_t>(*time)});
  }
  return true;
}

}  // namespace

std::string write_pack(const Pack& pack) {
  // A pack that outgrows its room is copied once more.
  constexpr std::size_t numbers = 24;
  std::size_t size = numbers;
  std::string_view order;
  for (const auto& slot : pack.slots) {
    size += slot.body.size() + slot.key.type.size() + slot.key.id.size() + numbers;
    if (slot.order != order) size += slot.owner.size() + slot.order.size();
    order = slot.order;
  }
  for (const auto& key : pack.unchanged) size += key.type.size() + key.id.size() + numbers;
  std::string out;
  out.reserve(size);
  put_number(out, pack.slots.size());
  PackedOrigin origin;
  for (const auto& slot : pack.slots) {
    put_text(out, slot.key.type);
    put_text(out, slot.key.id);
    put_number(out, static_cast<std::uint64_t>(slot.version));
    put_number(out, slot.body.size());
    put_origin(out, origin, slot);
  }
  put_number(out, pack.unchanged.size());
  for (const auto& key : pack.unchanged) {
    put_text(out, key.type);
    put_text(out, key.id);
  }
  for (const auto& slot : pack.slots) out += slot.body;
  if (pack.later.empty()) return out;
  put_number(out, pack.later.size());
  for (const auto& again : pack.later) {
    put_text(out, again.key.type);
    put_text(out, again.key.id);
    put_number(out, static_cast<std::uint64_t>(again.version));
    put_number(out, static_cast<std::uint64_t>(again.source_time));
  }
  return out;
}

std::optional<Pack> read_pack(std::string_view bytes) {
  Pack pack;
  std::vector<std::uint64_t> sizes;
  const auto count = take_number(bytes);
  if (!count || *count > bytes.size()) return std::nullopt;
  PackedOrigin origin;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto type = take_text(bytes);
    const auto id = take_text(bytes);
    const auto version = take_number(bytes);
    const auto size = take_number(bytes);
    if (!type || !id || !version || !size) return std::nullopt;
    auto& slot = pack.slots.emplace_back();
    slot.key = {std::string(*type), std::string(*id)};
    slot.version = static_cast<std::int64_t>(*version);
    if (!take_origin(bytes, origin, slot)) return std::nullopt;
    sizes.push_back(*size);
  }
  const auto unchanged = take_number(bytes);
  if (!unchanged || *unchanged > bytes.size()) return std::nullopt;
  for (std::uint64_t i = 0; i < *unchanged; ++i) {
    const auto type = take_text(bytes);
    const auto id = take_text(bytes);
    if (!type || !id) return std::nullopt;
    pack.unchanged.push_back({std::string(*type), std::string(*id)});
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] > bytes.size()) return std::nullopt;
    pack.slots[i].body = bytes.substr(0, sizes[i]);
    bytes.remove_prefix(sizes[i]);
  }
  if (!take_later(bytes, pack) || !bytes.empty()) return std::nullopt;
  return pack;
}

}  // namespace gateway::store::tables
