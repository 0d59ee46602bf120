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
  } else if (text == "N" || text == "N." || text == "+N" || text == "±N" || text == "N+N" ||
             text == "N/40") {
    element.kind = PhraseElement::Kind::number;
    element.ordinal_point = text.ends_with('.');
    element.sum = text == "N+N";
    element.of_forty = text == "N/40";
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

void add_once(std::vector<std::size_t>& indices, std::size_t index) {
  if (indices.empty() || indices.back() != index) indices.push_back(index);
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
      if (row.field == PhraseField::unit) {
        add_units(compiled(row));
        continue;
      }
      phrases_.push_back(compiled(row));
      add_beginning(phrases_.size() - 1);
      add_points(phrases_.back());
    }
  std::sort(word_kinds_.units.begin(), word_kinds_.units.end());
}

void PhraseBook::add_units(const CompiledPhrase& phrase) {
  for (const std::u32string& word : phrase.elements.front().words)
    for (const std::u32string& spelling : {word, without_accents(word)})
      word_kinds_.units.push_back(spelling);
}

void PhraseBook::add_beginning(std::size_t index) {
  for (const PhraseElement& first : phrases_[index].elements) {
    if (first.kind == PhraseElement::Kind::number) add_behind_number(index);
    if (first.kind == PhraseElement::Kind::sign) add_once(by_sign_[first.sign], index);
    for (const auto& word : first.words) add_once(by_word_[without_accents(word)], index);
    for (const auto& ending : first.endings) {
      add_once(by_ending_[without_accents(ending)], index);
      longest_ending_ = std::max(longest_ending_, ending.size());
    }
    if (!first.optional) break;
  }
}

/// Texts are full of numbers, and many phrases begin with one: they are tried where the word that
/// they need stands close behind.
void PhraseBook::add_behind_number(std::size_t index) {
  const auto& elements = phrases_[index].elements;
  const auto number = std::find_if(elements.begin(), elements.end(), [](const auto& element) {
    return element.kind == PhraseElement::Kind::number;
  });
  std::vector<std::u32string> words;
  auto next = number + 1;
  for (; next != elements.end() && !next->words.empty() && next->endings.empty(); ++next) {
    words.insert(words.end(), next->words.begin(), next->words.end());
    if (!next->optional) break;
  }
  const bool needs_word =
      next != elements.end() && !next->optional && !next->words.empty() && next->endings.empty();
  if (!needs_word) return add_once(by_number_, index);
  for (const auto& word : words) add_once(by_number_and_[without_accents(word)], index);
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
    word_kinds_.ordinals.insert(word_kinds_.ordinals.end(), sequences.begin(), sequences.end());
  if (is_short)
    for (const auto& sequence : sequences) word_kinds_.abbreviations.push_back(sequence.front());
}

}  // namespace gateway::mapping
