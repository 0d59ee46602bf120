#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// Is a type or a phase of cycle, a transfer or a donation that a text names this cycle's, or one
/// that was, may be, or is somebody's drug? "un-medicated cycle", "2x IVF cycle", "TNF antagonist
/// protocol", "fresh transfer declined". It is this cycle's where nothing stands next to it, or
/// words that speak of sample, patient, drugs and cycle; any other word leaves it in doubt
/// (DOMAIN.md C24, C27). Reads a bounded number of tokens for a match.
class KindOwner {
 public:
  KindOwner(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches);
  bool is_of_this_cycle(const PhraseMatch& match) const;
  /// "short luteal phase", "luteal phase: 10 days long": what she has, not where she is.
  bool is_complaint(const PhraseMatch& match) const;
  /// "natural or HRT": one of two, and nobody knows which.
  bool is_left_open(const PhraseMatch& match) const;

 private:
  /// The later outweighs the earlier. `behind`: harmless behind a kind, not before it.
  enum class Word : std::uint8_t { unknown, link, known, event, behind, before, undone, open };
  static Word word_of(PhraseField field);
  bool is_count(std::size_t at) const;
  std::size_t left_of(const PhraseMatch& match) const;
  std::size_t right_of(const PhraseMatch& match) const;
  bool is_clear_before(const PhraseMatch& match) const;
  bool is_clear_behind(const PhraseMatch& match) const;

  std::span<const CycleToken> tokens_;
  std::vector<Word> words_;      // of each token
  std::vector<bool> planned_;    // of each token
  std::vector<bool> complaint_;  // likewise, but of the "short" of a short protocol
  std::vector<bool> also_link_;  // "for": before a kind it parts, behind it it joins
};

}  // namespace gateway::mapping
