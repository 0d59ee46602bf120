#include "gateway/intake/consequences.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "gateway/intake/prepare.hpp"

namespace gateway::intake {
namespace {

store::Entry begun(const Work& work, const std::string& patient, base::Instant now) {
  store::Entry entry;
  entry.patient = {patient};
  entry.arrival.kind = store::ArrivalKind::consequence;
  entry.arrival.key = {work.message->key.sender, work.message->key.control_id, base::sha256(""),
                       store::ArrivalState::accepted};
  entry.arrival.received = work.received;
  entry.arrival.listener = work.listener;
  entry.audit.push_back({"mark", now, work.agent, work.listener, "AA", {}, "patient-mismatch"});
  return entry;
}

void add_versions(store::Entry& entry, OrderMarks& order, const std::string& sender,
                  const KnownPatients& patients) {
  std::vector<BodyView> bodies;
  for (const auto& write : order.marks.writes) bodies.push_back({&write.key, write.body});
  std::vector<std::string> missing;
  auto prepared = index_bodies(bodies, patients, missing);
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    auto& write = order.marks.writes[i];
    store::VersionWrite version{write.key,
                                std::move(write.body),
                                write.follows,
                                write.source_time,
                                sender,
                                order.number,
                                {},
                                {}};
    if (prepared[i].rows) version.index = std::move(*prepared[i].rows);
    entry.audit.back().entities.push_back(version.key.reference());
    entry.versions.push_back(std::move(version));
  }
}

}  // namespace

std::vector<store::Entry> consequences(const Work& work, std::vector<OrderMarks> marks,
                                       Standings& standings, const Routes& routes,
                                       base::Instant now) {
  std::vector<store::Entry> entries;
  for (auto& order : marks) {
    const auto& patient = order.marks.patient;
    auto entry = std::find_if(entries.begin(), entries.end(),
                              [&](const auto& e) { return e.patient.value == patient; });
    if (entry == entries.end()) entry = entries.insert(entry, begun(work, patient, now));
    add_versions(*entry, order, work.message->conversion.sender,
                 {{patient, standings.identifiers(patient)}});
    for (auto& item : reviews_of(order.marks.issues)) entry->reviews.push_back(std::move(item));
  }
  for (auto& entry : entries) entry.deliveries = routes.deliveries(entry.versions, "");
  return entries;
}

std::vector<store::ReviewItem> reviews_of(const std::vector<mapping::Issue>& issues) {
  std::vector<store::ReviewItem> items;
  std::unordered_set<std::string> known;
  for (const auto& issue : issues) {
    if (issue.severity == mapping::Severity::information) continue;
    const std::string said = issue.code + '\x1F' + issue.where + '\x1F' + issue.text;
    if (!issue.where.empty() && !known.insert(said).second) continue;
    items.push_back({issue.code, std::string(to_text(issue.severity)), issue.where, issue.resource,
                     issue.text});
  }
  return items;
}

}  // namespace gateway::intake
