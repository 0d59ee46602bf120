#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "gateway/mapping/cycle_match.hpp"

namespace gateway::mapping {

/// Which `CD N` of a text are clusters of differentiation, and no days of a cycle: "CD56+ cells",
/// "CD3, CD4, CD8" (DOMAIN.md C27). Linear in the text.
class CellMarkers {
 public:
  CellMarkers(std::span<const CycleToken> tokens, const std::vector<PhraseMatch>& matches);
  /// Is the number at this token a marker's?
  bool has(std::size_t number_at) const;
  /// May it be one: "NK cells CD16", "CD34 collection"? As one word, behind a word of cells, or a
  /// number that few cycles reach.
  bool may_be(const PhraseMatch& match) const;

 private:
  bool is_cd(const PhraseMatch& match) const;
  bool is_marker_at(std::size_t at) const;
  bool is_grown(const PhraseMatch& match) const;
  bool is_beside_marker(const PhraseMatch& match) const;
  bool lists_markers() const;
  bool is_certain_marker(const PhraseMatch& match) const;

  std::span<const CycleToken> tokens_;
  const std::vector<PhraseMatch>& matches_;
  std::vector<std::size_t> numbers_;  // tokens, ascending
  enum class Before : char { nothing, cells, marker };
  enum class Behind : char { nothing, cells, of_cluster };
  std::vector<Before> before_;  // by token: what ends before it
  std::vector<Behind> behind_;  // by token: what begins there
};

}  // namespace gateway::mapping
