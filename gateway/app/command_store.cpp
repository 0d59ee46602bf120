#include <iostream>

#include <sys/stat.h>
#include <unistd.h>

#include "gateway/app/command.hpp"
#include "gateway/app/config.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/store/sqlite/engine.hpp"

namespace gateway::app {
namespace {

base::Result<std::filesystem::path> store_file(const Arguments& arguments) {
  const std::string url = arguments.get("--store");
  if (url.rfind("sqlite:", 0) == 0 && url.size() > 7) return std::filesystem::path(url.substr(7));
  if (!url.empty())
    return base::Error{base::ErrorKind::malformed, "names no engine that is built in", "--store",
                       "write sqlite:PATH"};
  if (!arguments.has("--config"))
    return base::Error{base::ErrorKind::malformed, "which store?", "",
                       "name it with --config FILE or --store sqlite:PATH"};
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  const auto loaded = load_config(arguments.get("--config"), variables);
  if (loaded.config) return loaded.config->store_file;
  return base::Error{base::ErrorKind::configuration,
                     text_of(loaded.problems.front(), arguments.get("--config")), "",
                     "`immunogate check --config FILE` says all that is wrong"};
}

int verify(store::Store& store) {
  auto found = store.verify();
  if (!found) return could_not_run("store verify", found.error());
  for (const std::string& problem : found->problems) std::cout << problem << "\n";
  std::cout << found->arrivals << " arrivals, " << found->resources << " resources, "
            << found->versions << " versions, " << found->deliveries << " deliveries, "
            << found->audit_rows << " audit rows: "
            << (found->problems.empty() ? std::string("clean")
                                        : std::to_string(found->problems.size()) + " problems")
            << "\n";
  return found->problems.empty() ? 0 : 1;
}

int run_store(const Arguments& arguments) {
  const std::string what = arguments.words.empty() ? "" : arguments.words.front();
  if (what != "init" && what != "verify")
    return could_not_run("store", {base::ErrorKind::malformed, "does what?", "",
                                   "write `immunogate store init` or `immunogate store verify`"});
  const auto file = store_file(arguments);
  if (!file) return could_not_run("store " + what, file.error());
  ::umask(077);
  const base::SystemClock clock;
  observe::Metrics metrics;
  auto store = store::sqlite::open({.file = *file, .create = what == "init"}, clock, metrics);
  if (!store) return could_not_run("store " + what, store.error());
  if (what == "verify") return verify(**store);
  std::cout << "the store is there: " << file->string() << "\n";
  return 0;
}

}  // namespace

const Command& command_store() {
  static const Command command{
      "store",
      "init|verify [--config FILE | --store sqlite:PATH]",
      "make a store; check one through and through",
      "verify compares raw bytes with their hashes, resources with their index, the outbox with "
      "the\n"
      "journal, and the chain of the audit; it names each place that is wrong (exit status 1).\n"
      "The gateway must not run meanwhile.",
      {{"--config", "FILE", "take the store of this configuration"},
       {"--store", "URL", "the store itself: sqlite:PATH"}},
      run_store};
  return command;
}

}  // namespace gateway::app
