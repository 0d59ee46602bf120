#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// What stands beside a phrase and says that it is not so, not now, of somebody else, or only what
/// the tissue looks like. Linear in the text; for a match a bounded number of tokens.
class Denials {
 public:
  Denials(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches);
  bool is_denied(const PhraseMatch& match) const;
  bool is_former(const PhraseMatch& match) const;
  bool is_of_relative(const PhraseMatch& match) const;
  bool is_set_off_relatives(const PhraseMatch& match) const;
  bool is_dating(const PhraseMatch& match) const;
  /// "donor egg", "repeated miscarriage": the word at this token is part of a longer phrase that
  /// speaks of the patient.
  bool is_explained(std::size_t token) const { return explained_[token]; }

 private:
  std::uint32_t clause(const PhraseMatch& match) const { return tokens_[match.begin].clause; }
  static bool is_break(const CycleToken& token);
  bool follows(const std::vector<std::size_t>& ends, const PhraseMatch& match,
               std::size_t between) const;

  std::span<const CycleToken> tokens_;
  std::vector<bool> explained_;  // of each token
  // Tokens, ascending.
  std::vector<std::size_t> negation_ends_, former_ends_, histology_ends_, appearance_begins_,
      relatives_;
};

}  // namespace gateway::mapping
