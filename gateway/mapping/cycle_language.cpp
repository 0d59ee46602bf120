#include "gateway/mapping/cycle_language.hpp"

#include <algorithm>

#include "gateway/mapping/folding.hpp"

namespace gateway::mapping {
namespace {

constexpr std::size_t most_answer_bytes = 256;

/// An answer as it is compared: folded, without blanks and points around it, one blank between its
/// words.
}  // namespace

std::u32string whole_answer(std::string_view text) {
  text = without_edge_blanks(text).substr(0, most_answer_bytes);
  std::u32string plain;
  for (const char32_t c : folded(text)) {
    const bool blank = c == U' ' || c == U'\t' || c == U'\n' || c == U'\r';
    if (blank && (plain.empty() || plain.back() == U' ')) continue;
    plain += blank ? U' ' : c;
  }
  while (!plain.empty() && (plain.back() == U'.' || plain.back() == U' ')) plain.pop_back();
  return plain;
}

std::optional<PhraseField> phrase_field(std::string_view name) {
  const auto found = std::find(phrase_field_names.begin(), phrase_field_names.end(), name);
  if (found == phrase_field_names.end()) return std::nullopt;
  return static_cast<PhraseField>(found - phrase_field_names.begin());
}

CycleLanguage::CycleLanguage(const Rows& rows)
    : text_({rows.text}), type_({rows.text, rows.type}), phase_({rows.text, rows.phase}) {
  for (const auto& [words, said] : rows.pregnancy) pregnancy_.emplace_back(folded(words), said);
  for (const std::string& words : rows.no_answers) no_answers_.push_back(folded(words));
}

PregnancySaid CycleLanguage::pregnancy(std::string_view answer) const {
  const std::u32string said = whole_answer(answer);
  for (const auto& [words, meaning] : pregnancy_)
    if (word_matches(said, words)) return meaning;
  return PregnancySaid::unreadable;
}

bool CycleLanguage::is_no_answer(std::string_view text) const {
  const std::u32string said = whole_answer(text);
  return said.empty() || std::any_of(no_answers_.begin(), no_answers_.end(),
                                     [&](const auto& words) { return word_matches(said, words); });
}

}  // namespace gateway::mapping
