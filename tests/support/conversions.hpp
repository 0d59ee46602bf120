#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/json.hpp"
#include "gateway/hl7v2/header.hpp"
#include "gateway/hl7v2/message.hpp"
#include "gateway/mapping/convert.hpp"

#include "tests/support/files.hpp"
#include "tests/support/mappings.hpp"

/// Messages converted with the mappings that are shipped. Inline, because only programs that link
/// the mapping room may use it.
namespace tests {

/// A message and what it became. Segments may be separated by newlines.
struct Converted {
  gateway::hl7v2::Message message;
  gateway::mapping::Conversion conversion;
  std::vector<gateway::fhir::Json> resources;

  std::vector<const gateway::fhir::Json*> of_type(std::string_view type) const {
    std::vector<const gateway::fhir::Json*> found;
    for (const auto& resource : resources)
      if (resource["resourceType"].text() == type) found.push_back(&resource);
    return found;
  }
  /// Observations that bear this code anywhere in `code.coding`.
  std::vector<const gateway::fhir::Json*> observations(std::string_view code) const {
    std::vector<const gateway::fhir::Json*> found;
    for (const auto* observation : of_type("Observation"))
      for (const auto& coding : (*observation)["code"]["coding"].items())
        if (coding["code"].text() == code) {
          found.push_back(observation);
          break;
        }
    return found;
  }
  bool has_issue(std::string_view code) const {
    return std::any_of(conversion.issues.begin(), conversion.issues.end(),
                       [code](const auto& issue) { return issue.code == code; });
  }
};

inline gateway::base::Result<Converted> try_convert(
    std::string text, const gateway::mapping::Catalogue* catalogue = shipped_catalogue()) {
  std::replace(text.begin(), text.end(), '\n', '\r');
  const auto header = gateway::hl7v2::read_header(text);
  if (!header) return header.error();
  const auto sender = gateway::mapping::identify_sender(*header, *catalogue);
  auto message = gateway::hl7v2::parse(gateway::base::Buffer(text));
  if (!message) return message.error();
  auto conversion = gateway::mapping::convert(*message, sender, *catalogue);
  if (!conversion) return conversion.error();
  Converted converted{std::move(*message), std::move(*conversion), {}};
  for (const auto& resource : converted.conversion.resources)
    converted.resources.push_back(*gateway::fhir::parse_json(resource.body));
  return converted;
}

inline Converted convert(std::string text,
                         const gateway::mapping::Catalogue* catalogue = shipped_catalogue()) {
  return *try_convert(std::move(text), catalogue);
}

inline std::string code_of(const gateway::fhir::Json& concept_) {
  const auto& codings = concept_["coding"].items();
  return codings.empty() ? "" : codings.front()["code"].text();
}

/// The sub-extension of `cycle-context`, "" if absent: context(observation, "day", "valueInteger").
inline std::string context(const gateway::fhir::Json& observation, std::string_view part,
                           std::string_view value) {
  for (const auto& extension : observation["extension"].items()) {
    if (!extension["url"].text().ends_with("/cycle-context")) continue;
    for (const auto& sub : extension["extension"].items())
      if (sub["url"].text() == part) return sub[value].text();
  }
  return "";
}

inline bool has_tag(const gateway::fhir::Json& resource, std::string_view system_end,
                    std::string_view code) {
  for (const auto& tag : resource["meta"]["tag"].items())
    if (tag["system"].text().ends_with(system_end) && tag["code"].text() == code) return true;
  return false;
}

}  // namespace tests
