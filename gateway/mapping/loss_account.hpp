#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gateway::mapping {

/// Why a field is set aside (V2FHIR.md §5.2); free text is not allowed.
enum class Reason : std::uint8_t {
  framing,
  transport,
  set_id,
  type,
  duplicate,
  null,
  blank,
  billing,
  logistics,
  out_of_purpose,
  status_not_a_result,
  superseded,
  rejected,
  profile,
  credential
};
const char* to_text(Reason reason);  // "set-id", "out-of-purpose"

enum class Fate : std::uint8_t { unmapped, mapped, set_aside };

/// What became of one leaf.
struct LeafFate {
  Fate fate = Fate::unmapped;
  Reason reason = Reason::framing;  // only if set aside
  bool carried = false;             // mapped as it was sent, for want of a home (L7)
  std::uint32_t of = 0;             // of a duplicate: index of the leaf that says it as well
};

/// A node of the paths that leaves went to: a member of its parent, or an element of it. Names are
/// literals; a path is spelled only when somebody asks.
using PathId = std::uint32_t;
struct PathStep {
  PathId parent = 0;
  std::uint32_t index = 0;  // of an element, where `name` is null
  const char* name = nullptr;
};

/// One place in the output that a mapped leaf went to.
struct Landing {
  std::uint32_t leaf = 0;      // index into LossAccount::leaves
  std::uint32_t resource = 0;  // index into Conversion::resources
  PathId path = 0;             // LossAccount::text_of
};

/// The fate of every populated leaf of a message, in the order of Message::leaves(): mapped + set
/// aside + unmapped = populated (V2FHIR.md §5.1, L1).
struct LossAccount {
  std::vector<LeafFate> leaves;
  std::vector<Landing> landings;            // one or more for each mapped leaf, in order of writing
  std::vector<PathStep> steps{PathStep{}};  // 0 is the resource itself

  std::size_t mapped() const;  // with those carried
  std::size_t carried() const;
  std::size_t set_aside() const;
  std::size_t unmapped() const;

  PathId member(PathId parent, const char* name);
  PathId element(PathId parent, std::uint32_t index);
  /// "code.coding[0].code"
  std::string text_of(PathId path) const;
};

}  // namespace gateway::mapping
