#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/excerpt.hpp"

namespace gateway::http::rest {

/// What a searchset says of a version: as it is kept, or an excerpt, which `bodies` then holds;
/// that must have room for it, since entries point into it.
inline fhir::SearchEntry entry_of(const std::string& base_url, const fhir::Version& version,
                                  const fhir::Excerpt& wanted, std::vector<std::string>& bodies,
                                  std::string_view mode) {
  fhir::SearchEntry entry{base_url + "/" + version.key.reference(), {}, mode, nullptr};
  if (wanted.form == fhir::Excerpt::Form::whole)
    entry.whole = &version;
  else
    entry.resource = bodies.emplace_back(fhir::excerpt(fhir::served(version), wanted));
  return entry;
}

}  // namespace gateway::http::rest
