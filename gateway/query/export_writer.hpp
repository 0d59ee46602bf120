#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/export.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/query/export_folder.hpp"
#include "gateway/query/export_job.hpp"
#include "gateway/store/store.hpp"

namespace gateway::query {

/// One part of an export: a search of one type, or what was deleted.
struct ExportStage {
  std::string type = {};
  fhir::search::Query query = {};                   // of a type
  std::vector<fhir::search::Criterion> scope = {};  // what the client's scopes add to it
  /// Of several filters of a type: those before this one, whose matches are written already.
  std::vector<fhir::search::Query> earlier = {};
  fhir::Excerpt excerpt = {};
  bool is_of_deletions = false;
  std::vector<std::string> types = {};  // of deletions: those that are told of
};

/// What an export does, in order. Scope is applied here. Errors: `forbidden` "scope-missing …" for
/// a type that was asked for by name, or where there is none; those of a filter that cannot be run.
base::Result<std::vector<ExportStage>> plan_of(const ExportJob& job);

/// Writes an export, a page at a time: each page is read from a state of the store that lasts as
/// long as the page, and shows it as of the job's commit. So no reader stays open, and nothing is
/// held but one page.
class ExportWriter {
 public:
  /// Sizes are of what is in memory, or downloaded, at once.
  struct Limits {
    std::size_t page_rows = 1000, page_bytes = 4U << 20U, file_bytes = 16U << 20U;
    /// Rows of the index: a page of few matches must not hold a state of the store for long.
    std::int64_t page_looks_at = 10'000;
  };
  /// Goes on where the job says; `job` is kept true while it goes on.
  ExportWriter(store::Store& store, const ExportFolder& folder, const base::Clock& clock,
               ExportJob& job, Limits limits);

  /// One page further. False: that was all; every file is closed, the job is not yet `complete`.
  /// After an error `job` has come half a step too far. `unavailable`: the store is away.
  base::Result<bool> step();
  /// What was written is on disk, and noted down.
  base::Result<void> save();
  /// As it was noted down last: where to go on behind a failed step.
  const ExportJob& saved() const { return saved_; }

 private:
  base::Result<void> prepare();
  base::Result<bool> page_of_resources(const ExportStage& stage);
  base::Result<bool> page_of_deletions(const ExportStage& stage);
  base::Result<bool> was_written(store::Snapshot& snapshot, const ExportStage& stage,
                                 const fhir::ResourceKey& key) const;
  base::Result<bool> is_told_of(store::Snapshot& snapshot, const ExportStage& stage,
                                const fhir::Version& version) const;
  base::Result<void> write(const ExportStage& stage, std::string line);
  base::Result<void> open_file(const ExportStage& stage);
  base::Result<void> flush();
  base::Result<void> close_file();
  bool is_open() const { return !job_.files.empty() && job_.files.back().sha256.empty(); }

  store::Store& store_;
  const ExportFolder& folder_;
  const base::Clock& clock_;
  ExportJob& job_;
  ExportJob saved_;
  const Limits limits_;
  std::optional<std::vector<ExportStage>> plan_;
  fhir::search::ExportQuery asked_;
  GrowingFile file_;
  std::string lines_;          // of the last file, not yet written
  std::int64_t saved_at_ = 0;  // steady microseconds
};

}  // namespace gateway::query
