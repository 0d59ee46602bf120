#include "gateway/fhir/uri.hpp"

#include <algorithm>

#include "gateway/base/words.hpp"

namespace gateway::fhir {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Unreserved, reserved, and the sign of what is encoded (RFC 3986 §2).
bool is_of_uri(char c) {
  constexpr std::string_view others = "-._~:/?#[]@!$&'()*+,;=%";
  return is_digit(c) || base::is_letter(c) || others.find(c) != others.npos;
}

}  // namespace

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  char before = '.';
  for (std::size_t k = 2; k < text.size(); ++k) {
    const char c = text[k];
    if (c != '.' && !is_digit(c)) return false;
    if (before == '.' && (c == '.' || (c == '0' && k + 1 < text.size() && text[k + 1] != '.')))
      return false;
    before = c;
  }
  return before != '.';
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool dash = k == 8 || k == 13 || k == 18 || k == 23;
    if (dash ? text[k] != '-' : !is_hex(text[k])) return false;
  }
  return true;
}

bool is_uri(std::string_view text) {
  constexpr std::string_view oid = "urn:oid:", uuid = "urn:uuid:";
  if (text.starts_with(oid)) return is_oid(text.substr(oid.size()));
  if (text.starts_with(uuid)) {
    const std::string_view id = text.substr(uuid.size());
    return is_uuid(id) &&
           std::none_of(id.begin(), id.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }
  for (const std::string_view scheme : {"http://", "https://", "urn:"})
    if (text.starts_with(scheme) && text.size() > scheme.size())
      return std::all_of(text.begin(), text.end(), is_of_uri);
  return false;
}

std::string as_url(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon < 2 || colon + 1 == text.size() || !base::is_letter(text[0]))
    return {};
  for (const char c : text.substr(0, colon))
    if (!base::is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return {};
  if (text.starts_with("urn:")) return is_uri(text) ? std::string(text) : std::string();
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string url;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    const bool is_stray_percent =
        c == '%' && (k + 2 >= text.size() || !is_hex(text[k + 1]) || !is_hex(text[k + 2]));
    if (is_of_uri(c) && !is_stray_percent) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      (url += '%') += {digits[byte >> 4], digits[byte & 15]};
    }
  }
  return url;
}

}  // namespace gateway::fhir
