#include "gateway/base/ids.hpp"

#include "gateway/base/hash.hpp"

namespace gateway::base {

int partition_of(const PatientKey& patient) {
  return sha256(patient.value)[0] % 16;
}

}  // namespace gateway::base
