#include "gateway/query/export_writer.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/lines.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/values.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

/// How much work a crash may cost.
constexpr std::int64_t most_unsaved_microseconds = 1'000'000;

std::string name_of(const ExportStage& stage, const std::vector<ExportFile>& files) {
  const std::string kind = stage.is_of_deletions ? "deleted" : stage.type;
  const auto before = std::ranges::count_if(files, [&](const ExportFile& file) {
    return stage.is_of_deletions ? file.is_of_deletions : file.type == stage.type;
  });
  return kind + '-' + std::to_string(before + 1) + ".ndjson";
}

}  // namespace

ExportWriter::ExportWriter(store::Store& store, const ExportFolder& folder,
                           const base::Clock& clock, ExportJob& job, Limits limits)
    : store_(store),
      folder_(folder),
      clock_(clock),
      job_(job),
      saved_(job),
      limits_(limits),
      saved_at_(clock.steady_microseconds()) {}

base::Result<void> ExportWriter::prepare() {
  auto plan = plan_of(job_);
  if (!plan) return plan.error();
  auto asked = job_.asked();
  if (!asked) return asked.error();
  plan_ = *std::move(plan);
  asked_ = *std::move(asked);
  if (!is_open()) return {};
  const auto& last = job_.files.back();
  return file_.open(folder_.path_of(job_, last.name), last.bytes);
}

base::Result<bool> ExportWriter::step() {
  if (!plan_)
    if (auto prepared = prepare(); !prepared) return prepared.error();
  if (job_.stage >= plan_->size()) return false;
  const ExportStage& stage = (*plan_)[job_.stage];
  const auto more = stage.is_of_deletions ? page_of_deletions(stage) : page_of_resources(stage);
  if (!more) return more.error();
  if (!*more) {
    job_.after.clear();
    ++job_.stage;
    const bool goes_on = job_.stage < plan_->size() && (*plan_)[job_.stage].type == stage.type;
    if (!goes_on)
      if (auto closed = close_file(); !closed) return closed.error();
  }
  if (auto written = flush(); !written) return written.error();
  if (clock_.steady_microseconds() - saved_at_ > most_unsaved_microseconds)
    if (auto saved = save(); !saved) return saved.error();
  return job_.stage < plan_->size();
}

base::Result<bool> ExportWriter::page_of_resources(const ExportStage& stage) {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  auto query = stage.query;
  query.count = limits_.page_rows;
  auto page = (*snapshot)->search({.query = &query,
                                   .scope = stage.scope,
                                   .as_of = job_.as_of,
                                   .after = job_.after,
                                   .most_bytes = limits_.page_bytes,
                                   .looks_at = limits_.page_looks_at});
  if (!page) return page.error();
  for (const auto& row : page->rows) {
    const auto written = was_written(**snapshot, stage, row.version.key);
    if (!written) return written.error();
    if (*written) continue;
    auto line = fhir::served(row.version);
    if (stage.excerpt.form != fhir::Excerpt::Form::whole)
      line = fhir::excerpt(std::move(line), stage.excerpt);
    if (auto done = write(stage, std::move(line)); !done) return done.error();
  }
  job_.after = page->after;
  return page->more;
}

/// Several filters of one type: a resource that meets two of them is written once.
base::Result<bool> ExportWriter::was_written(store::Snapshot& snapshot, const ExportStage& stage,
                                             const fhir::ResourceKey& key) const {
  for (const auto& filter : stage.earlier) {
    auto query = fhir::search::parse(key.type, "_id=" + key.id);
    if (!query) return query.error();
    for (const auto& criterion : filter.criteria) query->criteria.push_back(criterion);
    const auto found = snapshot.search({.query = &*query, .as_of = job_.as_of});
    if (!found) return found.error();
    if (!found->rows.empty()) return true;
  }
  return false;
}

