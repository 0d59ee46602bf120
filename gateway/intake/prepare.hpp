#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/intake/work.hpp"

namespace gateway::intake {

/// Everything about a work that needs no store: conversion, hashes, index rows. Runs in a lane;
/// pure but for the work it fills. A broken invariant while converting refuses that message alone
/// (HOUSE 6).
void prepare(Work& work);

/// A resource as `index_bodies` sees it.
struct BodyView {
  const fhir::ResourceKey* key;
  std::string_view body;
};

/// Index rows and order number of each body. Rows are left out where a body is empty, and
/// where the Patient they are about is neither among the bodies nor in `known_patients`; its id is
/// then in `missing`.
using KnownPatients = std::vector<std::pair<std::string, fhir::search::PatientIdentifiers>>;
std::vector<PreparedResource> index_bodies(const std::vector<BodyView>& bodies,
                                           const KnownPatients& known_patients,
                                           std::vector<std::string>& missing);

}  // namespace gateway::intake
