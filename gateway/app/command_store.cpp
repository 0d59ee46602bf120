#include <iostream>

#include <sys/stat.h>

#include "gateway/app/command.hpp"
#include "gateway/app/config.hpp"
#include "gateway/app/progress.hpp"
#include "gateway/app/store_commands.hpp"
#include "gateway/base/hash.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/security/signing.hpp"
#include "gateway/store/sqlite/engine.hpp"

namespace gateway::app {

base::Result<StoreConfig> store_of(const Arguments& arguments) {
  if (const std::string url = arguments.get("--store"); !url.empty()) {
    auto named = store_named(url);
    if (named) return named;
    auto error = named.error();
    error.where = "--store";
    return error;
  }
  if (!arguments.has("--config"))
    return base::Error{base::ErrorKind::malformed, "which store?", "",
                       "name it with --config FILE or --store sqlite:PATH"};
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  const auto loaded = load_config(arguments.get("--config"), variables);
  if (loaded.config) return loaded.config->store;
  return base::Error{base::ErrorKind::configuration,
                     text_of(loaded.problems.front(), arguments.get("--config")), "",
                     "`immunogate check --config FILE` says all that is wrong"};
}

base::Result<store::Verification> verified(const StoreConfig& config, bool audit_alone,
                                           const base::Clock& clock) {
  if (!config.postgresql.empty()) {
    observe::Metrics metrics;
    const auto store = open_store(config, clock, metrics);
    if (!store) return store.error();
    return audit_alone ? (*store)->verify_audit() : (*store)->verify();
  }
  Progress progress("store verify", clock);
  const auto say = [&progress](const char* what, std::int64_t done, std::int64_t total) {
    progress.say(what, done, total);
  };
  return audit_alone ? store::sqlite::verify_audit_file(config.file, say)
                     : store::sqlite::verify_file(config.file, say);
}

namespace {

/// Heads that another key signed than the one that must have.
base::Result<void> compare_signers(const Arguments& arguments, store::Verification& found) {
  if (!arguments.has("--audit-key")) return {};
  const auto key = security::read_public_key(arguments.get("--audit-key"));
  if (!key) return key.error();
  for (const std::string& signer : found.signed_by)
    if (signer != base::hex(*key))
      found.problems.push_back("signed_head: the key " + signer +
                               " signed, not that of --audit-key");
  if (found.signed_by.empty())
    found.problems.emplace_back("signed_head: nobody signed where the trail ends");
  return {};
}

}  // namespace

int tell(const Arguments& arguments, base::Result<store::Verification> found) {
  const bool audit_alone = arguments.has("--audit");
  if (!found) return could_not_run("store verify", found.error());
  if (auto compared = compare_signers(arguments, *found); !compared)
    return could_not_run("store verify", compared.error());
  for (const std::string& problem : found->problems) std::cout << problem << "\n";
  if (!audit_alone)
    std::cout << found->arrivals << " arrivals, " << found->resources << " resources, "
              << found->versions << " versions, " << found->deliveries << " deliveries, ";
  std::cout << found->audit_rows << " audit rows: "
            << (found->problems.empty() ? std::string("clean")
                                        : std::to_string(found->problems.size()) + " problems")
            << "\naudit head: " << found->audit_rows << " " << found->audit_head << "\n";
  for (const std::string& signer : found->signed_by)
    std::cout << "audit signed: up to " << found->signed_up_to << " by " << signer << "\n";
  return found->problems.empty() ? 0 : 1;
}

namespace {

int run_store(const Arguments& arguments) {
  const std::string what = arguments.words.empty() ? "" : arguments.words.front();
  const base::SystemClock clock;
  ::umask(077);
  if (what == "migrate") return migrate_store(arguments, clock);
  if (what == "backup") return back_up_store(arguments, clock);
  if (what == "restore") return restore_store(arguments, clock);
  if (what != "init" && what != "verify")
    return could_not_run("store",
                         {base::ErrorKind::malformed, "does what?", "",
                          "write `immunogate store init`, `verify`, `migrate`, `backup` or "
                          "`restore`"});
  const auto config = store_of(arguments);
  if (!config) return could_not_run("store " + what, config.error());
  if (what == "verify") {
    auto found = verified(*config, arguments.has("--audit"), clock);
    if (found && found->problems.empty() && !arguments.has("--audit"))
      note_done(*config, Done::verified);
    return tell(arguments, std::move(found));
  }
  observe::Metrics metrics;
  const auto store = open_store(*config, clock, metrics);
  if (!store) return could_not_run("store " + what, store.error());
  std::cout << "the store is there";
  if (!config->file.empty()) std::cout << ": " << config->file.string();  // a URL may be secret
  std::cout << "\n";
  return 0;
}

}  // namespace

const Command& command_store() {
  static const Command command{
      "store",
      "init|verify|backup|restore|migrate [--config FILE | --store URL] …",
      "make a store; check it through and through; copy it, bring it back, move it to PostgreSQL",
      "verify compares raw bytes with their hashes, resources with their index, every arrival, "
      "its\n"
      "deliveries and its review items with the chain of the audit; it names each place that is\n"
      "wrong by table and row, never by what stands there (exit status 1). It only reads, as of "
      "one\n"
      "moment: the gateway may run, though its write-ahead log grows meanwhile. Keep the line\n"
      "`audit head` elsewhere: who could rewrite the whole store is found by it alone. The "
      "gateway\n"
      "signs where the trail ends every minute or thousand rows; --audit-key names whose "
      "signatures\n"
      "count.\n\n"
      "migrate copies a whole store from a file into a database that has none, while no gateway\n"
      "serves from it, and verifies both. Begun again, it goes on where it ended. The file stays "
      "as "
      "it\n"
      "is: keep it until the new store has been backed up, and serve from it no more.\n\n"
      "backup copies a file as of one moment, while the gateway may run (beside the store it "
      "needs\n"
      "room for a second one meanwhile), into a folder of its own below --to. restore puts the "
      "newest\n"
      "together where no store is, verifies it, and lists of --acknowledged what it does not know: "
      "ask\n"
      "the laboratories to send that again. PostgreSQL has tools of its own for both.",
      {{"--config", "FILE", "take the store of this configuration"},
       {"--store", "URL", "the store itself: sqlite:PATH or postgresql://…"},
       {"--from", "FROM", "migrate: sqlite:PATH; restore: a folder of backups, or one of them"},
       {"--to", "TO", "migrate: postgresql://USER@HOST/DATABASE; backup: a folder"},
       {"--encrypt-to", "FILE", "backup: the certificate (PEM) of who may open it"},
       {"--plain", "", "backup: not encrypted; the folder is"},
       {"--key", "FILE", "restore: the key (PEM) of that certificate"},
       {"--until", "TIME", "restore: the newest made by then (2026-11-30T08:00:00Z)"},
       {"--acknowledged", "FILE", "restore: what laboratories had an AA for, `SENDER ID` a line"},
       {"--audit", "", "verify: the audit trail alone"},
       {"--audit-key", "FILE",
        "verify: the key (PEM, public or private) that must have signed it"}},
      run_store};
  return command;
}

}  // namespace gateway::app
