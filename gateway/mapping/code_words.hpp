#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/mapping/catalogue.hpp"

namespace gateway::mapping {

/// LOINC's words for a system axis and a property, as targets.csv writes them ("Ser/Plas", "NFr");
/// nullopt: no such word. "" is none.
std::optional<Axis> axis_named(std::string_view word);
std::optional<Property> property_named(std::string_view word);
std::vector<std::string> axis_words();
std::vector<std::string> property_words();

/// URI of a system as the mapping files write it: loinc, sct, RIO, v2-NNNN, or the name of one of
/// our small code systems ("cycle-type").
std::string uri_of(std::string_view word);

}  // namespace gateway::mapping
