#include "gateway/security/base64url.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"

namespace gateway::security {

std::string to_base64url(std::string_view bytes) {
  std::string text = base::base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string base64(text);
  for (char& c : base64) {
    if (c == '+' || c == '/' || c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
      return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (base64.size() % 4 != 0) base64 += '=';
  auto bytes = base::base64_decode(base64);
  if (!bytes || to_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace gateway::security
