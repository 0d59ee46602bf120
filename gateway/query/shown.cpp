#include "gateway/query/shown.hpp"

#include <string>

#include "gateway/fhir/patients.hpp"

namespace gateway::query {
namespace {

void add(security::Shown& shown, const fhir::Version& version) {
  ++shown.count;
  auto& patients = shown.patients;
  fhir::each_patient(version, [&](std::string_view reference) {
    if (patients.empty() || *patients.rbegin() != reference) patients.emplace(reference);
  });
}

}  // namespace

void show(const security::Principal& who, const fhir::Version& one) {
  if (!who.shown) return;
  who.shown->entities.push_back(one.key.reference() + "/_history/" + std::to_string(one.version));
  add(*who.shown, one);
}

void show(const security::Principal& who, std::span<const fhir::Version> page) {
  if (!who.shown) return;
  for (const fhir::Version& version : page) add(*who.shown, version);
}

}  // namespace gateway::query
