#pragma once
#include <string_view>
#include <vector>

/// Status of results and reports (DOMAIN.md §8).
namespace gateway::mapping {

struct StatusReading {
  std::string_view status;  // FHIR's
  bool known = true;        // else `status-unknown`
  bool one_to_one = true;   // else the code sent is kept beside it
};

/// OBX-11 (table 0085); `order_status` is OBR-25, which speaks for rows that say nothing.
StatusReading result_status(std::string_view sent, std::string_view order_status);
/// OBR-25 (table 0123); `results` are the statuses of the report's results, for an empty one.
StatusReading report_status(std::string_view sent, const std::vector<std::string_view>& results);
/// Whether table 0038 (ORC-5) knows the code.
bool is_order_status(std::string_view code);
/// ORC-1, ORC-5 and OBR-25 as ServiceRequest.status (V2FHIR.md §3.5).
std::string_view request_status(std::string_view control, std::string_view order_status,
                                std::string_view result_status);

/// Final, corrected or amended.
bool is_settled(std::string_view status);
/// Preliminary, or without a result yet.
bool is_early(std::string_view status);
/// T8: an early word for what was settled, cancelled or entered in error changes nothing.
bool goes_back(std::string_view newest, std::string_view standing);

/// Of a blood pressure, from those of its halves, the systolic or the one that speaks first: a
/// correction of the other corrects the panel.
std::string_view status_of_pressure(std::string_view main, std::string_view second);

}  // namespace gateway::mapping
