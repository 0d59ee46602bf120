#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/base/hash.hpp"
#include "gateway/store/store.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/database.hpp"
#include "gateway/store/tables/findings.hpp"
#include "gateway/store/tables/verify_listing.hpp"

namespace gateway::store::tables {

/// The audit rows in order: holds each against the chain and against the signed heads, the last
/// against `head`; gives out what they say of arrivals.
class AuditTrail {
 public:
  /// Called with every row that can be read: its number and its record.
  using Each = std::function<void(std::int64_t number, std::string_view record)>;
  AuditTrail(Connection& connection, Codec& codec, Findings& findings, Each each);

  struct Told {
    std::int64_t row = 0;  // of audit
    std::int64_t arrival = 0;
    base::Digest seal{};
  };
  /// The next row that seals an arrival; nullopt after the last.
  std::optional<Told> next();
  /// After the last: the end of the chain must be the one that `head` names, and no signed head may
  /// lie behind it.
  void compare_with_head();
  /// What it was, into a verification.
  void tell(Verification& out) const;

 private:
  /// Signed heads up to this row: their chain must be its.
  void compare_with_signed(std::int64_t number, std::string_view chain);
  bool next_signed();

  Connection& connection_;
  Codec& codec_;
  Findings& findings_;
  const Each each_;
  ListingCheck listing_;
  Query query_;
  std::int64_t rows_ = 0, number_ = 0;
  base::Digest chain_{};
  std::optional<Query> signed_;  // none in a store of a program that had none
  SignedHead head_;              // the next one; number 0: none
  std::int64_t heads_ = 0, last_signed_ = 0;
  std::set<std::string> signers_;
};

}  // namespace gateway::store::tables
