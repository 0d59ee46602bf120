#include "gateway/store/audit.hpp"

namespace gateway::store {

std::string signed_text(const AuditHead& head, base::Instant at) {
  return "immunogate audit head 1\n" + std::to_string(head.number) + '\n' +
         base::hex(base::bytes_of(head.chain)) + '\n' + std::to_string(at.microseconds) + '\n';
}

}  // namespace gateway::store
