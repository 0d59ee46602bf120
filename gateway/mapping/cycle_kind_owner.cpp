#include "gateway/mapping/cycle_kind_owner.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {}  // namespace

KindOwner::Word KindOwner::word_of(PhraseField field) {
  switch (field) {
    case PhraseField::link:
      return Word::link;
    case PhraseField::sample:
    case PhraseField::histology:
    case PhraseField::appearance:
    case PhraseField::obstetric:
      return Word::known;
    case PhraseField::event:
    case PhraseField::drug:
      return Word::event;
    case PhraseField::negation:
    case PhraseField::drug_start:
      return Word::behind;
    case PhraseField::shift:
      return Word::before;
    case PhraseField::undone:
      return Word::undone;
    case PhraseField::alternative:
      return Word::open;
    default:
      return is_of_cycle(field) ? Word::known : Word::unknown;
  }
}

KindOwner::KindOwner(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches)
    : tokens_(tokens),
      words_(tokens.size(), Word::unknown),
      planned_(tokens.size(), false),
      complaint_(tokens.size(), false),
      also_link_(tokens.size(), false) {
  for (const PhraseMatch& match : matches)
    for (std::size_t i = match.begin; i < match.end; ++i) {
      words_[i] = std::max(words_[i], word_of(match.field));
      if (match.field == PhraseField::plan) planned_[i] = true;
      if (match.field == PhraseField::link) also_link_[i] = true;
      if (match.field == PhraseField::complaint) complaint_[i] = true;
    }
  for (const PhraseMatch& match : matches)
    for (std::size_t i = match.begin; i < match.end && match.field == PhraseField::type; ++i)
      complaint_[i] = false;
}

/// The next word before the match in its part of the sentence, or a number that counts it; else
/// the match's own begin.
std::size_t KindOwner::left_of(const PhraseMatch& match) const {
  const std::uint32_t clause = tokens_[match.begin].clause;
  std::size_t at = match.begin;
  for (std::size_t steps = 0; at > 0 && steps < farthest_token; ++steps) {
    --at;
    if (tokens_[at].clause != clause || is_part_end(tokens_, at)) break;
    if (is_count(at)) return at;
    const bool formula = tokens_[at].is_word() && tokens_[at].word.size() == 1 &&
                         tokens_[at].word != U"x" && tokens_[at + 1].is_number() &&
                         tokens_[at + 1].adjacent;  // "G2P1", but "x2 IVF cycle"
    const bool prefix = at + 2 == match.begin && tokens_[at + 1].is_sign('-') &&
                        tokens_[at + 1].adjacent && tokens_[at + 2].adjacent;  // "un-medicated"
    if (tokens_[at].is_word() && (prefix || words_[at] != Word::link) && !formula) return at;
  }
  return match.begin;
}

/// "2 IVF cycle": a number that belongs to no day, word or date.
bool KindOwner::is_count(std::size_t at) const {
  const CycleToken& token = tokens_[at];
  if (!token.is_number() || token.digits > 2 || words_[at] != Word::unknown) return false;
  const auto joins = [this](std::size_t i) {
    const CycleToken& before = tokens_[i];
    return before.is_word() || before.is_number() || before.is_sign('.') || before.is_sign(',') ||
           before.is_sign('/') || before.is_sign('-') || before.is_sign('+');
  };
  const bool grown = token.adjacent && at > 0 && joins(at - 1);
  const bool goes_on = at + 1 < tokens_.size() && tokens_[at + 1].adjacent;
  return !grown && !goes_on;
}

/// The next word behind the match; `tokens_.size()` where its part of the sentence ends before.
std::size_t KindOwner::right_of(const PhraseMatch& match) const {
  const std::uint32_t clause = tokens_[match.begin].clause;
  const std::size_t last = std::min(tokens_.size(), match.end + farthest_token);
  for (std::size_t at = match.end; at < last; ++at) {
    if (tokens_[at].clause != clause || is_part_end(tokens_, at)) break;
    if (!tokens_[at].is_word() || also_link_[at]) continue;
    const bool of_number = tokens_[at - 1].is_number() && words_[at] == Word::unknown;
    if (!of_number) return at;  // "HRT 2 mg", "natural cycle 28 days"
  }
  return tokens_.size();
}

bool KindOwner::is_clear_before(const PhraseMatch& match) const {
  const std::uint32_t clause = tokens_[match.begin].clause;
  const std::size_t first = match.begin > farthest_token ? match.begin - farthest_token : 0;
  for (std::size_t at = match.begin; at > first; --at) {
    if (tokens_[at - 1].clause != clause || is_part_end(tokens_, at - 1)) break;
    if (planned_[at - 1]) return false;
  }
  const std::size_t left = left_of(match);
  if (left == match.begin) return true;
  return words_[left] == Word::known || words_[left] == Word::event;
}

bool KindOwner::is_clear_behind(const PhraseMatch& match) const {
  const std::uint32_t clause = tokens_[match.begin].clause;
  const std::size_t right = right_of(match);
  if (right < tokens_.size() && (words_[right] == Word::unknown || words_[right] == Word::before))
    return false;
  const std::size_t last = std::min(tokens_.size(), match.end + farthest_token);
  bool behind_break = false;
  for (std::size_t at = match.end; at < last && tokens_[at].clause == clause; ++at) {
    if (is_part_end(tokens_, at)) {
      if (behind_break) break;
      behind_break = true;  // "IVF cycle, cancelled"
      continue;
    }
    if (words_[at] == Word::undone) return false;
    if (behind_break && tokens_[at].is_word()) break;
    if (planned_[at]) return false;
    if (words_[at] == Word::event) break;  // "natural cycle, hCG negative"
  }
  return true;
}

bool KindOwner::is_of_this_cycle(const PhraseMatch& match) const {
  return is_clear_before(match) && is_clear_behind(match);
}

bool KindOwner::is_complaint(const PhraseMatch& match) const {
  const std::size_t left = left_of(match), right = right_of(match);
  if (left != match.begin && complaint_[left]) return true;
  if (right < tokens_.size()) return complaint_[right];
  const std::size_t behind = match.end + 1;  // "luteal phase, short"
  return behind < tokens_.size() && is_part_end(tokens_, match.end) && complaint_[behind] &&
         tokens_[behind].clause == tokens_[match.begin].clause;
}

bool KindOwner::is_left_open(const PhraseMatch& match) const {
  const std::size_t left = left_of(match), right = right_of(match);
  return (left != match.begin && words_[left] == Word::open) ||
         (right < tokens_.size() && words_[right] == Word::open);
}

}  // namespace gateway::mapping
