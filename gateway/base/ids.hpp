#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::base {

/// Number of an arrival: one message or bundle as received, in the order of commit. 0 = none yet.
struct ArrivalNumber {
  std::int64_t value = 0;
  friend auto operator<=>(const ArrivalNumber&, const ArrivalNumber&) = default;
};

/// Who a patient is inside the gateway: what lanes, partitions and order are cut by. For a message
/// it is the Patient resource's id (V2FHIR.md §3.1); an arrival without one goes by something that
/// is the id of no resource.
struct PatientKey {
  std::string value;
  friend auto operator<=>(const PatientKey&, const PatientKey&) = default;
};

/// Of what a sender says of nobody: what is refused, quality control. It can be no resource's id.
PatientKey nobody_of(std::string_view sender);

/// Partition of a patient: 0 … 15, in every table's rows from the first day (TRUST.md §7.5).
int partition_of(const PatientKey& patient);

}  // namespace gateway::base
