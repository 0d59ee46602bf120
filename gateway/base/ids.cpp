#include "gateway/base/ids.hpp"

#include "gateway/base/hash.hpp"

namespace gateway::base {

PatientKey nobody_of(std::string_view sender) {
  return {"of " + std::string(sender)};
}

int partition_of(const PatientKey& patient) {
  return sha256(patient.value)[0] % 16;
}

}  // namespace gateway::base
