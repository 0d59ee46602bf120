#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/mapping/cycle_phrase_book.hpp"

namespace gateway::mapping {

/// An answer as answers are compared: folded, one blank between words, no full stop behind.
std::u32string whole_answer(std::string_view text);

enum class PregnancySaid { unknown, unreadable, pregnant, not_pregnant };

/// The words of the cycle in the languages of the laboratories, as mappings/cycle_phrases.csv has
/// them: what free text says (DOMAIN.md §6.5), and what suffices as an answer. Immutable; any
/// thread.
class CycleLanguage {
 public:
  /// Rows by what they answer: free text, the type of a cycle, its phase; the words of the latter
  /// two count beside those of free text (C29). `pregnancy` and `no_answers` are whole answers.
  struct Rows {
    std::vector<Phrase> text, type, phase;
    std::vector<std::pair<std::string, PregnancySaid>> pregnancy;
    std::vector<std::string> no_answers;
  };
  explicit CycleLanguage(const Rows& rows);

  const PhraseBook& text() const { return text_; }
  const PhraseBook& type() const { return type_; }
  const PhraseBook& phase() const { return phase_; }

  /// `unreadable`: none of the words of the table.
  PregnancySaid pregnancy(std::string_view answer) const;
  /// "unknown", "n/a", "bilinmiyor", nothing at all: who is asked has no answer. No value is then
  /// missed, and none is doubtful.
  bool is_no_answer(std::string_view text) const;

 private:
  PhraseBook text_, type_, phase_;
  std::vector<std::pair<std::u32string, PregnancySaid>> pregnancy_;  // folded
  std::vector<std::u32string> no_answers_;                           // folded
};

}  // namespace gateway::mapping
