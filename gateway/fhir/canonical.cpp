#include "gateway/fhir/canonical.hpp"

namespace gateway::fhir::canonical {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved = "-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       unreserved.find(c) != unreserved.npos;
    if (plain)
      encoded += c;
    else
      (encoded += '%') += {digits[byte >> 4], digits[byte & 15]};
  }
  return encoded;
}

}  // namespace gateway::fhir::canonical
