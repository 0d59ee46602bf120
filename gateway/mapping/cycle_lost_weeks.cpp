#include "gateway/mapping/cycle_lost_weeks.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {}  // namespace

LostWeeks::LostWeeks(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches)
    : tokens_(tokens), words_(tokens.size(), Word::other) {
  const auto mark = [this](std::size_t at, Word word) { words_[at] = std::max(words_[at], word); };
  for (const PhraseMatch& match : matches)
    for (std::size_t i = match.begin; i < match.end; ++i) {
      if (match.field == PhraseField::loss) mark(i, Word::loss);
      if (match.field == PhraseField::link || match.code == "weeks") mark(i, Word::joins);
    }
  for (std::size_t i = 0; i < tokens_.size(); ++i)
    if (!tokens_[i].is_word() || tokens_[i].unit) mark(i, Word::joins);
}

/// "(7., 8., 9. SSW)", "7 weeks, 8 weeks": a comma between weeks.
bool LostWeeks::is_in_list(std::size_t comma) const {
  if (comma == 0) return false;
  const CycleToken& before = tokens_[comma - 1];
  return before.is_number() || before.is_sign('.') || words_[comma - 1] == Word::joins;
}

bool LostWeeks::has(const PhraseMatch& weeks) const {
  const std::uint32_t clause = tokens_[weeks.begin].clause;
  const std::size_t first = weeks.begin > farthest_token ? weeks.begin - farthest_token : 0;
  for (std::size_t at = weeks.begin; at > first; --at) {
    const CycleToken& token = tokens_[at - 1];
    if (token.clause != clause || words_[at - 1] == Word::other) break;
    if (words_[at - 1] == Word::loss) return true;
    if (token.is_sign(',') && !is_in_list(at - 1)) break;
  }
  const std::size_t last = std::min(tokens_.size(), weeks.end + farthest_token);
  for (std::size_t at = weeks.end; at < last; ++at) {
    const CycleToken& token = tokens_[at];
    if (token.clause != clause || words_[at] == Word::other || token.is_sign(',')) break;
    if (words_[at] == Word::loss) return true;
  }
  return false;
}

}  // namespace gateway::mapping
