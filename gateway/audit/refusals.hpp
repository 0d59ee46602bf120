#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/store/audit.hpp"

namespace gateway::audit {

/// Refusals of a second: of each source the first hundred as they are, those above as one row for
/// all that are alike, with a count (TRUST.md §5.1), so that a flood cannot fill the trail. One
/// thread at a time.
class Refusals {
 public:
  static constexpr int of_one_source = 100;
  static constexpr std::size_t sources = 4096;  // in a second; all others are one

  /// The rows that are due: this one, or none where it is only counted; before it those that stand
  /// for what was counted in a second that is over.
  std::vector<store::AuditRow> add(store::AuditRow row, std::int64_t steady_microseconds);
  /// What was counted, where its second is over.
  std::vector<store::AuditRow> due(std::int64_t steady_microseconds);

 private:
  using Kind = std::tuple<std::string, std::string, std::string, std::string>;

  std::int64_t second_ = 0;
  std::map<std::string, int> seen_;          // by source
  std::map<Kind, store::AuditRow> counted_;  // by source, who, outcome, why
};

}  // namespace gateway::audit
