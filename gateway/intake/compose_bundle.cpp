#include "gateway/intake/compose_bundle.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "gateway/base/words.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/places.hpp"
#include "gateway/intake/prepare.hpp"

namespace gateway::intake {
namespace {

base::Error mismatch(const fhir::RequestedWrite& write, const std::string& what) {
  return {base::ErrorKind::conflict, "version-mismatch " + write.key.reference() + what,
          fhir::place_of_entry(write.entry),
          "read it again and send the change on the version that stands"};
}

/// What the client, or who decided for it, expects to stand.
std::optional<base::Error> unexpected(const fhir::RequestedWrite& write,
                                      const store::Current* current) {
  const bool stands = current != nullptr && !current->deleted;
  const std::int64_t version = stands ? current->version : 0;
  if (write.creates_only && stands)
    return base::Error{base::ErrorKind::conflict, "exists there is such a resource already",
                       fhir::place_of_entry(write.entry), "leave If-None-Match out to change it"};
  if (!write.if_match.empty() && !(write.if_match == "*" && stands) &&
      version_of_etag(write.if_match) != version)
    return mismatch(write, " is not at the version asked for");
  // Seconds, as HTTP says them. What was deleted has changed too.
  if (write.unmodified_since_seconds && current != nullptr &&
      current->last_updated.microseconds / 1'000'000 > *write.unmodified_since_seconds)
    return mismatch(write, " has changed since the time of If-Unmodified-Since");
  if (write.decided_on && *write.decided_on != version)
    return base::Error{base::ErrorKind::conflict,
                       "concurrent-update somebody else was writing what this condition is about",
                       fhir::place_of_entry(write.entry), "send it again"};
  return std::nullopt;
}

/// What was final, or was taken back, is not preliminary again (DOMAIN.md T8). Of reports that is
/// not so: one whose results are not all final is not either.
bool goes_back(const fhir::RequestedWrite& write, const store::Current& current) {
  if (write.key.type != "Observation") return false;
  const auto before = fhir::JsonView::read(current.body), after = fhir::JsonView::read(write.body);
  return before && after &&
         base::is_one_of(after->root()["status"].text(), {"preliminary", "registered"}) &&
         base::is_one_of(before->root()["status"].text(),
                         {"final", "corrected", "amended", "cancelled", "entered-in-error"});
}

std::optional<base::Error> refuse(const fhir::RequestedWrite& write,
                                  const store::Current* current) {
  if (auto error = unexpected(write, current)) return error;
  const bool changes = current != nullptr && !current->deleted && !current->same;
  if (changes && !current->owner.empty() && !fhir::stays_here(write.key.type)) {
    return base::Error{base::ErrorKind::conflict,
                       "owned-by-sender owned by sender " + current->owner +
                           (current->order.empty() ? "" : ", order " + current->order),
                       fhir::place_of_entry(write.entry), "correct it by an ORU or by remap"};
  }
  if (changes && goes_back(write, *current))
    return base::Error{base::ErrorKind::conflict,
                       "status-regression a result does not go back from final to preliminary",
                       fhir::place_of_entry(write.entry),
                       "send the correction with status corrected or amended"};
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
  auto indexed = index_bodies(bodies, patients, missing);
  for (std::size_t i = 0; i < indexed.size(); ++i)
    work.prepared[i].rows = std::move(indexed[i].rows);
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

store::Entry refused_bundle(Work& work, base::Instant now) {
  auto entry = begun(work, store::ArrivalState::rejected);
  entry.audit.push_back(
      {"refused", now, work.agent, work.listener, "409", {}, work.bundle->refused->where});
  return entry;
}

void answer_as(BundleWork& bundle, const fhir::RequestedWrite& write, const store::Current* current,
               bool unchanged) {
  fhir::WriteResult result;
  result.key = write.key;
  result.version = (current == nullptr ? 0 : current->version) + (unchanged ? 0 : 1);
  result.deleted = write.body.empty();
  result.created = !unchanged && !result.deleted && (current == nullptr || current->deleted);
  // Of an equal resource, when it last changed; of a new version, the store's word replaces it.
  if (unchanged && current != nullptr) result.last_updated = current->last_updated;
  bundle.results.push_back(std::move(result));
}

/// Rows of what is deleted, so that its deletion goes where it went itself. They are not kept.
fhir::search::IndexRows last_rows(const store::Current& current, Standings& standings) {
  const auto last = current;  // the standings' own is good until they are asked again
  const auto body = fhir::JsonView::read(last.body);
  if (!body) return {};
  const auto patient = standings.identifiers(fhir::search::patient_of(last.key, *body));
  return fhir::search::index_rows(last.key, *body, patient);
}

store::VersionWrite version_of(const fhir::RequestedWrite& write, const store::Current* current,
                               const PreparedResource& prepared, Standings& standings) {
  store::VersionWrite version{write.key,    write.body, current == nullptr ? 0 : current->version,
                              std::nullopt, "",         "",
                              {},           {}};
  version.content = prepared.digest;
  // Of an entry of our own lists, the site that it is about.
  if (current != nullptr && fhir::stays_here(write.key.type)) version.owner = current->owner;
  if (prepared.rows)
    version.index = *prepared.rows;
  else if (write.body.empty() && current != nullptr)
    version.index = last_rows(*current, standings);
  return version;
}

/// To each target a part for each patient, so that it leaves in that patient's order.
std::vector<store::DeliveryWrite> deliveries_of(const Work& work,
                                                std::vector<store::DeliveryWrite> whole) {
  if (work.further_patients.empty()) return whole;
  std::vector<store::DeliveryWrite> parts;
  for (const auto& delivery : whole) {
    parts.push_back({delivery.target, work.patient.value});
    for (const auto& patient : work.further_patients)
      parts.push_back({delivery.target, patient.value});
  }
  return parts;
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
  if (bundle.refused) return refused_bundle(work, now);
  if (!work.other_patients.empty()) index_rest(work, w, standings);

  auto entry = begun(work, store::ArrivalState::accepted);
  store::AuditRow row{"ingest", now, work.agent, work.listener, "200", {}, {}};
  store::AuditRow deleted{"delete", now, work.agent, work.listener, "204", {}, {}};
  for (std::size_t i = 0; i < bundle.bundle.writes.size(); ++i) {
    const auto& write = bundle.bundle.writes[i];
    const auto* current = standings.resource(w, i);
    const bool stands = current != nullptr && !current->deleted;
    const bool unchanged = write.body.empty() ? !stands : stands && current->same;
    answer_as(bundle, write, current, unchanged);
    if (unchanged) {
      if (stands) entry.unchanged.push_back(write.key);
      continue;
    }
    (write.body.empty() ? deleted : row).entities.push_back(write.key.reference());
    entry.versions.push_back(version_of(write, current, work.prepared[i], standings));
  }
  entry.deliveries = deliveries_of(work, routes.deliveries(entry.versions, entry.arrival.path));
  if (!row.entities.empty() || deleted.entities.empty()) entry.audit.push_back(std::move(row));
  if (!deleted.entities.empty()) entry.audit.push_back(std::move(deleted));
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
