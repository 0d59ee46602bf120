#include <csignal>
#include <ctime>
#include <iostream>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/app/command.hpp"
#include "gateway/app/findings.hpp"
#include "gateway/app/gateway.hpp"
#include "gateway/app/mapping_files.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/base/log.hpp"

namespace gateway::app {
namespace {

constexpr std::chrono::seconds housekeeping_interval{60};
constexpr std::chrono::seconds longest_drain{30};

std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    out.emplace_back(*variable);
  return out;
}

/// Loads and checks everything that can be checked before a door opens; says every problem.
std::optional<Config> checked_config(const std::string& file,
                                     std::shared_ptr<const mapping::Catalogue>& catalogue) {
  auto loaded = load_config(file, environment());
  for (const ConfigProblem& problem : loaded.problems)
    std::cerr << "immunogate: " << text_of(problem, file) << "\n";
  if (!loaded.readable) return std::nullopt;
  const Config& config = *loaded.readable;
  if (auto mappings = load_catalogue(config.mappings))
    catalogue = *mappings;
  else
    std::cerr << "immunogate: " << mappings.error().text() << "\n";
  bool stopped = catalogue == nullptr;
  for (const Finding& finding : findings(config, catalogue.get(), base::SystemClock().now())) {
    std::cerr << "immunogate: " << text_of(finding, config) << "\n";
    stopped = stopped || stops(finding, config);
  }
  return stopped ? std::nullopt : std::move(loaded.config);
}

sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

/// Our own and the clients'. What cannot be read stays as it was; a key that is gone is gone.
void tell_keys(const std::vector<std::string>& refusals) {
  for (const std::string& refusal : refusals)
    std::cerr << "immunogate: keys of tokens stay as they were: " << refusal << "\n";
  if (!refusals.empty()) base::log(base::Level::error, "tokens.reload_refused");
}

void tell_reload(const std::vector<std::string>& refusals) {
  for (const std::string& refusal : refusals)
    std::cerr << "immunogate: mappings stay as they were: " << refusal << "\n";
  if (!refusals.empty()) return base::log(base::Level::error, "mappings.reload_refused");
  base::log(base::Level::info, "mappings.reloaded");
}

/// Lives until SIGTERM or SIGINT; SIGHUP reloads the mappings.
void live(Gateway& gateway, const Config& config, const sigset_t& signals) {
  const timespec interval{housekeeping_interval.count(), 0};
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &interval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      tell_keys(gateway.reload_token_keys());
      tell_reload(reload_mappings(gateway, config));
    } else
      gateway.housekeeping();
  }
}

int serve(const Arguments& arguments) {
  if (!arguments.has("--config"))
    return could_not_run("serve", {base::ErrorKind::malformed, "needs a configuration", "",
                                   "write `immunogate serve --config FILE`"});
  ::umask(077);
  const rlimit no_core{0, 0};  // a core would hold patient data
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Blocked before the first thread starts, so that only `live` ever meets them.
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::shared_ptr<const mapping::Catalogue> catalogue;
  const auto config = checked_config(arguments.get("--config"), catalogue);
  if (!config) return 2;
  base::set_log_instance(base::ConfiguredName(config->instance));
  auto gateway = Gateway::start(*config, catalogue);
  if (!gateway) return could_not_run("serve", gateway.error());
  base::log(base::Level::info, "gateway.ready",
            {{"https_port", (*gateway)->https_port()},
             {"operations_port", (*gateway)->operations_port()},
             {"mllp_listeners", config->mllp.size()}});
  live(**gateway, *config, signals);
  base::log(base::Level::info, "gateway.draining");
  (*gateway)->drain(longest_drain);
  gateway->reset();
  base::log(base::Level::info, "gateway.stopped");
  return 0;
}

}  // namespace

const Command& command_serve() {
  static const Command command{
      "serve",
      "--config FILE",
      "run the gateway",
      "Runs until SIGTERM, then answers what it has read and ends. SIGHUP reloads the mappings and "
      "the keys of\ntokens.\n"
      "A store that is absent is made (folder mode 0700). Every key of the configuration can be\n"
      "overridden by a variable IMMUNOGATE_<PATH>, such as IMMUNOGATE_STORE_URL.",
      {{"--config", "FILE", "the configuration; deploy/immunogate.jsonc is an annotated example"}},
      serve};
  return command;
}

}  // namespace gateway::app
