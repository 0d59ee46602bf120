#include "gateway/http/admin/letter_text.hpp"

#include <array>
#include <cstddef>

namespace gateway::http::admin {

std::string_view state_text(store::Letter::State state) {
  static constexpr std::array<std::string_view, 7> states = {
      "queued", "sending", "waiting", "delivered", "dead", "superseded", "discarded"};
  return states.at(static_cast<std::size_t>(state));
}

}  // namespace gateway::http::admin
