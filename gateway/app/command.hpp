#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::app {

/// An option of a command.
struct Option {
  std::string_view name;   // "--mappings"
  std::string_view value;  // "DIR"; "" if it takes none
  std::string_view help;
};

/// What was given on the command line, checked against the command's options.
struct Arguments {
  std::map<std::string, std::string, std::less<>> options;  // without value: ""
  std::vector<std::string> words;                           // files and the like
  bool has(std::string_view name) const { return options.contains(name); }
  std::string get(std::string_view name, std::string_view otherwise = "") const {
    const auto found = options.find(name);
    return found == options.end() ? std::string(otherwise) : found->second;
  }
};

/// One command of the program (INTERFACE.md §2). The table of commands is what `--help` prints.
struct Command {
  std::string_view name;     // "convert"
  std::string_view usage;    // "[--mappings DIR] [--pretty] FILE…|-"
  std::string_view summary;  // one line
  std::string_view details;  // further lines of `--help`
  std::vector<Option> options;
  int (*run)(const Arguments& arguments);
};

// Each in a command_<name>.cpp of its own.
const Command& command_serve();
const Command& command_convert();
const Command& command_explain();
const Command& command_check();
const Command& command_send();
const Command& command_timeline();
const Command& command_store();
const Command& command_outbox();
const Command& command_user();

/// Reads arguments against a command's options; a problem is a sentence for the user.
base::Result<Arguments> read_arguments(const Command& command,
                                       const std::vector<std::string>& given);

/// `immunogate: what: why; what to do` on standard error; returns 2.
int could_not_run(std::string_view what, const base::Error& error);
/// The same of words that were written wrongly.
int wrong_usage(std::string_view command, std::string what, std::string where, std::string remedy);

/// The options of a command that speaks TLS, and their values: our certificate, its key, and what
/// verifies the gateway.
inline constexpr Option tls_options[] = {
    {"--cert", "FILE", "our certificate, PEM"},
    {"--key", "FILE", "its key, PEM"},
    {"--ca", "FILE", "certificates that verify the gateway, PEM"}};
security::TlsFiles tls_files(const Arguments& arguments);

/// Where mapping files are without `--mappings`: `mappings` of the working directory, else the
/// installed ones.
std::string mappings_folder(const Arguments& arguments);

/// The version of the program.
std::string_view version();

}  // namespace gateway::app
