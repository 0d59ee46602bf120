#include "gateway/store/tables/keys.hpp"

#include <algorithm>
#include <array>

namespace gateway::store::tables {
namespace {

// The place of a type is its number on disk, from 1: only ever append.
constexpr std::array<std::string_view, 21> types = {"Patient",
                                                    "Observation",
                                                    "DiagnosticReport",
                                                    "Specimen",
                                                    "ServiceRequest",
                                                    "Practitioner",
                                                    "PractitionerRole",
                                                    "Organization",
                                                    "Location",
                                                    "RelatedPerson",
                                                    "Device",
                                                    "Encounter",
                                                    "MessageHeader",
                                                    "Provenance",
                                                    "Binary",
                                                    "DocumentReference",
                                                    "Task",
                                                    "Subscription",
                                                    "Basic",
                                                    "Group",
                                                    "AuditEvent"};
constexpr char other_type = 0x1f;
static_assert(types.size() < 0x1f);

}  // namespace

std::string locator_key(const fhir::ResourceKey& key) {
  const std::string_view id = key.id;
  const auto known = std::find(types.begin(), types.end(), key.type);
  std::string out;
  out.reserve(id.size() + 2 + key.type.size());
  if (id.size() > 1) out += id.substr(1, head_size);
  out += known == types.end() ? other_type : static_cast<char>(known - types.begin() + 1);
  if (!id.empty()) out += id[0];
  if (id.size() > head_size + 1) out += id.substr(head_size + 1);
  if (known == types.end()) {
    out += other_type;
    out += key.type;
  }
  return out;
}

std::string_view shared_head(std::string_view locator) {
  // Behind it stands the byte of the type.
  const bool is_whole = locator.size() > head_size && locator[head_size] < 0x20;
  return is_whole ? locator.substr(0, head_size) : std::string_view();
}

bool are_of_one_order(std::string_view id, std::string_view other) {
  return id.size() > head_size && other.size() > head_size &&
         id.substr(1, head_size) == other.substr(1, head_size);
}

std::string turned(std::string_view id) {
  std::string out;
  out.reserve(id.size());
  if (id.size() > 1) out += id.substr(1, head_size);
  if (!id.empty()) out += id[0];
  if (id.size() > head_size + 1) out += id.substr(head_size + 1);
  return out;
}

std::optional<fhir::ResourceKey> resource_key(std::string_view locator) {
  const auto mark =
      std::find_if(locator.begin(), locator.end(), [](char c) { return c > 0 && c < 0x20; });
  if (mark == locator.end()) return std::nullopt;
  const std::string_view head(locator.begin(), mark);
  std::string_view tail(mark + 1, locator.end());
  fhir::ResourceKey key;
  if (*mark == other_type) {
    const auto end = tail.find(other_type);
    if (end == std::string_view::npos) return std::nullopt;
    key.type = tail.substr(end + 1);
    tail = tail.substr(0, end);
  } else {
    const auto number = static_cast<std::size_t>(*mark);
    if (number > types.size()) return std::nullopt;
    key.type = types[number - 1];
  }
  if (tail.empty()) return std::nullopt;
  key.id = tail.substr(0, 1);
  key.id += head;
  key.id += tail.substr(1);
  return key;
}

std::int64_t mark_of(const base::Digest& digest) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = (out << 8) | digest[i];
  return static_cast<std::int64_t>(out);
}

}  // namespace gateway::store::tables
