#include "gateway/store/tables/verify_listing.hpp"

#include <algorithm>
#include <string>

#include "gateway/store/tables/audit_reading.hpp"

namespace gateway::store::tables {

ListingCheck::ListingCheck(Connection& connection, Findings& findings)
    : db_(connection), findings_(findings) {
  if (connection.has_table("audit_listed"))  // none in a store of a program that had none
    listed_ = integer_of(connection, "SELECT number FROM audit_listed").value_or(0);
}

bool ListingCheck::is_entered(std::string_view patient, std::int64_t number) {
  const bool is = integer_of(db_, "SELECT 1 FROM audit_patient WHERE patient = ? AND number = ?",
                             patient, number)
                      .has_value();
  entered_ += is ? 1 : 0;
  return is;
}

void ListingCheck::row(std::int64_t number, std::string_view record) {
  if (number > listed_) return;  // is entered later
  const auto wanted = listed_as(db_, number, record);
  if (!wanted) return;  // is never entered
  for (const auto& patient : wanted->patients)
    if (!is_entered(patient, number))
      findings_.add("audit", number, "it is not entered under a patient whom it is about");
  // Under what its arrival is filed it may stand as well: programs before 2026-12 entered that also
  // where it is no patient.
  if (const auto& filed = wanted->filed_under; !filed.empty() && !wanted->patients.contains(filed))
    is_entered(filed, number);
  auto& [first, last] = minutes_.try_emplace(wanted->minute, number, number).first->second;
  first = std::min(first, number);
  last = std::max(last, number);
}

void ListingCheck::compare() {
  if (listed_ == 0) return;
  if (listed_ > integer_of(db_, "SELECT max(number) FROM audit").value_or(0))
    findings_.add("audit_listed", 1, "it is beyond the last row of the trail");
  const auto there = integer_of(db_, "SELECT count(*) FROM audit_patient").value_or(0);
  if (there != entered_)
    findings_.add("audit_patient", "it holds " + std::to_string(there) + " rows, of which " +
                                       std::to_string(entered_) + " are of the trail");
  minutes();
}

void ListingCheck::minutes() {
  Query row(db_, "SELECT minute, first, last FROM audit_minute ORDER BY minute");
  while (row.row()) {
    const auto wanted = minutes_.find(row.integer(0));
    if (wanted == minutes_.end() || wanted->second != std::pair(row.integer(1), row.integer(2)))
      findings_.add("audit_minute", row.integer(0), "its rows lie elsewhere");
    if (wanted != minutes_.end()) minutes_.erase(wanted);
  }
  for (const auto& [minute, rows] : minutes_)
    findings_.add("audit_minute", minute, "it is missing");
}

}  // namespace gateway::store::tables
