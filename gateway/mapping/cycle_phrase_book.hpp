#pragma once
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/mapping/cycle_phrases.hpp"
#include "gateway/mapping/cycle_words.hpp"

namespace gateway::mapping {

/// One element of a pattern, read from the table's text.
struct PhraseElement {
  enum class Kind { words, any_word, number, date, sign };
  enum class NumberSign { none, plus, either };
  Kind kind = Kind::words;
  std::vector<std::u32string> words;
  std::vector<std::u32string> endings;  // of a word, as Turkish verbs have them
  bool optional = false;
  bool ordinal_point = false;
  bool sum = false;       // "7+2", weeks and days
  bool of_forty = false;  // "7/40", "7+2/40": of the weeks of a pregnancy
  NumberSign number_sign = NumberSign::none;
  char32_t sign = 0;
};

struct CompiledPhrase {
  PhraseField field = PhraseField::day;
  std::string code;
  std::vector<PhraseElement> elements;
};

/// Tables of phrases, read once and indexed by what they begin with. Immutable; any thread.
class PhraseBook {
 public:
  explicit PhraseBook(std::initializer_list<std::span<const Phrase>> tables);
  const std::vector<CompiledPhrase>& phrases() const { return phrases_; }
  /// Visits the indices of the phrases that may begin at this token; one may come twice.
  template <class Visit>
  void visit_beginning_at(std::span<const CycleToken> tokens, std::size_t at,
                          const Visit& visit) const {
    const auto visit_all = [&visit](const auto& indices_by, const auto& key) {
      const auto found = indices_by.find(key);
      if (found == indices_by.end()) return;
      for (const std::size_t index : found->second) visit(index);
    };
    if (tokens[at].is_number()) {
      for (const std::size_t index : by_number_) visit(index);
      const std::size_t last = std::min(tokens.size(), at + most_of_number);
      for (std::size_t i = at + 1; i < last; ++i)
        if (tokens[i].is_word()) visit_all(by_number_and_, without_accents(tokens[i].word));
    } else if (!tokens[at].is_word()) {
      visit_all(by_sign_, tokens[at].sign);
    } else {
      std::u32string word = without_accents(tokens[at].word);
      visit_all(by_word_, word);
      for (std::size_t length = std::min(word.size(), longest_ending_ + 1); length > 1; --length)
        visit_all(by_ending_, word.erase(0, word.size() - length + 1));
    }
  }
  /// What its `ordinal`, `abbreviation`, `month` and `unit` rows say of words.
  const WordKinds& word_kinds() const { return word_kinds_; }

 private:
  /// A number, its ordinal's ending or the rest of a range, and the word behind.
  static constexpr std::size_t most_of_number = 7;
  using ByWord = std::unordered_map<std::u32string, std::vector<std::size_t>>;  // without accents

  void add_beginning(std::size_t index);
  void add_behind_number(std::size_t index);
  void add_points(const CompiledPhrase& phrase);
  void add_units(const CompiledPhrase& phrase);

  std::vector<CompiledPhrase> phrases_;
  ByWord by_word_, by_ending_;
  ByWord by_number_and_;  // begins with a number: by the words that may stand behind it
  std::unordered_map<char32_t, std::vector<std::size_t>> by_sign_;
  std::vector<std::size_t> by_number_;  // with no such word
  std::size_t longest_ending_ = 0;
  WordKinds word_kinds_;
};

}  // namespace gateway::mapping
