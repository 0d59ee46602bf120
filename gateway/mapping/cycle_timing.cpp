#include "gateway/mapping/cycle_timing.hpp"

#include <algorithm>

namespace gateway::mapping {
namespace {

/// "vaginal progesterone P+5" names its drug; "ovulation LH+1" another day than the sample's.
bool is_drugs(const PhraseMatch& match) {
  return match.code == "progesterone-start" || match.code == "estrogen-start" ||
         match.code == "stimulation-start";
}

}  // namespace

TimingOwner::TimingOwner(std::span<const CycleToken> tokens,
                         const std::vector<PhraseMatch>& matches, const DatesBeside& dates)
    : tokens_(tokens),
      words_(tokens.size(), Word::unknown),
      also_link_(tokens.size(), false),
      transfer_(tokens.size(), false),
      planned_(tokens.empty() ? 0 : tokens.back().clause + 1u, false) {
  for (const PhraseMatch& match : matches) {
    switch (match.field) {
      case PhraseField::link:
        mark(match, Word::link);
        break;
      case PhraseField::sample:
      case PhraseField::histology:
        mark(match, match.end - match.begin > 1 ? Word::sampling : Word::sample);
        break;
      case PhraseField::event:
        mark(match, Word::event);
        break;
      case PhraseField::drug:
        mark(match, Word::drug);
        break;
      case PhraseField::shift:
      case PhraseField::negation:
      case PhraseField::relative:
        mark(match, Word::shift);
        break;
      default:
        if (!is_of_cycle(match.field)) break;
        mark(match, Word::cycle);
        if (match.code.ends_with("-transfer")) transfer_[match.end - 1] = true;
        break;
    }
  }
  for (const PhraseMatch& match : matches)  // "anomali" has the ending of a plan and is none
    if (match.field == PhraseField::plan && !is_sample(words_[match.begin]))
      planned_[tokens_[match.begin].clause] = true;
  for (std::size_t i = 0; i < tokens_.size(); ++i)
    if (dates.holds(i) && words_[i] == Word::unknown) mark({.begin = i, .end = i + 1}, Word::link);
}

void TimingOwner::mark(const PhraseMatch& match, Word word) {
  for (std::size_t i = match.begin; i < match.end; ++i) {
    if (word == Word::link) also_link_[i] = true;
    words_[i] = std::max(words_[i], word);
  }
}

TimingOwner::Side TimingOwner::left_of(const PhraseMatch& match) const {
  Side side;
  const std::uint32_t clause = tokens_[match.begin].clause;
  std::size_t at = match.begin;
  bool found = false;
  for (std::size_t steps = 0; at > 0 && steps < farthest_token; ++steps, --at) {
    const CycleToken& token = tokens_[at - 1];
    if (token.clause != clause || is_part_end(tokens_, at - 1)) break;
    if (!token.is_word()) continue;
    const Word word = words_[at - 1];
    if (word == Word::link) {
      side.linked = side.linked || !found;
      continue;
    }
    if (word == Word::shift) side.shifted = true;
    // Whatever stands before a sample may make it another one: "old sample", "draw blood".
    if (!found || is_event(word) || word == Word::unknown) side.nearest = word;
    if (!found && transfer_[at - 1]) side.nearest = Word::event;
    found = true;
    if (!is_sample(word)) break;
  }
  side.ended = !found;
  side.at = at;
  return side;
}

TimingOwner::Side TimingOwner::right_of(const PhraseMatch& match) const {
  Side side;
  const std::uint32_t clause = tokens_[match.begin].clause;
  const std::size_t last = std::min(tokens_.size(), match.end + farthest_token);
  bool dashed = false, found = false;
  for (std::size_t at = match.end; at < last; ++at) {
    const CycleToken& token = tokens_[at];
    if (token.clause != clause || token.is_sign(',') || token.is_sign(')')) break;
    dashed = dashed || is_part_end(tokens_, at);
    if (!token.is_word() || also_link_[at]) continue;
    if (dashed && words_[at] == Word::unknown) break;
    // What is done with a sample may be done later: "21. günü kan alınacak", "CD 21 blood ordered".
    if (!found || words_[at] == Word::unknown) side.nearest = words_[at];
    if (!found) side.at = at;
    found = true;
    if (!is_sample(words_[at])) return side;
  }
  side.ended = !found;
  return side;
}

/// "letrozole 5 mg, CD 3": what the parts before name may have its day here.
bool TimingOwner::has_event_before(std::size_t end, std::uint32_t clause) const {
  const std::size_t first = end > farthest_token ? end - farthest_token : 0;
  for (std::size_t at = end; at > first && tokens_[at - 1].clause == clause; --at) {
    if (is_event(words_[at - 1])) return true;
    if (is_sample(words_[at - 1]) || words_[at - 1] == Word::cycle) return false;
  }
  return false;
}

/// "Utrog. ZT 16": one word and a point may be the start of the sentence, not one of its own.
bool TimingOwner::is_behind_short_word(const PhraseMatch& match) const {
  std::size_t at = match.begin;
  while (at > 0 && match.begin - at < farthest_token &&
         tokens_[at - 1].clause == tokens_[match.begin].clause && !is_part_end(tokens_, at - 1))
    --at;
  if (at < 2 || !tokens_[at - 1].is_sign('.') || !tokens_[at - 1].adjacent) return false;
  const std::uint32_t clause = tokens_[at - 1].clause;
  if (clause == tokens_[match.begin].clause || !tokens_[at - 2].is_word()) return false;
  const Word word = words_[at - 2];
  const auto leads = [this](const CycleToken& token) {  // "Info: Utrog. …", "* Utrog. …"
    return !token.is_word() && !token.is_number() && !token.is_sign(',') && !token.is_sign('/') &&
           !(token.is_sign('-') && token.adjacent);
  };
  const bool alone = at == 2 || tokens_[at - 3].clause != clause || leads(tokens_[at - 3]);
  return alone && (word == Word::unknown || is_event(word));
}

/// Does what stands there name another owner, or may it?
bool TimingOwner::is_claimed(const PhraseMatch& match, const Side& side) {
  if (side.ended) return false;
  if (side.nearest == Word::drug && is_drugs(match)) return side.linked;
  return side.nearest == Word::unknown || is_event(side.nearest);
}

bool TimingOwner::is_of_sample(const PhraseMatch& match) const {
  const std::uint32_t clause = tokens_[match.begin].clause;
  if (planned_[clause] || (!match.range && is_behind_short_word(match))) return false;
  const Side left = left_of(match), right = right_of(match);
  const bool shifted = left.shifted || (!right.ended && right.nearest == Word::shift);
  if (match.range) return !is_event(left.nearest) && !is_event(right.nearest);
  if (shifted || is_claimed(match, left) || is_claimed(match, right)) return false;
  if (match.field == PhraseField::anchor) return true;
  const bool spoken = !left.ended || (!right.ended && is_sample(right.nearest));
  return spoken || !has_event_before(left.at, clause);
}

}  // namespace gateway::mapping