base::Result<bool> ExportWriter::page_of_deletions(const ExportStage& stage) {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  const auto since = fhir::search::since_instant(asked_.since);
  if (!since) return since.error();
  std::int64_t until = job_.as_of;
  if (!asked_.until.empty()) {
    const auto said = fhir::search::since_instant(asked_.until);
    if (!said) return said.error();
    until = std::min(until, said->microseconds - 1);
  }
  auto page = (*snapshot)->changes({.type = "",
                                    .since = since->microseconds + 1,
                                    .as_of = until,
                                    .count = limits_.page_rows,
                                    .deleted_only = true,
                                    .after = job_.after});
  if (!page) return page.error();
  for (const auto& row : page->rows) {
    const auto told = is_told_of(**snapshot, stage, row.version);
    if (!told) return told.error();
    if (*told)
      if (auto done = write(stage, fhir::transaction({{row.version.key, {}}})); !done)
        return done.error();
  }
  job_.after = page->after;
  return page->more;
}

/// Of a type that is told of, the last thing that happened to it, and of a patient who is asked
/// about.
base::Result<bool> ExportWriter::is_told_of(store::Snapshot& snapshot, const ExportStage& stage,
                                            const fhir::Version& version) const {
  if (std::ranges::find(stage.types, version.key.type) == stage.types.end()) return false;
  const auto versions = snapshot.history(version.key);
  if (!versions) return versions.error();
  const auto shown = std::ranges::find_if(*versions, [this](const fhir::Version& one) {
    return one.last_updated.microseconds <= job_.as_of;
  });
  if (shown == versions->end() || shown->version != version.version) return false;
  if (asked_.patients.empty()) return true;
  const auto before = std::next(shown);
  if (before == versions->end()) return false;
  const auto body = fhir::JsonView::read(before->body);
  return body && std::ranges::find(asked_.patients, fhir::search::patient_of(version.key, *body)) !=
                     asked_.patients.end();
}

base::Result<void> ExportWriter::write(const ExportStage& stage, std::string line) {
  line = fhir::one_line(std::move(line));  // one that came over FHIR may have several
  if (is_open() && job_.files.back().bytes > 0 &&
      static_cast<std::size_t>(job_.files.back().bytes) + line.size() + 1 > limits_.file_bytes)
    if (auto closed = close_file(); !closed) return closed;
  if (!is_open())
    if (auto opened = open_file(stage); !opened) return opened;
  auto& file = job_.files.back();
  file.bytes += static_cast<std::int64_t>(line.size()) + 1;
  ++file.lines;
  (lines_ += line) += '\n';
  return {};
}

base::Result<void> ExportWriter::open_file(const ExportStage& stage) {
  const auto name = name_of(stage, job_.files);
  if (auto opened = file_.open(folder_.path_of(job_, name), 0); !opened) return opened;
  job_.files.push_back(
      {.name = name, .type = stage.type, .is_of_deletions = stage.is_of_deletions});
  return {};
}

base::Result<void> ExportWriter::flush() {
  if (lines_.empty()) return {};
  auto written = file_.append(lines_);
  lines_.clear();
  return written;
}

base::Result<void> ExportWriter::close_file() {
  if (!is_open()) return {};
  if (auto written = flush(); !written) return written;
  if (auto synced = file_.sync(); !synced) return synced;
  file_.close();
  auto& file = job_.files.back();
  const auto bytes = folder_.read(job_, file);
  if (!bytes) return bytes.error();
  file.sha256 = base::hex(base::bytes_of(base::sha256(*bytes)));
  return {};
}

base::Result<void> ExportWriter::save() {
  if (auto written = flush(); !written) return written;
  if (file_.is_open())
    if (auto synced = file_.sync(); !synced) return synced;
  if (auto saved = folder_.save(job_); !saved) return saved;
  saved_at_ = clock_.steady_microseconds();
  saved_ = job_;
  return {};
}

}  // namespace gateway::query
