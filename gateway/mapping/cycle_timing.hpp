#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/mapping/cycle_dates_beside.hpp"
#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// Whose is a day or an offset that a text names: the sample's, or a plan's, a drug's, another
/// event's? What stands next to it says so. A day is the sample's where nothing stands there, or
/// words that speak of a sample and its taking; any other word leaves it in doubt, and a day in
/// doubt is none. The same holds of an offset; its own drug may stand beside it.
/// Reads each token at most a few times for a timing; a text holds few.
class TimingOwner {
 public:
  /// Dates are looked through here: whose they are, `dates` tells.
  TimingOwner(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches,
              const DatesBeside& dates);
  /// `match` is a day or an anchor.
  bool is_of_sample(const PhraseMatch& match) const;

 private:
  /// The later outweighs the earlier; `sampling` is a sample's words together: "sample from".
  enum class Word : std::uint8_t { unknown, link, sample, event, drug, shift, sampling, cycle };
  struct Side {
    Word nearest = Word::unknown;
    bool ended = false;    // nothing but links up to the end of this part of the sentence
    std::size_t at = 0;    // where the walk ended
    bool linked = false;   // "ET on P+5": a link before the nearest word
    bool shifted = false;  // "not", "until" among the words up to there
  };
  static bool is_event(Word word) { return word == Word::event || word == Word::drug; }
  static bool is_sample(Word word) { return word == Word::sample || word == Word::sampling; }
  void mark(const PhraseMatch& match, Word word);
  Side left_of(const PhraseMatch& match) const;
  Side right_of(const PhraseMatch& match) const;
  static bool is_claimed(const PhraseMatch& match, const Side& side);
  bool has_event_before(std::size_t end, std::uint32_t clause) const;
  bool is_behind_short_word(const PhraseMatch& match) const;

  std::span<const CycleToken> tokens_;
  std::vector<Word> words_;      // of each token
  std::vector<bool> also_link_;  // a shift in front, a link behind: "for"
  std::vector<bool> transfer_;   // ends "FET", "frozen transfer": kind of a cycle, and an event
  std::vector<bool> planned_;    // by clause
};

}  // namespace gateway::mapping
