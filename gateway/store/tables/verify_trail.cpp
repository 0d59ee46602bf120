#include "gateway/store/tables/verify_trail.hpp"

#include <algorithm>

#include "gateway/store/tables/audit.hpp"

namespace gateway::store::tables {

AuditTrail::AuditTrail(Connection& connection, Codec& codec, Findings& findings)
    : connection_(connection),
      codec_(codec),
      findings_(findings),
      query_(connection, "SELECT number, partition, record, chain FROM audit ORDER BY number") {}

std::optional<AuditTrail::Told> AuditTrail::next() {
  while (query_.row()) {
    ++rows_;
    const auto number = query_.integer(0);
    if (number != ++number_) findings_.add("audit", number, "rows before it are missing");
    number_ = number;
    const auto record = codec_.decode(query_.bytes(2));
    chain_ = audit_chain(chain_, record.value_or(""));
    const auto kept = query_.bytes(3);
    // Rows count from 1: a record that is none has the frame of number 0.
    const AuditFrame frame = frame_of(record.value_or("")).value_or(AuditFrame{});
    if (frame.number == 0 || base::bytes_of(chain_) != kept) {
      findings_.add("audit", number, "the chain is broken here");
    } else if (frame.number != number || frame.partition != query_.integer(1)) {
      findings_.add("audit", number, "its columns differ from its record");
    }
    // What follows is held against what is kept: one edited row is one line.
    chain_ = {};
    std::copy_n(kept.begin(), std::min(kept.size(), chain_.size()), chain_.begin());
    if (frame.arrival != 0) return Told{number, frame.arrival, frame.seal};
  }
  return std::nullopt;
}

void AuditTrail::compare_with_head() {
  Query head(connection_, "SELECT audit, chain FROM head WHERE one = 1");
  if (!head.row()) return findings_.add("head", 1, "it is missing");
  if (head.integer(0) > number_) {
    findings_.add("audit", head.integer(0),
                  "the trail ends before it, at row " + std::to_string(number_));
  } else if (head.integer(0) != number_ || head.bytes(1) != base::bytes_of(chain_)) {
    findings_.add("head", 1, "the end of the audit chain is another");
  }
}

}  // namespace gateway::store::tables
