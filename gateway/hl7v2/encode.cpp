#include <algorithm>
#include <iterator>

#include "gateway/hl7v2/escape.hpp"

namespace gateway::hl7v2 {

std::string encode_escapes(std::string_view text, const Delimiters& delimiters) {
  struct Escaped {
    const std::string* delimiter;
    char letter;
  };
  const Escaped table[] = {{&delimiters.escape, 'E'},     {&delimiters.field, 'F'},
                           {&delimiters.component, 'S'},  {&delimiters.subcomponent, 'T'},
                           {&delimiters.repetition, 'R'}, {&delimiters.truncation, 'P'}};
  std::string out;
  const auto write = [&](std::string_view sequence) {
    out += delimiters.escape.empty()
               ? " "
               : delimiters.escape + std::string(sequence) + delimiters.escape;
  };
  while (!text.empty()) {
    const auto hit = std::find_if(std::begin(table), std::end(table), [&](const Escaped& e) {
      return !e.delimiter->empty() && text.starts_with(*e.delimiter);
    });
    if (hit != std::end(table)) {
      write(std::string_view(&hit->letter, 1));
      text.remove_prefix(hit->delimiter->size());
    } else if (text[0] == '\r' || text[0] == '\n') {
      text.remove_prefix(text.starts_with("\r\n") ? 2 : 1);
      write(".br");
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace gateway::hl7v2
