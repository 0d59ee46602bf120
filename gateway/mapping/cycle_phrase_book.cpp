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
  } else if (text == "N" || text == "N." || text == "+N" || text == "±N") {
    element.kind = PhraseElement::Kind::number;
    element.ordinal_point = text.ends_with('.');
    if (text == "+N") element.number_sign = PhraseElement::NumberSign::plus;
    if (text == "±N") element.number_sign = PhraseElement::NumberSign::either;
  } else {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t bar = std::min(text.find('|', begin), text.size());
      element.words.push_back(folded(text.substr(begin, bar - begin)));
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
      const std::size_t index = phrases_.size();
      phrases_.push_back(compiled(row));
      for (const PhraseElement& first : phrases_.back().elements) {
        if (first.kind == PhraseElement::Kind::number) by_number_.push_back(index);
        if (first.kind == PhraseElement::Kind::sign) by_sign_[first.sign].push_back(index);
        for (const auto& word : first.words) {
          auto& indices = by_word_[without_accents(word)];
          if (indices.empty() || indices.back() != index) indices.push_back(index);
        }
        if (!first.optional) break;
      }
    }
}

std::span<const std::size_t> PhraseBook::beginning_with(const CycleToken& token) const {
  if (token.is_number()) return by_number_;
  if (token.is_word()) {
    const auto found = by_word_.find(without_accents(token.word));
    if (found == by_word_.end()) return {};
    return found->second;
  }
  const auto found = by_sign_.find(token.sign);
  if (found == by_sign_.end()) return {};
  return found->second;
}

}  // namespace gateway::mapping
