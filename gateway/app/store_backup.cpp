// `immunogate store backup` and `restore` (TRUST.md §8.10).
#include <fstream>
#include <iostream>

#include "gateway/app/progress.hpp"
#include "gateway/app/store_commands.hpp"
#include "gateway/store/backup/parts.hpp"
#include "gateway/store/sqlite/engine.hpp"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;
using store::backup::Manifest;

base::Error asked_wrongly(std::string what, std::string remedy) {
  return {base::ErrorKind::malformed, std::move(what), "", std::move(remedy)};
}

/// A file; PostgreSQL's own tools copy what it keeps, and go back to any second.
base::Result<StoreConfig> file_of(const Arguments& arguments) {
  auto config = store_of(arguments);
  if (config && config->file.empty())
    return base::Error{base::ErrorKind::unsupported, "PostgreSQL is not copied by this command",
                       "store.url",
                       "take pg_basebackup and its archive of changes (RUNBOOK.md, chapter 10), "
                       "then `store verify` what was restored"};
  return config;
}

base::Result<std::optional<security::Sealer>> sealer_of(const Arguments& arguments) {
  if (arguments.has("--encrypt-to") == arguments.has("--plain"))
    return asked_wrongly(
        "who may open it?",
        "write --encrypt-to CERTIFICATE, or --plain where the folder is encrypted");
  if (arguments.has("--plain")) return std::optional<security::Sealer>();
  auto sealer = security::Sealer::read(arguments.get("--encrypt-to"));
  if (!sealer) return sealer.error();
  return std::optional(*std::move(sealer));
}

/// The copy of the moment; it goes when its parts lie elsewhere.
class Copy {
 public:
  explicit Copy(const fs::path& store) : path_(store.string() + "-backing-up") {}
  ~Copy() {
    if (alone != nullptr) store::sqlite::remove_with_sides(path_);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  const fs::path& path() const { return path_; }
  std::shared_ptr<void> alone;  // set when it is there: nobody else makes one meanwhile

 private:
  const fs::path path_;
};

base::Result<fs::path> back_up(const Arguments& arguments, const base::Clock& clock) {
  if (!arguments.has("--to")) return asked_wrongly("where to?", "write --to FOLDER");
  const auto config = file_of(arguments);
  if (!config) return config.error();
  const auto sealer = sealer_of(arguments);
  if (!sealer) return sealer.error();
  Progress progress("store backup", clock);
  Copy copy(config->file);
  Manifest manifest;
  manifest.made = base::to_text(clock.now());
  manifest.version = version();
  const auto facts = store::sqlite::copy_file(config->file, copy.path(),
                                              [&progress](auto... what) { progress.say(what...); });
  if (!facts) return facts.error();
  copy.alone = facts->alone;
  manifest.arrivals = facts->arrivals;
  manifest.audit_rows = facts->audit_rows;
  manifest.audit_head = facts->audit_head;
  auto made = store::backup::store_in(
      arguments.get("--to"), copy.path(), std::move(manifest), *sealer,
      [&progress](auto done, auto total) { progress.say("bytes", done, total); });
  if (made) note_done(*config, Done::backed_up);
  return made;
}

base::Result<std::optional<security::Opener>> opener_of(const Arguments& arguments,
                                                        const Manifest& manifest) {
  if (!manifest.is_sealed) return std::optional<security::Opener>();
  if (!arguments.has("--key"))
    return asked_wrongly("the backup is encrypted", "write --key FILE of who may open it");
  auto opener = security::Opener::read(arguments.get("--key"));
  if (!opener) return opener.error();
  return std::optional(*std::move(opener));
}

base::Result<Manifest> restore(const Arguments& arguments, const StoreConfig& config,
                               const base::Clock& clock) {
  if (!arguments.has("--from")) return asked_wrongly("from where?", "write --from FOLDER");
  if (store::sqlite::is_any_there(config.file))
    return base::Error{base::ErrorKind::configuration, "a store is there already, or its log",
                       config.file.string(), "name a place that has none"};
  const auto backup = store::backup::newest_in(arguments.get("--from"), arguments.get("--until"));
  if (!backup) return backup.error();
  auto manifest = store::backup::manifest_in(*backup);
  if (!manifest) return manifest;
  const auto opener = opener_of(arguments, *manifest);
  if (!opener) return opener.error();
  std::error_code ignored;
  if (fs::create_directories(config.file.parent_path(), ignored))
    fs::permissions(config.file.parent_path(), fs::perms::owner_all, ignored);
  Progress progress("store restore", clock);
  auto put = store::backup::put_together(
      *backup, *manifest, *opener, config.file,
      [&progress](auto done, auto total) { progress.say("bytes", done, total); });
  if (!put) return put.error();
  return manifest;
}

/// Of what laboratories had an AA for, that which the store does not know. The count; nullopt: the
/// list cannot be read.
std::optional<std::size_t> list_forgotten(const fs::path& list, const fs::path& file) {
  std::ifstream in(list);
  if (!in) return std::nullopt;
  std::vector<store::sqlite::ControlId> asked;
  for (std::string line; std::getline(in, line);)
    if (const auto blank = line.find(' '); blank != std::string::npos)
      asked.push_back({line.substr(0, blank), line.substr(blank + 1)});
  const auto unknown = store::sqlite::unknown_of(file, asked);
  if (!unknown) return std::nullopt;
  for (const auto& one : *unknown)
    std::cout << "forgotten: " << one.sender << " " << one.control_id << "\n";
  return unknown->size();
}

}  // namespace

int back_up_store(const Arguments& arguments, const base::Clock& clock) {
  const auto made = back_up(arguments, clock);
  if (!made) return could_not_run("store backup", made.error());
  const auto manifest = store::backup::manifest_in(*made);
  if (!manifest) return could_not_run("store backup", manifest.error());
  std::cout << made->string() << ": " << manifest->arrivals << " arrivals, " << manifest->bytes
            << " bytes, " << (manifest->is_sealed ? "encrypted" : "not encrypted")
            << "\naudit head: " << manifest->audit_rows << " " << manifest->audit_head << "\n";
  return 0;
}

int restore_store(const Arguments& arguments, const base::Clock& clock) {
  const auto config = file_of(arguments);
  if (!config) return could_not_run("store restore", config.error());
  const auto manifest = restore(arguments, *config, clock);
  if (!manifest) return could_not_run("store restore", manifest.error());
  std::cout << "restored as of " << manifest->made << "\n";
  auto found = verified(*config, false, clock);
  if (found && found->audit_head != manifest->audit_head)
    found->problems.emplace_back("audit: it does not end where the manifest says");
  const int status = tell(arguments, std::move(found));
  if (!arguments.has("--acknowledged")) return status;
  const auto forgotten = list_forgotten(arguments.get("--acknowledged"), config->file);
  if (!forgotten)
    return could_not_run("store restore",
                         {base::ErrorKind::configuration, "the list cannot be read",
                          arguments.get("--acknowledged"), "write `SENDER CONTROL-ID` a line"});
  std::cout << *forgotten << " acknowledged after that\n";
  return *forgotten == 0 ? status : 1;
}

}  // namespace gateway::app
