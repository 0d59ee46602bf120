#pragma once
#include <cstdint>
#include <string>

#include "gateway/base/hash.hpp"
#include "gateway/store/store.hpp"

namespace gateway::store::sqlite {

/// The canonical record of an audit row, which the chain runs over: number, at (LEB128), event,
/// agent, source, outcome, detail, count of entities, each entity (size, then text).
std::string audit_record(std::int64_t number, const AuditRow& row);

/// chain(n) = SHA-256(chain(n−1) ‖ record(n)); chain(0) is 32 zero bytes (TRUST.md §5.2).
base::Digest audit_chain(const base::Digest& before, std::string_view record);

}  // namespace gateway::store::sqlite
