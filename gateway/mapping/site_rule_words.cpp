#include "gateway/mapping/site_rule_words.hpp"

#include <algorithm>
#include <array>

#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

constexpr auto refused = std::to_array<std::string_view>({
    // colours
    "red",
    "amber",
    "orange",
    "yellow",
    "green",
    // judgements
    "high",
    "higher",
    "low",
    "lower",
    "elevated",
    "raised",
    "reduced",
    "abnormal",
    "normal",
    "critical",
    "pathological",
    "alarm",
    "alarming",
    "urgent",
    "dangerous",
    // treatment
    "treat",
    "treated",
    "treatment",
    "therapy",
    "therapeutic",
    "medication",
    "drug",
    "dose",
    "dosage",
    "prescribe",
    "prescription",
    "infusion",
    "steroid",
    "steroids",
    "prednisolone",
    "prednisone",
    "dexamethasone",
    "intralipid",
    "ivig",
    "immunoglobulin",
    "heparin",
    "aspirin",
    "tacrolimus",
    "hydroxychloroquine",
});

bool is_small_letter(char c) {
  return c >= 'a' && c <= 'z';
}

}  // namespace

std::string refused_word(std::string_view text) {
  const std::string plain = lower_case(text);
  for (std::size_t at = 0; at < plain.size();) {
    if (!is_small_letter(plain[at])) {
      ++at;
      continue;
    }
    const auto end =
        static_cast<std::size_t>(std::find_if_not(plain.begin() + static_cast<std::ptrdiff_t>(at),
                                                  plain.end(), is_small_letter) -
                                 plain.begin());
    const std::string word = plain.substr(at, end - at);
    if (std::find(refused.begin(), refused.end(), word) != refused.end()) return word;
    at = end;
  }
  return {};
}

}  // namespace gateway::mapping
