#include "gateway/mapping/cycle_phrase_book.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

constexpr std::string_view double_sign = "±";

PhraseElement element_of(std::string_view text) {
  PhraseElement element;
  if (text == "\\?" || text == "~" || text == double_sign) {
    element.kind = PhraseElement::Kind::sign;
    element.sign = folded(text.starts_with('\\') ? text.substr(1) : text).front();
    return element;
  }
  if (text.ends_with('?')) {
    element.optional = true;
    text.remove_suffix(1);
  }
  if (text == "*") {
    element.kind = PhraseElement::Kind::any_word;
  } else if (text == "DATE") {
    element.kind = PhraseElement::Kind::date;
  } else if (text == "N" || text == "N." || text == "+N" || text == "±N" || text == "N+N") {
    element.kind = PhraseElement::Kind::number;
    element.ordinal_point = text.ends_with('.');
    element.sum = text == "N+N";
    if (text == "+N") element.number_sign = PhraseElement::NumberSign::plus;
    if (text == "±N") element.number_sign = PhraseElement::NumberSign::either;
  } else {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t bar = std::min(text.find('|', begin), text.size());
      const std::string_view word = text.substr(begin, bar - begin);
      if (word.size() > 1 && word.front() == '-')
        element.endings.push_back(folded(word.substr(1)));
      else
        element.words.push_back(folded(word));
      begin = bar + 1;
    }
  }
  return element;
}

CompiledPhrase compiled(const Phrase& phrase) {
  CompiledPhrase result{phrase.field, phrase.code, {}};
  const std::string_view pattern = phrase.pattern;
  for (std::size_t begin = 0; begin < pattern.size();) {
    const std::size_t blank = std::min(pattern.find(' ', begin), pattern.size());
    result.elements.push_back(element_of(pattern.substr(begin, blank - begin)));
    begin = blank + 1;
  }
  return result;
}

}  // namespace

PhraseBook::PhraseBook(std::initializer_list<std::span<const Phrase>> tables) {
  for (const auto& table : tables)
    for (const Phrase& row : table) {
      phrases_.push_back(compiled(row));
      add_beginning(phrases_.size() - 1);
      add_points(phrases_.back());
    }
}

void PhraseBook::add_beginning(std::size_t index) {
  const auto add = [index](std::vector<std::size_t>& indices) {
    if (indices.empty() || indices.back() != index) indices.push_back(index);
  };
  for (const PhraseElement& first : phrases_[index].elements) {
    if (first.kind == PhraseElement::Kind::number) add(by_number_);
    if (first.kind == PhraseElement::Kind::sign) add(by_sign_[first.sign]);
    for (const auto& word : first.words) add(by_word_[without_accents(word)]);
    for (const auto& ending : first.endings) {
      add(by_ending_[without_accents(ending)]);
      longest_ending_ = std::max(longest_ending_, ending.size());
    }
    if (!first.optional) break;
  }
}

void PhraseBook::add_points(const CompiledPhrase& phrase) {
  const bool is_month = phrase.field == PhraseField::month;
  const bool is_short = is_month || phrase.field == PhraseField::abbreviation;
  if (!is_short && phrase.field != PhraseField::ordinal) return;
  std::vector<std::vector<std::u32string>> sequences{{}};  // one a combination of choices
  for (const PhraseElement& element : phrase.elements) {
    std::vector<std::vector<std::u32string>> longer;
    for (const auto& sequence : sequences)
      for (const auto& word : element.words) {
        longer.push_back(sequence);
        longer.back().push_back(without_accents(word));
      }
    sequences = std::move(longer);
  }
  if (phrase.field != PhraseField::abbreviation)
    point_words_.ordinals.insert(point_words_.ordinals.end(), sequences.begin(), sequences.end());
  if (is_short)
    for (const auto& sequence : sequences) point_words_.abbreviations.push_back(sequence.front());
}

}  // namespace gateway::mapping
