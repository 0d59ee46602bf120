#include "gateway/app/reload.hpp"

#include "gateway/app/findings.hpp"
#include "gateway/app/mapping_files.hpp"

namespace gateway::app {
namespace {

/// The lists that can be exchanged while everything goes on.
bool is_exchanged(const std::string& key, const Gateway& gateway) {
  return key == "access.certificates" || (key == "access.clients" && gateway.issues_tokens());
}

/// Keys that differ, two levels deep: "access.clients", "forward".
std::vector<std::string> differences(const fhir::Json& before, const fhir::Json& after) {
  std::vector<std::string> out;
  const auto compare = [&out](const fhir::Json& one, const fhir::Json& other,
                              const std::string& prefix, auto&& deeper) {
    for (const auto& [name, value] : other.members())
      if (const auto& was = one[name]; !(was == value)) deeper(was, value, prefix + name);
    for (const auto& [name, value] : one.members())
      if (!other.has(name)) out.push_back(prefix + name);
  };
  const auto told = [&out](const fhir::Json&, const fhir::Json&, const std::string& key) {
    out.push_back(key);
  };
  compare(before, after, "",
          [&](const fhir::Json& was, const fhir::Json& is, const std::string& key) {
            if (was.members().empty() || is.members().empty()) return told(was, is, key);
            compare(was, is, key + ".", told);
          });
  return out;
}

/// What is in force now is in its document, too: the next comparison is with that. What waits for
/// a restart is not, or it would not be said again.
void note_taken(Config& config, const Config& fresh, const std::vector<std::string>& taken) {
  auto access = config.document["access"];
  for (const std::string& key : taken) {
    if (key == "access.certificates") config.certificates = fresh.certificates;
    if (key == "access.clients") config.tokens.clients = fresh.tokens.clients;
    const auto list = key.substr(key.find('.') + 1);
    access.set(list, fresh.document["access"][list]);
  }
  config.document.set("access", std::move(access));
}

}  // namespace

ReloadedConfig reload_config(Gateway& gateway, Config& config, const std::filesystem::path& file,
                             const std::vector<std::string>& environment) {
  ReloadedConfig out;
  const auto loaded = load_config(file, environment);
  for (const ConfigProblem& problem : loaded.problems)
    out.refusals.push_back(text_of(problem, file));
  if (loaded.config)
    for (const Finding& finding : findings(*loaded.config, nullptr, base::SystemClock().now()))
      if (stops(finding, *loaded.config)) out.refusals.push_back(text_of(finding, *loaded.config));
  if (!out.refusals.empty()) return out;
  const Config& fresh = *loaded.config;
  for (auto& key : differences(config.document, fresh.document))
    (is_exchanged(key, gateway) ? out.taken : out.waiting).push_back(std::move(key));
  if (out.taken.empty()) return out;
  if (auto published = gateway.publish_access(fresh); !published) {
    out.refusals.push_back(published.error().text());
    return out;
  }
  note_taken(config, fresh, out.taken);
  return out;
}

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
