#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/artefacts.hpp"

namespace gateway::fhir {

/// One code of a value set.
struct Coded {
  std::string system, code, display;
  friend bool operator==(const Coded&, const Coded&) = default;
};

/// What a value set of ours holds (FHIR R4, ValueSet, expansion): codes it names, and all of a code
/// system of ours. nullopt: it takes all of a system that we do not hold, or filters one.
std::optional<std::vector<Coded>> expansion(const Artefacts& artefacts, const Json& value_set);

/// A code of a code system of ours; or, of another's, as a value set of ours names it. nullptr in
/// `concept_of`: nobody says it.
struct Lookup {
  const Artefacts::Artefact* system = nullptr;  // nullptr: another's
  const Json* concept_of = nullptr;             // with `code`, perhaps `display`, `definition`
};
Lookup look_up(const Artefacts& artefacts, std::string_view system, std::string_view code);

/// What a concept map of ours makes of a code.
struct Translated {
  Coded to;
  std::string equivalence, map;  // map: its URL
};
/// By all our concept maps, or by the one; `system` "": of any. A group that names no source is of
/// any local system (ConceptMap.description says whose). None: no map knows the code.
std::vector<Translated> translations(const Artefacts& artefacts, const Artefacts::Artefact* map,
                                     std::string_view system, std::string_view code);

}  // namespace gateway::fhir
