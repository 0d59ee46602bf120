#pragma once
#include <functional>
#include <string_view>

#include "gateway/fhir/resource.hpp"

namespace gateway::fhir {

/// Calls `each` with "Patient/ID" of everybody a resource is about or refers to: itself, if it is a
/// Patient, and each relative reference in its body, as often as it stands there. Found in the
/// bytes, which are not parsed: within a string a quote is escaped, so nothing else looks like it.
void each_patient(const Version& version, const std::function<void(std::string_view)>& each);

}  // namespace gateway::fhir
