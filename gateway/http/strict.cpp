#include "gateway/http/strict.hpp"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

constexpr auto headers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
     "data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"Cache-Control", "no-store"},
});

}  // namespace

Response strict(Response response) {
  for (const auto& [name, value] : headers) {
    const auto is_it = [&](const auto& one) { return one.first == name; };
    std::erase_if(response.headers, is_it);
    response.headers.emplace_back(name, value);
  }
  return response;
}

}  // namespace gateway::http
