#include "gateway/mapping/status.hpp"

#include <algorithm>
#include <iterator>

namespace gateway::mapping {
namespace {

struct StatusRow {
  std::string_view code, status;
  bool one_to_one;
};

constexpr StatusRow results[] = {{"F", "final", true},
                                 {"V", "final", false},
                                 {"P", "preliminary", true},
                                 {"R", "preliminary", false},
                                 {"S", "preliminary", false},
                                 {"I", "registered", true},
                                 {"C", "corrected", true},
                                 {"A", "amended", true},
                                 {"B", "amended", false},
                                 {"X", "cancelled", true},
                                 {"W", "entered-in-error", false},
                                 {"D", "entered-in-error", false},
                                 {"U", "final", false},
                                 {"O", "unknown", true}};

// What OBR-25 says of one result that says nothing itself.
constexpr StatusRow results_by_order[] = {
    {"F", "final", true},       {"C", "corrected", true},   {"X", "cancelled", true},
    {"P", "preliminary", true}, {"M", "preliminary", true}, {"R", "preliminary", true},
    {"A", "preliminary", true}, {"I", "registered", true},  {"O", "registered", true},
    {"S", "registered", true},  {"N", "registered", true}};

constexpr StatusRow reports[] = {
    {"O", "registered", true},  {"I", "registered", false}, {"S", "registered", false},
    {"N", "registered", false}, {"P", "preliminary", true}, {"M", "preliminary", false},
    {"R", "partial", false},    {"A", "partial", true},     {"F", "final", true},
    {"C", "corrected", true},   {"X", "cancelled", true}};

// Table 0119: what ORC-1 alone says of the order; all others go by the results.
constexpr StatusRow controls[] = {
    {"AF", "active", true},  {"CA", "active", true},   {"HD", "active", true},
    {"NW", "active", true},  {"OK", "active", true},   {"PA", "active", true},
    {"PR", "active", true},  {"PY", "active", true},   {"RL", "active", true},
    {"RO", "active", true},  {"RQ", "active", true},   {"CR", "revoked", true},
    {"DC", "revoked", true}, {"DF", "revoked", true},  {"DR", "revoked", true},
    {"OC", "revoked", true}, {"OD", "revoked", true},  {"HR", "on-hold", true},
    {"OH", "on-hold", true}, {"FU", "completed", true}};
// Table 0038.
constexpr StatusRow order_statuses[] = {
    {"A", "active", true},     {"IP", "active", true},  {"SC", "active", true},
    {"CM", "completed", true}, {"CA", "revoked", true}, {"DC", "revoked", true},
    {"RP", "revoked", true},   {"HD", "on-hold", true}, {"ER", "entered-in-error", true}};

template <std::size_t N>
const StatusRow* find(const StatusRow (&table)[N], std::string_view code) {
  const auto row = std::find_if(std::begin(table), std::end(table),
                                [code](const StatusRow& r) { return r.code == code; });
  return row == std::end(table) ? nullptr : row;
}

bool all_are(const std::vector<std::string_view>& statuses, std::string_view status) {
  return !statuses.empty() && std::all_of(statuses.begin(), statuses.end(),
                                          [status](std::string_view s) { return s == status; });
}

}  // namespace

StatusReading result_status(std::string_view sent, std::string_view order_status) {
  if (sent.empty()) {
    const StatusRow* row = find(results_by_order, order_status);
    return {row != nullptr ? row->status : "unknown", true, true};
  }
  const StatusRow* row = find(results, sent);
  if (row == nullptr) return {"unknown", false, false};
  return {row->status, true, row->one_to_one};
}

StatusReading report_status(std::string_view sent, const std::vector<std::string_view>& statuses) {
  if (sent.empty()) {
    if (all_are(statuses, "final")) return {"final"};
    if (std::find(statuses.begin(), statuses.end(), "corrected") != statuses.end())
      return {"corrected"};
    return {all_are(statuses, "cancelled") ? "cancelled" : "preliminary"};
  }
  const StatusRow* row = find(reports, sent);
  if (row == nullptr) return {"unknown", false, false};
  return {row->status, true, row->one_to_one};
}

bool is_order_status(std::string_view code) {
  return find(order_statuses, code) != nullptr;
}

std::string_view request_status(std::string_view control, std::string_view order_status,
                                std::string_view result_status) {
  if (const StatusRow* row = find(order_statuses, order_status)) return row->status;
  if (const StatusRow* row = find(controls, control)) return row->status;
  if (result_status == "F" || result_status == "C") return "completed";
  return result_status == "X" ? "revoked" : "active";
}

bool is_settled(std::string_view status) {
  return status == "final" || status == "corrected" || status == "amended";
}

bool is_early(std::string_view status) {
  return status == "preliminary" || status == "registered";
}

bool goes_back(std::string_view newest, std::string_view standing) {
  const bool is_over = standing == "cancelled" || standing == "entered-in-error";
  return is_early(newest) && (is_settled(standing) || is_over);
}

std::string_view status_of_pressure(std::string_view main, std::string_view second) {
  const bool is_correction = second == "corrected" || second == "amended";
  return main == "final" && is_correction ? second : main;
}

}  // namespace gateway::mapping
