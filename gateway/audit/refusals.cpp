#include "gateway/audit/refusals.hpp"

#include <utility>

namespace gateway::audit {

std::vector<store::AuditRow> Refusals::due(std::int64_t steady_microseconds) {
  const auto second = steady_microseconds / 1'000'000;
  if (second == second_) return {};
  second_ = second;
  seen_.clear();
  std::vector<store::AuditRow> rows;
  for (auto& [kind, row] : std::exchange(counted_, {})) rows.push_back(std::move(row));
  return rows;
}

std::vector<store::AuditRow> Refusals::add(store::AuditRow row, std::int64_t steady_microseconds) {
  auto rows = due(steady_microseconds);
  const bool is_known = seen_.size() < sources || seen_.contains(row.address);
  const std::string source = is_known ? row.address : "";
  if (++seen_[source] <= of_one_source) {
    rows.push_back(std::move(row));
    return rows;
  }
  Kind kind{source, row.agent, row.outcome, row.detail};
  if (counted_.size() >= sources && !counted_.contains(kind)) kind = {"", "", "", ""};
  const auto [at, is_new] = counted_.try_emplace(kind, std::move(row));
  if (is_new) {
    at->second.count = 0;
    at->second.request_id.clear();
    at->second.address = std::get<0>(kind);
  }
  ++at->second.count;
  return rows;
}

}  // namespace gateway::audit
