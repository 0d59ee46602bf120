#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/mapping/cycle_date.hpp"
#include "gateway/mapping/cycle_phrase_book.hpp"
#include "gateway/mapping/cycle_words.hpp"

namespace gateway::mapping {

constexpr std::size_t farthest_token = 16;  // to either side of a match that are asked

/// A phrase found in a text.
struct PhraseMatch {
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  PhraseField field = PhraseField::day;
  std::string_view code;
  std::size_t begin = 0, end = 0;   // tokens
  std::size_t number_at = nowhere;  // token of the number
  int number = 0;                   // with its sign
  bool range = false;               // "19–23", "+6 to 8" (C25)
  CycleDate date;
};

/// Every phrase of the book in the tokens, field by field the longest at its place and none
/// overlapping another of its field; in order of begin. Linear in the tokens: a phrase is tried
/// only where its first word stands, and reaches over a bounded number of tokens.
/// The codes of the matches are the book's.
std::vector<PhraseMatch> find_cycle_phrases(const PhraseBook& book,
                                            std::span<const CycleToken> tokens,
                                            std::string_view date_order);

}  // namespace gateway::mapping
