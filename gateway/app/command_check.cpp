#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include "gateway/app/command.hpp"
#include "gateway/app/converted_files.hpp"
#include "gateway/app/findings.hpp"
#include "gateway/app/mapping_files.hpp"
#include "gateway/app/readiness.hpp"
#include "gateway/app/survey_report.hpp"

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
                                                           std::ostream& out, int& problems) {
  auto files = read_mapping_files(folder);
  if (!files) {
    out << files.error().text() << "\n";
    ++problems;
    return nullptr;
  }
  auto compiled = mapping::compile(*files);
  for (const auto& problem : compiled.problems) out << text_of(problem, folder) << "\n";
  problems += static_cast<int>(compiled.problems.size());
  if (const auto artefacts = load_artefacts(folder); !artefacts) {
    out << artefacts.error().text() << "\n";
    ++problems;
  }
  if (compiled.catalogue)
    out << folder.string() << ": " << files->size() << " files, "
        << compiled.catalogue->profiles().size() << " sender profiles, "
        << rules_of(*compiled.catalogue) << "\n";
  return compiled.catalogue;
}

std::optional<Config> checked_config(const std::string& file, std::ostream& out, int& problems) {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  auto loaded = load_config(file, variables);
  for (const auto& problem : loaded.problems) out << text_of(problem, file) << "\n";
  problems += static_cast<int>(loaded.problems.size());
  return std::move(loaded.readable);
}

/// Every file below a folder, by name; hidden ones and links left out.
base::Result<std::vector<std::string>> files_below(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (!at->is_symlink() && at->is_regular_file() &&
        !at->path().filename().string().starts_with('.'))
      files.push_back(at->path().string());
  if (error)
    return base::Error{base::ErrorKind::not_found, "cannot be read (" + error.message() + ")",
                       folder.string(), "give the folder that holds a laboratory's messages"};
  std::sort(files.begin(), files.end());
  return files;
}

/// Does a line begin like a message header, or is the text of two bytes a character? A folder of
/// messages often holds a note about them too.
bool may_hold_messages(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
  for (std::size_t line = 0; line < bytes.size();) {
    const auto end = std::min(bytes.find_first_of("\r\n\x0B", line), bytes.size());
    auto text = bytes.substr(line, end - line);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\xEF\xBB\xBF"), text.size()));
    if (text.starts_with("MSH") && text.size() > 3 &&
        std::isalnum(static_cast<unsigned char>(text[3])) == 0)
      return true;
    line = end + 1;
  }
  return false;
}

/// What is larger is no file of messages that anybody looks through.
constexpr std::uintmax_t most_file_bytes = 256'000'000;

/// What a folder's messages would become. A message that cannot be read is a problem, a code or
/// field that does not map is what was asked for.
base::Result<Survey> surveyed(const std::filesystem::path& folder,
                              const mapping::Catalogue& catalogue, std::ostream& out,
                              int& problems) {
  const auto files = files_below(folder);
  if (!files) return files.error();
  Survey survey;
  int messages = 0;
  for (const std::string& file : *files) {
    std::error_code unknown;
    if (std::filesystem::file_size(file, unknown) > most_file_bytes) {
      out << file << ": larger than " << most_file_bytes / 1'000'000
          << " MB, passed over; split it to have it surveyed\n";
      continue;
    }
    const auto bytes = read_input(file);
    if (!bytes) return bytes.error();
    if (!may_hold_messages(*bytes)) {
      out << file << ": holds no message, passed over\n";
      continue;
    }
    int number = 0;
    for_each_message_in(*bytes, catalogue, [&](const base::Result<ConvertedMessage>& converted) {
      ++number;
      ++messages;
      if (converted) return survey.add(*converted);
      out << file << ": message " << number << " cannot be read: " << converted.error().text()
          << "\n";
      ++problems;
    });
  }
  if (messages == 0)
    return base::Error{base::ErrorKind::not_found, "holds no message", folder.string(),
                       "give the folder that holds a laboratory's messages"};
  return survey;
}

/// Of the running gateway alone: 0 or 1, as health checks want it.
int check_ready(const Arguments& arguments) {
  Address operations{"127.0.0.1", 9464};
  int problems = 0;
  if (arguments.has("--config")) {
    const auto config = checked_config(arguments.get("--config"), std::cerr, problems);
    if (!config) return 1;
    operations = config->operations;
  }
  const auto ready = ask_ready(operations);
  if (!ready) std::cerr << "immunogate: check --ready: " << ready.error().text() << "\n";
  if (ready) std::cout << "ready\n";
  return ready ? 0 : 1;
}

int check(const Arguments& arguments) {
  if (arguments.has("--ready")) return check_ready(arguments);
  const bool json = arguments.has("--json");
  std::ostream& out = json ? std::cerr : std::cout;  // standard output is for machines then
  int problems = 0;
  std::optional<Config> config;
  if (arguments.has("--config")) config = checked_config(arguments.get("--config"), out, problems);
  const bool own = config && !arguments.has("--mappings");
  const auto catalogue =
      checked_mappings(own ? config->mappings.string() : mappings_folder(arguments), out, problems);
  if (config) {
    auto found = findings(*config, catalogue.get(), base::SystemClock().now());
    if (auto clock = clock_finding()) found.push_back(*std::move(clock));
    for (const Finding& finding : found) {
      out << text_of(finding, *config) << "\n";
      if (stops(finding, *config)) ++problems;
    }
  }
  if (arguments.has("--messages") && catalogue) {
    const auto survey = surveyed(arguments.get("--messages"), *catalogue, out, problems);
    if (!survey) return could_not_run("check", survey.error());
    json ? print_report_json(*survey, std::cout) : print_report(*survey, std::cout);
  }
  out << (problems == 0 ? std::string("no problem found")
                        : std::to_string(problems) + (problems == 1 ? " problem" : " problems"))
      << "\n";
  std::cout.flush();
  if (!std::cout)
    return could_not_run("check", {base::ErrorKind::unavailable, "the output cannot be written", "",
                                   "is the disk full, or the reader gone?"});
  return problems == 0 ? 0 : 1;
}

}  // namespace

const Command& command_check() {
  static const Command command{
      "check",
      "[--config FILE] [--mappings DIR] [--messages DIR [--json]] | --ready [--config FILE]",
      "every problem in configuration and mappings, with file, line and remedy",
      "Levels: error (will not start), unsafe (starts only when its name is in accept_unsafe, or\n"
      "where base_url is on localhost), advice.\n"
      "With --messages: sender by sender, which codes and fields of a laboratory's messages map,\n"
      "which do not, and what is regularly lost. No values. What does not map is no problem; a\n"
      "message that cannot be read is.\n"
      "With --ready: is the gateway on this host ready? Asks its operations port and ends with 0 "
      "or 1,\n"
      "for the health check of a container.",
      {{"--config", "FILE", "the configuration"},
       {"--mappings", "DIR", "the mappings folder; without it that of the configuration"},
       {"--messages", "DIR", "a folder with messages of a laboratory's test phase"},
       {"--ready", "", "only ask the running gateway whether it is ready"},
       {"--json", "", "what is said of the messages for machines, one line a sender"}},
      check};
  return command;
}

}  // namespace gateway::app
