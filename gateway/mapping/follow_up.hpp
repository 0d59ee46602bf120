#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/revise.hpp"

namespace gateway::mapping {

/// A result of the message, or of its orders, as it stands after it.
struct StandingResult {
  fhir::ResourceKey key;
  std::string_view body;
};

/// One entry of the site's follow-up list to be written: a Task (DOMAIN.md W3).
struct FollowUpWrite {
  fhir::ResourceKey key;
  fhir::Body body;
  std::int64_t follows = 0;  // version it must follow; 0 = none stands
  std::string site;          // whose entry it is
};

/// An answer that is looked at beside the results: it may end what is repeated in a pregnancy.
bool may_say_not_pregnant(const fhir::Body& answer);

/// The entries that the results of a conversion may have under the rules that are watched: what has
/// to be known before `follow_ups`. An entry is of a rule and a result; that of an expected repeat
/// of a rule and a patient. Empty, at no cost, where no rule is watched.
std::vector<fhir::ResourceKey> follow_up_keys(const Catalogue& catalogue,
                                              const Conversion& conversion);
/// Those of results that stand in the order of `report`, which may follow what its message says.
std::vector<fhir::ResourceKey> follow_up_keys(const Catalogue& catalogue,
                                              const ConvertedResource& report,
                                              const std::vector<fhir::ResourceKey>& standing);

/// What the watched rules make of these results (E3, W3): a result that meets a rule has an entry,
/// one that no longer does has a cancelled one. What a person made of an entry stays. Of a rule
/// that was switched off entries stay, marked so, and none is new. Entries that stay as they are
/// are not written. `authored`: when the message was received, a FHIR instant. Pure.
std::vector<FollowUpWrite> follow_ups(const Catalogue& catalogue,
                                      const std::vector<StandingResult>& results,
                                      const StandingLookup& standing, std::string_view authored);

}  // namespace gateway::mapping
