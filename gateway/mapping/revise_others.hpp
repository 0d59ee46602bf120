#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/mapping/converted_index.hpp"
#include "gateway/mapping/revise.hpp"

namespace gateway::mapping {

/// A result that stands, and what a message that does not send it makes of it: by a lone component
/// row (S14), or by what it says of the order's cycle (T3).
struct OtherResult {
  fhir::Json before, body;  // null where nothing stands
  std::int64_t version = 0;
  std::optional<std::int64_t> source_time;
  fhir::ResourceKey by;  // the converted resource that changes it
  bool is_changed() const { return !(body == before); }
};

/// Those of one message, each read once.
class OtherResults {
 public:
  OtherResults(const Conversion& conversion, ConvertedIndex& index, const StandingLookup& lookup)
      : conversion_(conversion), index_(index), lookup_(lookup) {}

  OtherResult& of(const fhir::ResourceKey& key);
  bool is_changed(const fhir::ResourceKey& key) const;
  void write(Revision& revision) const;
  /// Provenance names what was changed, too.
  void name_in(fhir::Body& provenance) const;

 private:
  const Conversion& conversion_;
  ConvertedIndex& index_;
  const StandingLookup& lookup_;
  std::map<fhir::ResourceKey, OtherResult> results_;
};

/// The body of what stands; of what was said again alike it was not loaded.
const fhir::Body* body_of(const Conversion& conversion, ConvertedIndex& index,
                          const fhir::ResourceKey& key, const Standing& stands);

}  // namespace gateway::mapping
