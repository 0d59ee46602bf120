#include "gateway/mapping/cycle_markers.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gateway::mapping {
namespace {

/// Clusters of differentiation this field stains and counts: "CD 16" beside one of them, or beside
/// a plus, is a marker of cells, not a day.
constexpr std::array markers{2u,  3u,  4u,  5u,  7u,  8u,  10u, 14u, 15u, 16u, 19u,
                             20u, 25u, 27u, 28u, 33u, 34u, 38u, 45u, 56u, 57u};

bool is_marker_number(unsigned number) {
  return std::find(markers.begin(), markers.end(), number) != markers.end();
}
bool is_marker(const PhraseMatch& match) {
  return match.number > 0 && is_marker_number(static_cast<unsigned>(match.number));
}

bool is_and(const CycleToken& token) {
  return token.is_sign('/') || token.is_sign('+') || token.is_sign('-') || token.is_sign('&') ||
         token.is_sign(',') || is_any_word(token, {U"and", U"und", U"ve", U"y", U"et"});
}

}  // namespace

bool CellMarkers::has(std::size_t number_at) const {
  return std::binary_search(numbers_.begin(), numbers_.end(), number_at);
}

bool CellMarkers::is_cd(const PhraseMatch& match) const {
  return match.field == PhraseField::day && is_any_word(tokens_[match.begin], {U"cd"});
}

/// "CD56", "CD138" at a token: no cycle has a day of three digits.
bool CellMarkers::is_marker_at(std::size_t at) const {
  if (at + 1 >= tokens_.size() || !is_any_word(tokens_[at], {U"cd"})) return false;
  const CycleToken& number = tokens_[at + 1];
  return number.is_number() && (number.digits == 3 || is_marker_number(number.value));
}

/// Which of the `CD N` are clusters. Beside one that is certain, "CD16" in one word is another
/// and "CD 16" only next to one that is written like it: "CD56+ cells, CD 14" has its day.
CellMarkers::CellMarkers(std::span<const CycleToken> tokens,
                         const std::vector<PhraseMatch>& matches)
    : tokens_(tokens),
      matches_(matches),
      before_(tokens.size() + 1, Before::nothing),
      behind_(tokens.size() + 1, Behind::nothing) {
  for (const PhraseMatch& match : matches_) {
    if (match.field == PhraseField::cells)
      before_[match.end] = match.code.empty() ? Before::cells : Before::marker;
    if (match.field == PhraseField::cells_behind)
      behind_[match.begin] = match.code.empty() ? Behind::cells : Behind::of_cluster;
  }
  for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
    if (is_any_word(tokens_[i], {U"cd"}) && tokens_[i + 1].is_number() &&
        tokens_[i + 1].digits == 3)
      numbers_.push_back(i + 1);
  const bool listed = lists_markers();
  for (const PhraseMatch& match : matches_)
    if (is_cd(match) && ((listed && is_marker(match)) || is_certain_marker(match)))
      numbers_.push_back(match.number_at);
  std::sort(numbers_.begin(), numbers_.end());
  if (numbers_.empty()) return;
  for (const PhraseMatch& match : matches_) {
    if (!is_cd(match) || !is_marker(match) || !(is_grown(match) || is_beside_marker(match)))
      continue;
    const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), match.number_at);
    if (at == numbers_.end() || *at != match.number_at) numbers_.insert(at, match.number_at);
  }
}

bool CellMarkers::may_be(const PhraseMatch& match) const {
  constexpr int late = 33;  // CD33, CD34, CD38, CD45
  constexpr std::size_t most_signs = 3;
  if (!is_cd(match) || !is_marker(match) || !is_grown(match)) return false;
  if (match.number >= late) return true;
  std::size_t at = match.begin;
  for (std::size_t signs = 0; at > 0 && signs < most_signs; --at, ++signs)
    if (tokens_[at - 1].is_word() || tokens_[at - 1].is_number()) break;
  return before_[at] != Before::nothing;
}

/// "CD16" in one word.
bool CellMarkers::is_grown(const PhraseMatch& match) const {
  return tokens_[match.number_at].adjacent && match.number_at == match.begin + 1;
}

bool CellMarkers::is_beside_marker(const PhraseMatch& match) const {
  const auto is_marker_number_at = [this](std::size_t at) {  // written apart, too
    return !tokens_[at].adjacent && std::binary_search(numbers_.begin(), numbers_.end(), at);
  };
  std::size_t left = match.begin;
  while (left > 0 && is_and(tokens_[left - 1])) --left;
  if (left > 0 && is_marker_number_at(left - 1)) return true;
  std::size_t right = match.number_at + 1;
  while (right < tokens_.size() && is_and(tokens_[right])) ++right;
  return right + 1 < tokens_.size() && is_marker_number_at(right + 1);
}

/// "CD3, CD4, CD8": three of them are a panel, never days.
bool CellMarkers::lists_markers() const {
  unsigned long long listed = 0;  // a bit a number of two digits that is a marker
  for (const PhraseMatch& match : matches_)
    if (is_cd(match) && is_marker(match)) listed |= 1ull << match.number;
  return std::popcount(listed) >= 3;
}

/// "CD56", "CD3+", "CD16-CD56", "anti-CD20", "CD19 cells", "CD4 21%".
bool CellMarkers::is_certain_marker(const PhraseMatch& match) const {
  if (match.number == 56 || match.number == 57) return true;
  std::size_t before = match.begin;
  if (before > 0 && tokens_[before - 1].is_sign('-')) --before;
  if (before_[before] == Before::marker) return true;
  const std::size_t behind = match.number_at + 1;
  if (behind >= tokens_.size()) return false;
  const CycleToken& next = tokens_[behind];
  if (next.clause != tokens_[match.begin].clause) return false;
  if (next.adjacent && next.is_sign('+')) return true;
  if (is_marker(match) && next.is_number()) return true;  // "CD4 21%": its value
  const bool joins = next.is_sign('-') || next.is_sign('/') || next.is_sign('+');
  if (joins && is_grown(match) && is_marker(match) && is_marker_at(behind + 1)) return true;
  if (joins && behind + 1 < tokens_.size() && tokens_[behind + 1].is_number() &&
      (tokens_[behind + 1].value == 56 || tokens_[behind + 1].value == 57))
    return true;  // "CD16/56"
  const Behind kind = behind_[behind];
  return kind == Behind::cells || (kind == Behind::of_cluster && is_marker(match));
}

}  // namespace gateway::mapping
