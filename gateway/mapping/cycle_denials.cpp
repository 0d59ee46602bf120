#include "gateway/mapping/cycle_denials.hpp"

#include <algorithm>

namespace gateway::mapping {

Denials::Denials(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches)
    : tokens_(tokens), explained_(tokens.size(), false) {
  for (const PhraseMatch& match : matches)
    if (match.field == PhraseField::qualifier ||
        (match.field == PhraseField::sample && match.end - match.begin > 1))
      std::fill(explained_.begin() + static_cast<std::ptrdiff_t>(match.begin),
                explained_.begin() + static_cast<std::ptrdiff_t>(match.end), true);
  for (const PhraseMatch& match : matches) {
    if (match.field == PhraseField::relative && !explained_[match.begin])
      relatives_.push_back(match.begin);
    if (match.field == PhraseField::negation) negation_ends_.push_back(match.end);
    if (match.field == PhraseField::former) former_ends_.push_back(match.end);
    if (match.field == PhraseField::histology) histology_ends_.push_back(match.end);
    if (match.field == PhraseField::appearance) appearance_begins_.push_back(match.begin);
  }
}

/// "no", "not", "denies" up to three words before, "previous" right before, Turkish "değil" up to
/// two words behind. A comma ends what they speak of: "no medication, natural cycle".
bool Denials::is_denied(const PhraseMatch& match) const {
  if (follows(negation_ends_, match, 2) || follows(former_ends_, match, 0)) return true;
  for (std::size_t i = match.end; i < std::min(match.end + 2, tokens_.size()); ++i) {
    if (is_break(tokens_[i])) return false;
    if (tokens_[i].clause == clause(match) && is_any_word(tokens_[i], {U"değil", U"yok"}))
      return true;
  }
  return false;
}

bool Denials::is_former(const PhraseMatch& match) const {
  return follows(former_ends_, match, 0);
}

/// "mother postmenopausal", "postmenopausal mother": up to the comma on either side.
bool Denials::is_of_relative(const PhraseMatch& match) const {
  constexpr std::size_t farthest = 4;  // words between
  const auto joins = [&](std::size_t first, std::size_t last, std::size_t at) {
    return tokens_[at].clause == clause(match) && last - first <= farthest &&
           std::none_of(tokens_.begin() + static_cast<std::ptrdiff_t>(first),
                        tokens_.begin() + static_cast<std::ptrdiff_t>(last), is_break);
  };
  const auto behind = std::lower_bound(relatives_.begin(), relatives_.end(), match.end);
  if (behind != relatives_.end() && joins(match.end, *behind, *behind)) return true;
  const auto before = std::lower_bound(relatives_.begin(), relatives_.end(), match.begin);
  return before != relatives_.begin() && joins(*(before - 1), match.begin, *(before - 1));
}

/// "CD 21, sister", "LMP 02.03.2025 (sister)": a part of the sentence that names nobody else.
bool Denials::is_set_off_relatives(const PhraseMatch& match) const {
  const auto is_relative = [&](std::size_t at) {
    return at < tokens_.size() && tokens_[at].clause == clause(match) &&
           std::binary_search(relatives_.begin(), relatives_.end(), at);
  };
  const auto ends = [&](std::size_t at) {
    return at >= tokens_.size() || tokens_[at].clause != clause(match) || !tokens_[at].is_word();
  };
  const std::size_t end = match.end, begin = match.begin;
  if (end < tokens_.size() && is_break(tokens_[end]) && is_relative(end + 1) && ends(end + 2))
    return true;
  return begin >= 2 && is_break(tokens_[begin - 1]) && is_relative(begin - 2) && ends(begin - 3);
}

/// "histology: cycle day 21", "cycle day 21 pattern": what the tissue looks like, not when it was
/// taken. "CD 22, biopsy for histology" is a day.
bool Denials::is_dating(const PhraseMatch& match) const {
  if (follows(histology_ends_, match, 3)) return true;
  const auto behind =
      std::lower_bound(appearance_begins_.begin(), appearance_begins_.end(), match.end);
  if (behind == appearance_begins_.end() || *behind > match.end + 1) return false;
  return tokens_[*behind].clause == clause(match) && !is_break(tokens_[match.end]);
}

bool Denials::is_break(const CycleToken& token) {
  return token.is_sign(',') || token.is_sign(')') || token.is_sign('(');
}

/// Does one of the phrases that end at `ends` stand before the match, with at most `between`
/// words of the same part of the sentence between them?
bool Denials::follows(const std::vector<std::size_t>& ends, const PhraseMatch& match,
                      std::size_t between) const {
  const auto behind = std::upper_bound(ends.begin(), ends.end(), match.begin);
  if (behind == ends.begin()) return false;
  std::size_t end = *(behind - 1);
  const bool joint = end < match.begin && (tokens_[end].is_sign('-') || tokens_[end].is_sign('.'));
  if (joint) ++end;  // "avant-dernières règles", "Z.n. Eizellspende"
  if (match.begin - end > between || tokens_[end - 1].clause != clause(match)) return false;
  return std::none_of(tokens_.begin() + static_cast<std::ptrdiff_t>(end),
                      tokens_.begin() + static_cast<std::ptrdiff_t>(match.begin), is_break);
}

}  // namespace gateway::mapping
