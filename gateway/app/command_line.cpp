#include "gateway/app/command_line.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <vector>

#include "gateway/app/command.hpp"
#include "gateway/app/nearest.hpp"

namespace gateway::app {
namespace {

using Maker = const Command& (*)();
/// Commands that are built; INTERFACE.md §2 lists what is to come.
const std::vector<Maker> commands = {command_serve,  command_convert, command_explain,
                                     command_check,  command_send,    command_timeline,
                                     command_outbox, command_user,    command_store};

void print_overview() {
  std::cout << "immunogate " << version()
            << " - gateway from laboratories' HL7v2 results to FHIR R4\n\nusage:\n";
  for (const Maker command : commands)
    std::cout << "  immunogate " << command().name << " " << command().usage << "\n      "
              << command().summary << "\n";
  std::cout << "  immunogate --version | --help | help COMMAND\n\n"
               "exit status: 0 done, 1 the input or the check failed, 2 could not run\n";
}

void print_help(const Command& command) {
  std::cout << "usage: immunogate " << command.name << " " << command.usage << "\n\n"
            << command.summary << "\n";
  if (!command.details.empty()) std::cout << "\n" << command.details << "\n";
  if (!command.options.empty()) std::cout << "\noptions:\n";
  for (const Option& option : command.options) {
    std::string left(option.name);
    if (!option.value.empty()) left += " " + std::string(option.value);
    left.resize(std::max<std::size_t>(left.size(), 20), ' ');
    std::cout << "  " << left << "  " << option.help << "\n";
  }
}

const Command* find(std::string_view name) {
  for (const Maker command : commands)
    if (command().name == name) return &command();
  return nullptr;
}

int unknown(const std::string& name) {
  std::vector<std::string> names = {"help"};
  for (const Maker command : commands) names.emplace_back(command().name);
  const auto near = nearest(name, names);
  return could_not_run(name, {base::ErrorKind::not_found, "no such command", "",
                              near.empty() ? "`immunogate --help` lists them"
                                           : "did you mean `immunogate " + near + "`?"});
}

int help(const std::vector<std::string>& words) {
  if (words.empty() || words.front() == "help") return print_overview(), 0;
  const Command* command = find(words.front());
  if (command == nullptr) return unknown(words.front());
  return print_help(*command), 0;
}

/// Beside the program, wherever it was installed: PREFIX/bin and PREFIX/share.
std::string installed_mappings() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const auto prefix = unknown ? std::filesystem::path("/usr") : program.parent_path().parent_path();
  return (prefix / IMMUNOGATE_INSTALLED_MAPPINGS).string();
}

}  // namespace

std::string_view version() {
  return IMMUNOGATE_VERSION;
}

int could_not_run(std::string_view what, const base::Error& error) {
  std::cerr << "immunogate: " << what << ": " << error.text() << "\n";
  return 2;
}

int wrong_usage(std::string_view command, std::string what, std::string where, std::string remedy) {
  return could_not_run(
      command, {base::ErrorKind::malformed, std::move(what), std::move(where), std::move(remedy)});
}

security::TlsFiles tls_files(const Arguments& arguments) {
  return {arguments.get("--cert"), arguments.get("--key"), arguments.get("--ca")};
}

std::string mappings_folder(const Arguments& arguments) {
  if (arguments.has("--mappings")) return arguments.get("--mappings");
  return std::filesystem::is_directory("mappings/senders") ? "mappings" : installed_mappings();
}

base::Result<Arguments> read_arguments(const Command& command,
                                       const std::vector<std::string>& given) {
  Arguments arguments;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (word.size() < 2 || word.rfind("--", 0) != 0) {
      arguments.words.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = nullptr;
    std::vector<std::string> names;
    for (const Option& known : command.options) {
      names.emplace_back(known.name);
      if (known.name == name) option = &known;
    }
    if (option == nullptr) {
      const auto near = nearest(name, names);
      return base::Error{base::ErrorKind::not_found, "no such option", name,
                         near.empty() ? "see `immunogate help " + std::string(command.name) + "`"
                                      : "did you mean " + near + "?"};
    }
    if (option->value.empty()) {
      arguments.options[name] = "";
    } else if (equals != std::string::npos) {
      arguments.options[name] = word.substr(equals + 1);
    } else if (i + 1 < given.size()) {
      arguments.options[name] = given[++i];
    } else {
      return base::Error{base::ErrorKind::malformed, "needs a value", name,
                         "write " + name + " " + std::string(option->value)};
    }
  }
  return arguments;
}

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error code, not the end
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (given.empty()) return print_overview(), 2;
  const std::string& name = given.front();
  const std::vector<std::string> rest(given.begin() + 1, given.end());
  if (name == "--help" || name == "-h" || name == "help") return help(rest);
  if (name == "--version") return std::cout << "immunogate " << version() << "\n", 0;
  const Command* command = find(name);
  if (command == nullptr) return unknown(name);
  for (const std::string& word : rest)
    if (word == "--help" || word == "-h") return print_help(*command), 0;
  auto arguments = read_arguments(*command, rest);
  if (!arguments) return could_not_run(name, arguments.error());
  return command->run(*arguments);
}

}  // namespace gateway::app
