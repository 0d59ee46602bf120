#pragma once
#include <cstdint>
#include <optional>

#include "gateway/base/hash.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"

namespace gateway::store::tables {

/// The audit rows in order: holds each against the chain, and the last against `head`; gives out
/// what they say of arrivals.
class AuditTrail {
 public:
  AuditTrail(Connection& connection, Codec& codec, Findings& findings);

  struct Told {
    std::int64_t row = 0;  // of audit
    std::int64_t arrival = 0;
    base::Digest seal{};
  };
  /// The next row that seals an arrival; nullopt after the last.
  std::optional<Told> next();
  /// After the last: the end of the chain must be the one that `head` names.
  void compare_with_head();

  std::int64_t rows() const { return rows_; }
  const base::Digest& chain() const { return chain_; }

 private:
  Connection& connection_;
  Codec& codec_;
  Findings& findings_;
  Query query_;
  std::int64_t rows_ = 0, number_ = 0;
  base::Digest chain_{};
};

}  // namespace gateway::store::tables
