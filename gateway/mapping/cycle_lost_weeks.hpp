#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// "2 miscarriages at 7 and 9 weeks gestation", "8 haftalık düşük": weeks that stand beside a loss
/// are those of the lost pregnancy. Other words between the two, or a comma, part them: "3 losses,
/// now 7 weeks gestation". Reads a bounded number of tokens for a match.
class LostWeeks {
 public:
  LostWeeks(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches);
  bool has(const PhraseMatch& weeks) const;

 private:
  enum class Word : unsigned char { other, joins, loss };
  bool is_in_list(std::size_t comma) const;

  std::span<const CycleToken> tokens_;
  std::vector<Word> words_;  // of each token
};

}  // namespace gateway::mapping
