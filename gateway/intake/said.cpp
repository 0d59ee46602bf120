#include "gateway/intake/said.hpp"

#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/intake/acknowledge.hpp"

namespace gateway::intake {

std::string_view application_code(std::string_view kept_answer) {
  const auto verdict = decode(kept_answer);
  return verdict ? rule_of(verdict->situation).application : std::string_view();
}

std::vector<std::string> said_again(std::string_view kept_answer, std::string_view message,
                                    base::Instant when) {
  const auto verdict = decode(kept_answer);
  if (!verdict) return {};
  const auto header = hl7v2::read_header(hl7v2::without_framing(message));
  return acknowledgements(*verdict, header ? *header : hl7v2::Header{}, when, 0);
}

}  // namespace gateway::intake
