#include "gateway/query/exports.hpp"

#include <algorithm>
#include <utility>

#include <sys/resource.h>

#include "gateway/base/hash.hpp"
#include "gateway/base/log.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/query/visible.hpp"
#include "gateway/security/random.hpp"

namespace gateway::query {
namespace {

/// A client may ask how its export stands so often at once, and then once a second.
constexpr std::int64_t most_at_once = 10;

base::Error none_such() {
  return {base::ErrorKind::not_found, "unknown-id there is no such export", "",
          "begin one with $export; they are kept for a day, and removed on DELETE"};
}

base::Error limited(std::string what, std::string remedy) {
  return {base::ErrorKind::unavailable, "rate-limited " + std::move(what), "", std::move(remedy)};
}

}  // namespace

Exports::Exports(store::Store& store, const base::Clock& clock, ExportSettings settings)
    : store_(store), clock_(clock), settings_(std::move(settings)), folder_(settings_.folder) {
  for (auto& job : folder_.jobs()) jobs_.emplace(job.id, std::move(job));
  thread_ = std::thread([this] { live(); });
}

Exports::~Exports() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

base::Result<void> Exports::admit(const security::Principal& who, const ExportJob* begun) {
  std::size_t running = 0;
  std::int64_t bytes = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, job] : jobs_) {
    bytes += job.bytes();
    if (job.state != ExportJob::State::running) continue;
    ++running;
    if (job.client == who.name)
      return limited("an export of this client is running", "wait for it, or delete it");
  }
  if (running >= settings_.most_running)
    return limited("too many exports are running", "try again later");
  if (bytes >= settings_.most_bytes)
    return limited("the files of exports fill their share of the disk",
                   "delete an export that is no longer needed, or wait until one expires");
  if (begun != nullptr) jobs_.emplace(begun->id, *begun);
  return {};
}

/// Patients of a client's own Group; one who is there no more, or out of scope, gives no line.
base::Result<std::vector<std::string>> Exports::members(const security::Principal& who,
                                                        const std::string& group) {
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  const fhir::ResourceKey key{"Group", group};
  const auto found = read_as(**snapshot, who, key);
  if (!found) return found.error();
  const auto body = fhir::JsonView::read(found->body);
  if (found->deleted || !body) return unknown(key);
  std::vector<std::string> ids;
  for (const auto member : body->root()["member"].items()) {
    const auto target = fhir::search::target_of(member["entity"]["reference"].text());
    if (target && target->type == "Patient" && member["inactive"].text() != "true")
      ids.emplace_back(target->id);
  }
  return ids;
}

/// Everything that can be wrong with an export is said before it begins.
base::Result<fhir::search::ExportQuery> Exports::checked(const security::Principal& who,
                                                         const ExportJob& job) {
  auto asked = job.asked();
  if (!asked) return asked.error();
  if (auto plan = plan_of(job); !plan) return plan.error();
  if (asked->patients.empty() || job.of == fhir::search::ExportOf::group) return asked;
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  for (const std::string& id : asked->patients)
    if (auto patient = read_as(**snapshot, who, {"Patient", id}); !patient) return patient.error();
  return asked;
}

base::Result<Exports::Begun> Exports::begin(const security::Principal& who, KickOff asked) {
  ExportJob job;
  job.id = base::base32(base::sha256(security::random_bytes(32)), 26);
  job.request = std::move(asked.request);
  job.client = who.name;
  job.role = who.role;
  job.scopes = security::to_text(who.scopes);
  job.of = asked.of;
  job.query = std::move(asked.query);
  job.is_lenient = asked.is_lenient;
  if (job.of == fhir::search::ExportOf::group) {
    auto ids = members(who, asked.group);
    if (!ids) return ids.error();
    job.members = *std::move(ids);
  }
  job.begun = clock_.now();
  if (auto admitted = admit(who, nullptr); !admitted) return admitted.error();
  auto read = checked(who, job);
  if (!read) return read.error();
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  job.as_of = std::max<std::int64_t>((*snapshot)->commit(), 1);  // 0 would be: now, ever again
  snapshot->reset();
  if (auto begun = folder_.begin(job); !begun) return begun.error();
  auto admitted = admit(who, &job);
  auto audited = admitted ? audit(who, "export", job.request) : admitted;
  if (!audited) {
    forget(job.id);
    return audited.error();
  }
  changed_.notify_all();
  return Begun{job.id, std::move(read->ignored)};
}

/// Where it is being written, its writer finds it gone, and removes what it wrote since.
void Exports::forget(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(id);
    asked_again_.erase(id);
  }
  folder_.remove(id);
}

base::Result<ExportJob> Exports::find(const security::Principal& who, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = jobs_.find(id);
  if (at == jobs_.end() || !at->second.belongs_to(who)) return none_such();
  return at->second;
}

base::Result<ExportJob> Exports::status(const security::Principal& who, const std::string& id) {
  auto job = find(who, id);
  if (!job || job->state != ExportJob::State::running) return job;
  const auto now = clock_.steady_microseconds();
  const std::lock_guard lock(mutex_);
  auto& due = asked_again_[id];  // when the questions so far were due, at one a second
  due = std::max(due, now);
  if (due - now >= most_at_once * base::microseconds_a_second)
    return limited("this export is asked about too often", "wait as Retry-After says");
  due += base::microseconds_a_second;
  return job;
}

