#pragma once
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
};

/// One place in the output that a mapped leaf went to.
struct Landing {
  std::uint32_t leaf = 0;      // index into LossAccount::leaves
  std::uint32_t resource = 0;  // index into Conversion::resources
  std::string path;            // "valueQuantity.value"
};

/// The fate of every populated leaf of a message, in the order of Message::leaves(): mapped + set
/// aside + unmapped = populated (V2FHIR.md §5.1, L1).
struct LossAccount {
  std::vector<LeafFate> leaves;
  std::vector<Landing> landings;  // one or more for each mapped leaf, in order of reading
  std::size_t mapped() const;
  std::size_t set_aside() const;
  std::size_t unmapped() const;
};

}  // namespace gateway::mapping
