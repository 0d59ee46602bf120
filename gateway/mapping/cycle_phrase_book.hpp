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
  bool sum = false;  // "7+2", weeks and days
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
  /// Visits the indices of the phrases that may begin with this token; one may come twice.
  template <class Visit>
  void visit_beginning_with(const CycleToken& token, const Visit& visit) const {
    const auto visit_all = [&visit](const auto& indices_by, const auto& key) {
      const auto found = indices_by.find(key);
      if (found == indices_by.end()) return;
      for (const std::size_t index : found->second) visit(index);
    };
    if (token.is_number()) {
      for (const std::size_t index : by_number_) visit(index);
    } else if (!token.is_word()) {
      visit_all(by_sign_, token.sign);
    } else {
      std::u32string word = without_accents(token.word);
      visit_all(by_word_, word);
      for (std::size_t length = std::min(word.size(), longest_ending_ + 1); length > 1; --length)
        visit_all(by_ending_, word.erase(0, word.size() - length + 1));
    }
  }
  /// How the points of a text are read: what its `ordinal`, `abbreviation` and `month` rows say.
  const PointWords& point_words() const { return point_words_; }

 private:
  void add_beginning(std::size_t index);
  void add_points(const CompiledPhrase& phrase);

  std::vector<CompiledPhrase> phrases_;
  std::unordered_map<std::u32string, std::vector<std::size_t>> by_word_;  // without accents
  std::unordered_map<char32_t, std::vector<std::size_t>> by_sign_;
  std::vector<std::size_t> by_number_;
  std::unordered_map<std::u32string, std::vector<std::size_t>> by_ending_;  // without accents
  std::size_t longest_ending_ = 0;
  PointWords point_words_;
};

}  // namespace gateway::mapping
