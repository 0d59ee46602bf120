#include <iostream>

#include <unistd.h>

#include "gateway/app/command.hpp"
#include "gateway/app/findings.hpp"
#include "gateway/app/mapping_files.hpp"

namespace gateway::app {
namespace {

/// "5 site conventions (1 on), whose 38 examples hold": their tables were run while compiling.
std::string rules_of(const mapping::Catalogue& catalogue) {
  std::size_t on = 0, examples = 0;
  for (const auto& rule : catalogue.rules()) {
    on += rule.enabled ? 1 : 0;
    examples += rule.examples.size();
  }
  return std::to_string(catalogue.rules().size()) + " site conventions (" + std::to_string(on) +
         " on), whose " + std::to_string(examples) + " examples hold";
}

/// Says every problem of a mappings folder; the catalogue if there is none.
std::shared_ptr<const mapping::Catalogue> checked_mappings(const std::filesystem::path& folder,
                                                           int& problems) {
  auto files = read_mapping_files(folder);
  if (!files) {
    std::cout << files.error().text() << "\n";
    ++problems;
    return nullptr;
  }
  auto compiled = mapping::compile(*files);
  for (const auto& problem : compiled.problems) std::cout << text_of(problem, folder) << "\n";
  problems += static_cast<int>(compiled.problems.size());
  if (compiled.catalogue)
    std::cout << folder.string() << ": " << files->size() << " files, "
              << compiled.catalogue->profiles().size() << " sender profiles, "
              << rules_of(*compiled.catalogue) << "\n";
  return compiled.catalogue;
}

int check(const Arguments& arguments) {
  int problems = 0;
  std::optional<Config> config;
  if (arguments.has("--config")) {
    std::vector<std::string> variables;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
      variables.emplace_back(*variable);
    auto loaded = load_config(arguments.get("--config"), variables);
    for (const auto& problem : loaded.problems)
      std::cout << text_of(problem, arguments.get("--config")) << "\n";
    problems += static_cast<int>(loaded.problems.size());
    config = std::move(loaded.readable);
  }
  const bool own = config && !arguments.has("--mappings");
  const auto catalogue =
      checked_mappings(own ? config->mappings.string() : mappings_folder(arguments), problems);
  if (config)
    for (const Finding& finding : findings(*config, catalogue.get(), base::SystemClock().now())) {
      std::cout << text_of(finding, *config) << "\n";
      if (stops(finding, *config)) ++problems;
    }
  std::cout << (problems == 0
                    ? std::string("no problem found")
                    : std::to_string(problems) + (problems == 1 ? " problem" : " problems"))
            << "\n";
  return problems == 0 ? 0 : 1;
}

}  // namespace

const Command& command_check() {
  static const Command command{
      "check",
      "[--config FILE] [--mappings DIR]",
      "every problem in configuration and mappings, with file, line and remedy",
      "Levels: error (will not start), unsafe (starts only when its name is in accept_unsafe, or\n"
      "where base_url is on localhost), advice.",
      {{"--config", "FILE", "the configuration"},
       {"--mappings", "DIR", "the mappings folder; without it that of the configuration"}},
      check};
  return command;
}

}  // namespace gateway::app
