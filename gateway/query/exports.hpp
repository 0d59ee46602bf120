#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/query/export_folder.hpp"
#include "gateway/query/export_job.hpp"
#include "gateway/query/export_writer.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

struct ExportSettings {
  std::filesystem::path folder;
  std::size_t most_running = 8;                       // of all clients; of each, one
  std::int64_t most_bytes = std::int64_t{20} << 30U;  // of all files of all exports
  std::chrono::hours kept{24};                        // an export, from its end
  ExportWriter::Limits limits = {};
};

/// Bulk Data exports (Bulk Data Access 2.0): begun by a client, written by one thread beside all
/// else, one at a time, kept for a day. What has begun is gone on with by the next process. Any
/// thread.
///
///   running ──▶ complete ──▶ (expired: gone)
///      │  └───▶ failed ────▶ (expired: gone)        cancelled in any state: gone
///
/// Whoever is not the client that began an export, with the scopes it had then, finds none:
/// `not_found` "unknown-id …". Each kick-off, file and deletion is audited before it is answered.
class Exports {
 public:
  Exports(store::Store& store, const base::Clock& clock, ExportSettings settings);
  /// Stops behind the page it is at, and notes down how far it came.
  ~Exports();

  struct KickOff {
    fhir::search::ExportOf of = fhir::search::ExportOf::everything;
    std::string group = {};  // id, of one
    std::string query;
    bool is_lenient = false;
    std::string request;  // its URL, for the manifest
  };
  struct Begun {
    std::string id;
    std::vector<std::string> ignored;  // names of what was left out
  };
  /// Errors: those of parse_export and of a search; `not_found`: a patient that is named;
  /// `unavailable` "rate-limited …": too many are running, or their files take too much.
  base::Result<Begun> begin(const security::Principal& who, KickOff asked);
  /// How it stands. `unavailable` "rate-limited …": asked again and again while it is written.
  base::Result<ExportJob> status(const security::Principal& who, const std::string& id);
  struct File {
    ExportFile facts;
    std::string bytes;
  };
  base::Result<File> file(const security::Principal& who, const std::string& id,
                          const std::string& name);
  base::Result<void> cancel(const security::Principal& who, const std::string& id);

  /// Removes what has expired.
  void housekeeping();
  /// The oldest state that is still being read: what was superseded since may not be swept.
  std::optional<base::Instant> oldest_state() const;
  base::Instant expires(const ExportJob& job) const;

 private:
  enum class Wanted { now, later, never };  // later: by the next process
  void live();
  void write(ExportJob job);
  Wanted report(const ExportJob& job);
  void await_store(const ExportJob& saved);
  void end(ExportJob job, std::optional<base::Error> failure);
  void forget(const std::string& id);
  base::Result<std::vector<std::string>> members(const security::Principal& who,
                                                 const std::string& group);
  base::Result<fhir::search::ExportQuery> checked(const security::Principal& who,
                                                  const ExportJob& job);
  base::Result<ExportJob> find(const security::Principal& who, const std::string& id) const;
  /// May this client have another? With `begun` it has it then.
  base::Result<void> admit(const security::Principal& who, const ExportJob* begun);
  base::Result<void> audit(const security::Principal& who, std::string event, std::string detail);

  store::Store& store_;
  const base::Clock& clock_;
  const ExportSettings settings_;
  const ExportFolder folder_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, ExportJob> jobs_;            // guarded by mutex_; by id
  std::map<std::string, std::int64_t> asked_again_;  // guarded by mutex_; by id, see status()
  bool stopping_ = false;                            // guarded by mutex_
  std::thread thread_;
};

}  // namespace gateway::query
