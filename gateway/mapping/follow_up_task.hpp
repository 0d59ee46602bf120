#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/fhir/json.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/mapping/site_rule.hpp"

namespace gateway::mapping {

/// The entry of a rule as it stands, and what a newly arrived result makes of it.
struct FollowUpSubject {
  const SiteRule& rule;
  const SeenResult& seen;
  std::string_view result;    // "Observation/…"
  std::string_view authored;  // of a new entry
};

/// The body of the entry with that id after this result; nullopt: it stays as it is, or there is
/// none. `standing` is null where none stands.
std::optional<fhir::Body> revised_follow_up(const FollowUpSubject& subject, const std::string& id,
                                            const fhir::Json* standing);

}  // namespace gateway::mapping
