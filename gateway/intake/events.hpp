#pragma once
#include <functional>

#include "gateway/store/store.hpp"
#include "gateway/topics/interest.hpp"

namespace gateway::intake {

/// What stands of a resource before an entry is written; nullptr: nothing.
using Before = std::function<const store::Current*(const fhir::ResourceKey&)>;

/// The identifiers of a patient about whom something stands.
using IdentifiersOf = std::function<fhir::search::PatientIdentifiers(const std::string& patient)>;

/// Subscriptions are told of what the entry writes, and of what it changes of other patients: in
/// the same commit, so that no event is lost and none is told of what was not kept (FHIR.md §3).
void add_events(store::Entry& entry, const topics::Interests& interests, const Before& before,
                const IdentifiersOf& identifiers);

}  // namespace gateway::intake
