#include "gateway/base/result.hpp"

namespace gateway::base {

std::string Error::text() const {
  std::string out = where.empty() ? what : where + ": " + what;
  if (!remedy.empty()) out += "; " + remedy;
  return out;
}

void invariant(bool holds, std::string_view promise, std::source_location place) {
  if (holds) return;
  throw BrokenInvariant(std::string("broken invariant: ") + std::string(promise) + " (" +
                        place.file_name() + ":" + std::to_string(place.line()) + ")");
}

}  // namespace gateway::base
