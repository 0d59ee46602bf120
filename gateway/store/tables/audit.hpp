#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/hash.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// What an audit row holds beside what is audited: its own columns, and the seal of the arrival it
/// tells of (0: none).
struct AuditFrame {
  std::int64_t number = 0, partition = 0, arrival = 0;
  base::Digest seal{};
};

/// The canonical record of an audit row, which the chain runs over: number, partition, arrival
/// (LEB128), the seal's 32 bytes if there is an arrival, at, event, agent, source, outcome, detail,
/// count of entities, each entity (how much it begins like the one before, then size and text of
/// the rest); of requests, and of what changed states, also address, request id, count, bytes; of
/// the latter also the count of changes and each: of what, number, state.
std::string audit_record(const AuditFrame& frame, const AuditRow& row,
                         std::span<const StateChange> changes = {});
/// The frame of a record; nullopt if it is none.
std::optional<AuditFrame> frame_of(std::string_view record);
/// What the record says; nullopt if it is none.
std::optional<AuditRow> row_of(std::string_view record);
/// Which states the row says were changed; none if it is none.
std::vector<StateChange> changes_of(std::string_view record);

/// chain(n) = SHA-256(chain(n−1) ‖ record(n)); chain(0) is 32 zero bytes (TRUST.md §5.2).
base::Digest audit_chain(const base::Digest& before, std::string_view record);

}  // namespace gateway::store::tables
