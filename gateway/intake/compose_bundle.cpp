#include "gateway/intake/compose_bundle.hpp"

#include <charconv>
#include <utility>

#include "gateway/fhir/json_view.hpp"
#include "gateway/intake/prepare.hpp"

namespace gateway::intake {
namespace {

std::string entry_place(const fhir::RequestedWrite& write) {
  return "Bundle.entry[" + std::to_string(write.entry) + "]";
}

std::optional<base::Error> refuse(const fhir::RequestedWrite& write,
                                  const store::Current* current) {
  const bool stands = current != nullptr && !current->deleted;
  if (!write.if_match.empty() &&
      version_of_etag(write.if_match) != (stands ? current->version : 0)) {
    return base::Error{
        base::ErrorKind::conflict,
        "version-mismatch " + write.key.reference() + " is not at the version asked for",
        entry_place(write), "read it again and send the change on the version that stands"};
  }
  // Seconds, as HTTP says them. What was deleted has changed too.
  if (write.unmodified_since_seconds && current != nullptr &&
      current->last_updated.microseconds / 1'000'000 > *write.unmodified_since_seconds) {
    return base::Error{base::ErrorKind::conflict,
                       "version-mismatch " + write.key.reference() +
                           " has changed since the time of If-Unmodified-Since",
                       entry_place(write),
                       "read it again and send the change on the version that stands"};
  }
  if (stands && !current->same && !current->owner.empty()) {
    return base::Error{base::ErrorKind::conflict,
                       "owned-by-sender owned by sender " + current->owner +
                           (current->order.empty() ? "" : ", order " + current->order),
                       entry_place(write), "correct it by an ORU or by remap"};
  }
  return std::nullopt;
}

/// Rows that had to wait for a Patient who is not in the bundle.
void index_rest(Work& work, std::size_t w, Standings& standings) {
  KnownPatients patients;
  for (std::size_t i = 0; i < work.other_patients.size(); ++i) {
    auto& identifiers =
        patients.emplace_back(work.other_patients[i], fhir::search::PatientIdentifiers{}).second;
    const auto* current = standings.other_patient(w, i);
    if (current == nullptr || current->deleted) continue;
    if (auto json = fhir::JsonView::read(current->body)) {
      identifiers = fhir::search::patient_identifiers(*json);
    }
  }
  std::vector<BodyView> bodies;
  for (const auto& write : work.bundle->bundle.writes) bodies.push_back({&write.key, write.body});
  std::vector<std::string> missing;
  work.prepared = index_bodies(bodies, patients, missing);
}

store::Entry begun(Work& work, store::ArrivalState state) {
  auto& bundle = *work.bundle;
  store::Entry entry;
  entry.arrival.kind = store::ArrivalKind::bundle;
  entry.arrival.key = {bundle.bundle.who.name, "", bundle.digest, state};
  entry.arrival.received = work.received;
  entry.arrival.listener = work.listener;
  entry.arrival.size = bundle.bundle.bytes.size();
  entry.arrival.bytes = std::move(bundle.bundle.bytes);
  entry.arrival.path = bundle.bundle.path;
  entry.patient = work.patient;
  return entry;
}

store::Entry rejected(Work& work, base::Instant now) {
  auto entry = begun(work, store::ArrivalState::rejected);
  entry.audit.push_back(
      {"refused", now, work.agent, work.listener, "409", {}, work.bundle->refused->where});
  return entry;
}

void answer_as(BundleWork& bundle, const fhir::ResourceKey& key, const store::Current* current,
               bool unchanged) {
  fhir::WriteResult result;
  result.key = key;
  result.version = current == nullptr ? 1 : current->version + (unchanged ? 0 : 1);
  result.created = !unchanged && (current == nullptr || current->deleted);
  // Of an equal resource, when it last changed; of a new version, the store's word replaces it.
  if (unchanged) result.last_updated = current->last_updated;
  bundle.results.push_back(std::move(result));
}

}  // namespace

store::Entry compose_bundle(Work& work, std::size_t w, Standings& standings, const Routes& routes,
                            base::Instant now) {
  auto& bundle = *work.bundle;
  bundle.refused.reset();
  bundle.results.clear();
  for (std::size_t i = 0; i < bundle.bundle.writes.size() && !bundle.refused; ++i) {
    bundle.refused = refuse(bundle.bundle.writes[i], standings.resource(w, i));
  }
  if (bundle.refused) return rejected(work, now);
  if (!work.other_patients.empty()) index_rest(work, w, standings);

  auto entry = begun(work, store::ArrivalState::accepted);
  store::AuditRow row{"ingest", now, work.agent, work.listener, "200", {}, {}};
  for (std::size_t i = 0; i < bundle.bundle.writes.size(); ++i) {
    const auto& write = bundle.bundle.writes[i];
    const auto* current = standings.resource(w, i);
    const bool unchanged = current != nullptr && !current->deleted && current->same;
    answer_as(bundle, write.key, current, unchanged);
    if (unchanged) {
      entry.unchanged.push_back(write.key);
      continue;
    }
    store::VersionWrite version{write.key,    write.body, current == nullptr ? 0 : current->version,
                                std::nullopt, "",         "",
                                {},           {}};
    version.content = work.prepared[i].digest;
    if (work.prepared[i].rows) version.index = *work.prepared[i].rows;
    row.entities.push_back(write.key.reference());
    entry.versions.push_back(std::move(version));
  }
  entry.deliveries = routes.deliveries(entry.versions, entry.arrival.path);
  entry.audit.push_back(std::move(row));
  return entry;
}

std::int64_t version_of_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return -1;
  etag = etag.substr(1, etag.size() - 2);
  std::int64_t version = -1;
  const auto read = std::from_chars(etag.data(), etag.data() + etag.size(), version);
  return read.ec == std::errc() && read.ptr == etag.data() + etag.size() ? version : -1;
}

}  // namespace gateway::intake
