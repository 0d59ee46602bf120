#include <algorithm>
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
#include "gateway/app/notify.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/app/watched_files.hpp"
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

/// Loads and checks everything that can be checked before a door opens; says every problem that
/// stops the start. `others` are what is unsafe or advised besides, for who gets so far.
std::optional<Config> checked_config(const std::string& file,
                                     std::shared_ptr<const mapping::Catalogue>& catalogue,
                                     std::vector<std::string>& others) {
  auto loaded = load_config(file, environment());
  for (const ConfigProblem& problem : loaded.problems)
    std::cerr << "immunogate: " << text_of(problem, file) << "\n";
  if (!loaded.readable) return std::nullopt;
  const Config& config = *loaded.readable;
  if (auto mappings = load_catalogue(config.mappings))
    catalogue = *mappings;
  else
    std::cerr << "immunogate: " << mappings.error().text() << "\n";
  const auto found = findings(config, catalogue.get(), base::SystemClock().now());
  const auto does_stop = [&config](const Finding& finding) { return stops(finding, config); };
  const bool stopped =
      !loaded.config || catalogue == nullptr || std::ranges::any_of(found, does_stop);
  for (const Finding& finding : found)
    if (does_stop(finding))
      std::cerr << "immunogate: " << text_of(finding, config) << "\n";
    else
      others.push_back(text_of(finding, config));
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

/// What of the configuration counts from now on, and what does not yet.
void tell_config(const ReloadedConfig& reloaded) {
  for (const std::string& refusal : reloaded.refusals)
    std::cerr << "immunogate: the configuration stays as it was: " << refusal << "\n";
  for (const std::string& key : reloaded.taken)
    std::cerr << "immunogate: " << key << " is taken from the configuration\n";
  for (const std::string& key : reloaded.waiting)
    std::cerr << "immunogate: " << key
              << " changed in the configuration, which counts from the next start on; restart\n";
  if (!reloaded.refusals.empty())
    return base::log(base::Level::error, "configuration.reload_refused");
  if (!reloaded.waiting.empty())
    base::log(base::Level::warning, "configuration.waits_for_restart",
              {{"keys", reloaded.waiting.size()}});
  if (!reloaded.taken.empty())
    base::log(base::Level::info, "configuration.reloaded", {{"keys", reloaded.taken.size()}});
}

void tell_reload(const std::vector<std::string>& refusals) {
  for (const std::string& refusal : refusals)
    std::cerr << "immunogate: mappings stay as they were: " << refusal << "\n";
  if (!refusals.empty()) return base::log(base::Level::error, "mappings.reload_refused");
  base::log(base::Level::info, "mappings.reloaded");
}

void renew_tls(Gateway& gateway) {
  const auto errors = gateway.renew_tls();
  for (const base::Error& error : errors)
    std::cerr << "immunogate: certificates stay as they were: " << error.text() << "\n";
  if (!errors.empty()) return base::log(base::Level::error, "tls.renewal_refused");
  base::log(base::Level::info, "tls.renewed");
}

WatchedFiles tls_files(const Config& config) {
  std::vector<std::filesystem::path> files;
  const auto add = [&files](const security::TlsFiles& tls) {
    for (const auto& file : {tls.certificate, tls.key, tls.ca, tls.crl}) files.push_back(file);
  };
  for (const MllpConfig& listener : config.mllp)
    if (listener.tls) add(*listener.tls);
  if (config.https) add(config.https->tls);
  for (const ForwardConfig& target : config.forward) add(target.https.tls);
  add(config.push.tls);
  if (config.audit.syslog) add(config.audit.syslog->tls);
  return WatchedFiles(std::move(files));
}

/// Lives until SIGTERM or SIGINT; SIGHUP reloads what of the configuration can be, mappings and TLS
/// files, which are also taken when they change.
void live(Gateway& gateway, Config& config, const std::string& file, const sigset_t& signals) {
  constexpr timespec a_second{1, 0};
  WatchedFiles watched = tls_files(config);
  auto kept = std::chrono::steady_clock::now();
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &a_second);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      notify_manager(reloading());
      const auto reloaded = reload_config(gateway, config, file, environment());
      gateway.count_reload("configuration", reloaded.refusals.empty());
      tell_config(reloaded);
      tell_keys(gateway.reload_token_keys());
      const auto refusals = reload_mappings(gateway, config);
      gateway.count_reload("mappings", refusals.empty());
      tell_reload(refusals);
    }
    if (watched.changed() || signal == SIGHUP) renew_tls(gateway);
    notify_manager(signal == SIGHUP ? "READY=1\nWATCHDOG=1" : "WATCHDOG=1");
    if (std::chrono::steady_clock::now() - kept < housekeeping_interval) continue;
    gateway.housekeeping();
    kept = std::chrono::steady_clock::now();
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
  std::vector<std::string> others;
  auto config = checked_config(arguments.get("--config"), catalogue, others);
  if (!config) return 2;
  base::set_log_instance(base::ConfiguredName(config->instance));
  auto gateway = Gateway::start(*config, catalogue, InheritedSockets::of_this_process());
  if (!gateway) return could_not_run("serve", gateway.error());
  for (const std::string& finding : others) std::cerr << "immunogate: " << finding << "\n";
  base::log(base::Level::info, "gateway.ready",
            {{"https_port", (*gateway)->https_port()},
             {"operations_port", (*gateway)->operations_port()},
             {"mllp_listeners", config->mllp.size()}});
  notify_manager("READY=1");
  live(**gateway, *config, arguments.get("--config"), signals);
  notify_manager("STOPPING=1");
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
      "Runs until SIGTERM, then answers what it has read and ends. SIGHUP reloads the mappings,\n"
      "the keys of tokens, access.certificates and access.clients of the configuration, and the\n"
      "TLS files, which are also taken when they change; of what else changed in the\n"
      "configuration it says that it takes a restart.\n"
      "A service manager is told by $NOTIFY_SOCKET, and may hand over listening sockets\n"
      "($LISTEN_FDS).\n"
      "A store that is absent is made (folder mode 0700). Every key of the configuration can be\n"
      "overridden by a variable IMMUNOGATE_<PATH>, such as IMMUNOGATE_STORE_URL.",
      {{"--config", "FILE", "the configuration; deploy/immunogate.jsonc is an annotated example"}},
      serve};
  return command;
}

}  // namespace gateway::app
