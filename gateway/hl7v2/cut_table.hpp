#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/hl7v2/message.hpp"

namespace gateway::hl7v2 {

enum class Cut : std::uint8_t { none, field, repetition, component, subcomponent, other };

/// What a byte may begin. `other`: the first byte of a delimiter beyond ASCII, to be compared
/// whole.
class CutTable {
 public:
  /// `delimiters` must outlive the table.
  explicit CutTable(const Delimiters& d) : delimiters_(d) {
    enter(d.field, Cut::field);
    enter(d.repetition, Cut::repetition);
    enter(d.component, Cut::component);
    enter(d.subcomponent, Cut::subcomponent);
  }

  /// First place in [at, end) that may be a delimiter; `end` if there is none.
  std::size_t next(std::string_view text, std::size_t at, std::size_t end) const {
    const char* const data = text.data();
    while (at < end && table_[static_cast<unsigned char>(data[at])] == Cut::none) ++at;
    return at;
  }

  /// The delimiter at `i` and its bytes; `none` and 1 if there is none.
  Cut at(std::string_view text, std::size_t i, std::size_t& size) const {
    const Cut cut = table_[static_cast<unsigned char>(text[i])];
    size = 1;
    return cut == Cut::other ? compare(text.substr(i), size) : cut;
  }

 private:
  void enter(const std::string& delimiter, Cut cut) {
    if (delimiter.empty()) return;
    table_[static_cast<unsigned char>(delimiter[0])] = delimiter.size() == 1 ? cut : Cut::other;
  }

  Cut compare(std::string_view text, std::size_t& size) const {
    const std::pair<const std::string&, Cut> all[] = {
        {delimiters_.field, Cut::field},
        {delimiters_.repetition, Cut::repetition},
        {delimiters_.component, Cut::component},
        {delimiters_.subcomponent, Cut::subcomponent}};
    for (const auto& [delimiter, cut] : all) {
      if (delimiter.empty() || !text.starts_with(delimiter)) continue;
      size = delimiter.size();
      return cut;
    }
    return Cut::none;
  }

  const Delimiters& delimiters_;
  std::array<Cut, 256> table_{};
};

}  // namespace gateway::hl7v2
