#pragma once
#include <span>

#include "gateway/fhir/resource.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::query {

/// Notes for the audit what `who` is shown, where somebody asks for it: one resource by its name,
/// of a page whom it is about and how much it is.
void show(const security::Principal& who, const fhir::Version& one);
void show(const security::Principal& who, std::span<const fhir::Version> page);

}  // namespace gateway::query
