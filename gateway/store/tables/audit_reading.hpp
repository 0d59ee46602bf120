#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/tables/writer.hpp"

namespace gateway::store::tables {

/// Enters rows of the trail, at most `most`, into what searches by patient and time go by; true:
/// there are more. A row that cannot be read is found by no patient; `store verify` names it.
bool list_audit(Writer& writer, std::size_t most);
/// Under what a row is entered; nullopt: it is not.
struct Listed {
  std::set<std::string> patients;
  std::int64_t minute = 0;
  std::string filed_under;  // of its arrival; ""
};
std::optional<Listed> listed_as(Connection& connection, std::int64_t number,
                                std::string_view record);
/// Is every row entered?
bool is_audit_listed(Connection& connection);

/// Rows, newest first; those that cannot be read are left out.
std::vector<AuditRecord> read_audit(Connection& connection, Codec& codec, const AuditAsk& asked);

/// The trail behind a row, in order.
std::vector<ProvenAudit> read_trail(Connection& connection, Codec& codec, std::int64_t after,
                                    std::size_t most);
void write_handed_on(Connection& connection, std::string_view receiver, std::int64_t number);
std::int64_t read_handed_on(Connection& connection, std::string_view receiver);

AuditHead read_audit_head(Connection& connection);
void write_signed_head(Connection& connection, const SignedHead& head);
/// The newest; number 0: none.
SignedHead read_signed_head(Connection& connection);

}  // namespace gateway::store::tables
