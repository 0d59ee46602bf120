#include "gateway/app/reload.hpp"

#include "gateway/app/findings.hpp"
#include "gateway/app/mapping_files.hpp"

namespace gateway::app {

std::vector<std::string> reload_mappings(Gateway& gateway, const Config& config) {
  std::vector<std::string> refusals;
  const auto catalogue = load_catalogue(config.mappings);
  if (!catalogue) {
    refusals.push_back(catalogue.error().text());
  } else {
    for (const Finding& finding : binding_findings(config, **catalogue))
      if (stops(finding, config)) refusals.push_back(text_of(finding, config));
  }
  auto artefacts = load_artefacts(config.mappings);
  if (!artefacts) refusals.push_back(artefacts.error().text());
  if (!refusals.empty()) return refusals;
  if (auto published = gateway.publish(*catalogue, *std::move(artefacts)); !published)
    refusals.push_back(published.error().text());
  return refusals;
}

}  // namespace gateway::app