base::Result<Exports::File> Exports::file(const security::Principal& who, const std::string& id,
                                          const std::string& name) {
  const auto job = find(who, id);
  if (!job) return job.error();
  const auto at = std::ranges::find(job->files, name, &ExportFile::name);
  if (job->state != ExportJob::State::complete || at == job->files.end()) return none_such();
  auto bytes = folder_.read(*job, *at);
  if (!bytes) return bytes.error();
  if (auto audited = audit(who, "export-file", id + '/' + name); !audited) return audited.error();
  return File{*at, *std::move(bytes)};
}

base::Result<void> Exports::cancel(const security::Principal& who, const std::string& id) {
  const auto job = find(who, id);
  if (!job) return job.error();
  if (auto audited = audit(who, "export-delete", id); !audited) return audited;
  forget(id);
  return {};
}

base::Result<void> Exports::audit(const security::Principal& who, std::string event,
                                  std::string detail) {
  const store::AuditRow row{std::move(event), clock_.now(), who.name, "https", "200", {},
                            std::move(detail)};
  auto written = store_.audit({&row, 1});
  if (written) return {};
  return base::Error{base::ErrorKind::unavailable, "audit-unavailable this cannot be noted down",
                     "", "try again later"};
}

base::Instant Exports::expires(const ExportJob& job) const {
  const auto from = job.state == ExportJob::State::running ? job.begun : job.ended;
  return {from.microseconds + std::chrono::microseconds(settings_.kept).count()};
}

void Exports::housekeeping() {
  std::vector<std::string> expired;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(jobs_, [&](const auto& one) {
      const bool is_over = clock_.now() > expires(one.second);
      if (is_over) expired.push_back(one.first);
      return is_over;
    });
    for (const auto& id : expired) asked_again_.erase(id);
  }
  for (const auto& id : expired) folder_.remove(id);
}

std::optional<base::Instant> Exports::oldest_state() const {
  std::optional<base::Instant> oldest;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, job] : jobs_)
    if (job.state == ExportJob::State::running)
      oldest = std::min(oldest.value_or(base::Instant{job.as_of}), base::Instant{job.as_of});
  return oldest;
}

// ---- the thread that writes ----------------------------------------------------------------

void Exports::live() {
  // Results that arrive go first: on Linux a thread has a priority of its own.
  ::setpriority(PRIO_PROCESS, 0, 10);
  for (;;) {
    ExportJob next;
    {
      std::unique_lock lock(mutex_);
      const auto running = [this] {
        auto first = jobs_.end();
        for (auto at = jobs_.begin(); at != jobs_.end(); ++at)
          if (at->second.state == ExportJob::State::running &&
              (first == jobs_.end() || at->second.begun < first->second.begun))
            first = at;
        return first;
      };
      changed_.wait(lock, [&] { return stopping_ || running() != jobs_.end(); });
      if (stopping_) return;
      next = running()->second;
    }
    write(std::move(next));
  }
}

/// Tells how far it came.
Exports::Wanted Exports::report(const ExportJob& job) {
  const std::lock_guard lock(mutex_);
  const auto at = jobs_.find(job.id);
  if (at == jobs_.end()) return Wanted::never;
  at->second = job;
  return stopping_ ? Wanted::later : Wanted::now;
}

void Exports::write(ExportJob job) {
  ExportWriter writer(store_, folder_, clock_, job, settings_.limits);
  base::Result<bool> more = true;
  Wanted wanted = Wanted::now;
  while (more && *more && (wanted = report(job)) == Wanted::now) {
    more = writer.step();
    if (!more) break;
    if (job.bytes() > settings_.most_bytes) {
      more = base::Error{base::ErrorKind::too_large, "there is no room for so large a one", "", ""};
    } else if (const auto health = store_.health(); *more && !health.writable) {  // for a while
      more = base::Error{base::ErrorKind::unavailable, health.reason, "", ""};
    }
  }
  if (wanted == Wanted::never) return folder_.remove(job.id);
  if (wanted == Wanted::later) {
    if (!writer.save()) base::log(base::Level::warning, "export.not_saved");
    return;
  }
  if (!more && more.error().kind == base::ErrorKind::unavailable)
    return await_store(writer.saved());
  end(std::move(job), more ? std::nullopt : std::optional(more.error()));
}

/// The store is away, or busy: the export goes on where it was last noted down.
void Exports::await_store(const ExportJob& saved) {
  constexpr std::chrono::seconds pause{2};
  if (report(saved) == Wanted::never) return folder_.remove(saved.id);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [this] { return stopping_; });
}

void Exports::end(ExportJob job, std::optional<base::Error> failure) {
  job.state = ExportJob::State::complete;
  job.ended = clock_.now();
  if (!failure)
    if (auto saved = folder_.save(job); !saved) failure = saved.error();
  base::log(failure ? base::Level::warning : base::Level::info,
            failure ? "export.failed" : "export.complete",
            {{"lines", job.lines()}, {"bytes", job.bytes()}});
  if (failure) {  // nobody will read its files, and what they take may be why it failed
    job.state = ExportJob::State::failed;
    job.failure = "internal the export ended early: " + failure->what;
    job.files.clear();
    folder_.remove(job.id);
    if (!folder_.begin(job)) base::log(base::Level::warning, "export.not_saved");
  }
  if (report(job) == Wanted::never) folder_.remove(job.id);
}

}  // namespace gateway::query
