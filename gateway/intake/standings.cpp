#include "gateway/intake/standings.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "gateway/fhir/json_view.hpp"
#include "gateway/mapping/follow_up.hpp"

namespace gateway::intake {
namespace {

constexpr std::string_view patient_identifier = "patient.identifier";

std::string spelled(std::string_view sender, std::string_view order) {
  std::string key(sender);
  return (key += '\x1F') += order;
}

std::optional<fhir::ResourceKey> observation_key(std::string_view reference) {
  constexpr std::string_view before = "Observation/";
  if (!reference.starts_with(before)) return std::nullopt;
  return fhir::ResourceKey{"Observation", std::string(reference.substr(before.size()))};
}

/// Each order number of a message once a patient, by a report of it.
void ask_orders(const Work& work, Asked& asked) {
  const auto begin = asked.orders.size();
  const auto& conversion = work.message->conversion;
  for (std::size_t i = 0; i < work.prepared.size(); ++i) {
    const auto& prepared = work.prepared[i];
    const auto& key = conversion.resources[i].key;
    if (key.type != "DiagnosticReport" || prepared.order.empty() || !prepared.rows) continue;
    const auto& patient = prepared.rows->patient;
    const bool known = std::any_of(
        asked.orders.begin() + static_cast<std::ptrdiff_t>(begin), asked.orders.end(),
        [&](const auto& o) { return o.order == prepared.order && o.patient.value == patient; });
    if (known) continue;
    asked.orders.push_back({conversion.sender, prepared.order, {patient}});
    asked.reports.push_back(key);
  }
}

/// Whom a resource is about once it is written; "": nobody, or it is deleted.
std::string patient_after(const fhir::RequestedWrite& write, const PreparedResource& prepared) {
  if (prepared.rows) return prepared.rows->patient;
  const auto body = fhir::JsonView::read(write.body);
  return body ? fhir::search::patient_of(write.key, *body) : "";
}

std::string spelled(const store::ArrivalKey& key) {
  return key.sender + '\x1F' + key.control_id + '\x1F' +
         (key.state == store::ArrivalState::accepted ? 'a' : 'r');
}

}  // namespace

Asked ask(const Works& group) {
  Asked asked;
  for (const auto& work : group) {
    Asked::Range range{asked.resources.size(),  0, 0, asked.arrivals.size(), asked.orders.size(),
                       work->message != nullptr};
    for (std::size_t i = 0; i < work->prepared.size(); ++i) {
      const auto& key = work->message ? work->message->conversion.resources[i].key
                                      : work->bundle->bundle.writes[i].key;
      asked.resources.push_back({key, work->prepared[i].digest.value_or(base::Digest{})});
    }
    range.patients = asked.resources.size();
    // No content: the body itself is wanted.
    for (const auto& id : work->other_patients) asked.resources.push_back({{"Patient", id}, {}});
    range.follow_ups = asked.resources.size();
    if (work->message) {
      for (const auto& key : work->message->follow_ups) asked.resources.push_back({key, {}});
      asked.arrivals.push_back(work->message->key);
      ask_orders(*work, asked);
    }
    asked.works.push_back(range);
  }
  return asked;
}

const store::Current* Standings::resource(std::size_t w, std::size_t n) {
  return at(asked_.works[w].resources + n);
}

const store::Current* Standings::other_patient(std::size_t w, std::size_t n) {
  return at(asked_.works[w].patients + n);
}

const store::Current* Standings::follow_up(std::size_t w, std::size_t n) {
  return at(asked_.works[w].follow_ups + n);
}

const store::Current* Standings::at(std::size_t ask) {
  const auto& asked = asked_.resources[ask];
  const auto written = written_.find(asked.key.reference());
  if (written == written_.end()) {
    const auto& known = known_.resources[ask];
    return known ? timed(&*known) : nullptr;
  }
  const auto& version = *written->second;
  made_ = {version.key,   version.follows + 1, version.body.empty(), false, {},
           version.owner, version.order,       version.source_time,  {}};
  const bool is_compared = asked.content != base::Digest{};
  made_.same = is_compared && base::sha256(version.body) == asked.content;
  if (!made_.same) made_.body = version.body;
  return timed(&made_);
}

/// An earlier work of the group may have said it again (T7).
const store::Current* Standings::timed(const store::Current* current) {
  const auto later = later_.find(current->key.reference());
  if (later == later_.end()) return current;
  if (current != &made_) made_ = *current;
  made_.source_time = std::max(made_.source_time.value_or(later->second), later->second);
  return &made_;
}

const store::Current* Standings::named(const fhir::ResourceKey& key) {
  const auto reference = key.reference();
  if (const auto written = written_.find(reference); written != written_.end()) {
    const auto& version = *written->second;
    made_ = {version.key,   version.follows + 1, version.body.empty(), false, version.body,
             version.owner, version.order,       version.source_time,  {}};
    return &made_;
  }
  const auto found = further_.find(reference);
  return found == further_.end() ? nullptr : &found->second;
}

const store::Current* Standings::before(std::size_t w, const fhir::ResourceKey& key) {
  if (const auto* current = named(key)) return current;
  const auto end =
      w + 1 < asked_.works.size() ? asked_.works[w + 1].resources : asked_.resources.size();
  for (std::size_t i = asked_.works[w].resources; i < end; ++i)
    if (asked_.resources[i].key == key) return at(i);
  return nullptr;
}

std::size_t Standings::end_of_orders(std::size_t w) const {
  return w + 1 < asked_.works.size() ? asked_.works[w + 1].orders : asked_.orders.size();
}

std::vector<std::string> Standings::updated_orders(const Works& group) const {
  std::vector<std::string> heads;
  std::unordered_set<std::string_view> known;
  for (std::size_t w = 0; w < group.size(); ++w) {
    if (!group[w]->message) continue;
    const auto& range = asked_.works[w];
    if (known_.arrivals[range.arrival].seen == store::Seen::duplicate) continue;
    const auto& resources = group[w]->message->conversion.resources;
    for (std::size_t i = 0; i < resources.size(); ++i) {
      const auto& current = known_.resources[range.resources + i];
      // Where it cannot be read its message is refused, and holds up nobody else's.
      if (!resources[i].report || !current || current->unreadable) continue;
      const auto head = mapping::order_head(resources[i].key.id);
      if (!head.empty() && known.insert(head).second) heads.emplace_back(head);
    }
  }
  return heads;
}

void Standings::learn_orders(const std::vector<std::string>& heads,
                             std::vector<std::vector<fhir::ResourceKey>> observations) {
  for (std::size_t i = 0; i < heads.size(); ++i) heads_[heads[i]] = std::move(observations[i]);
}

std::vector<fhir::ResourceKey> Standings::observations(std::string_view head) const {
  const auto found = heads_.find(std::string(head));
  return found == heads_.end() ? std::vector<fhir::ResourceKey>() : found->second;
}

/// Patients who had what a bundle deletes, or gives to somebody else: whoever asks for their
/// results by an identifier is told that it is gone.
std::vector<std::string> Standings::left_by(const Work& work, std::size_t w) const {
  std::vector<std::string> patients;
  const auto& writes = work.bundle->bundle.writes;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto& current = known_.resources[asked_.works[w].resources + i];
    if (!current || current->deleted || current->body.empty()) continue;
    const auto body = fhir::JsonView::read(current->body);
    if (!body) continue;
    auto patient = fhir::search::patient_of(writes[i].key, *body);
    if (!patient.empty() && patient != patient_after(writes[i], work.prepared[i]))
      patients.push_back(std::move(patient));
  }
  return patients;
}

std::vector<store::Ask> Standings::further(const Works& group) const {
  std::vector<store::Ask> asks;
  std::unordered_set<std::string> known;
  const auto ask = [&](fhir::ResourceKey key) {  // no content: the body itself is wanted
    if (known.insert(key.reference()).second) asks.push_back({std::move(key), {}});
  };
  for (std::size_t w = 0; w < group.size(); ++w) {
    if (!group[w]->message) {
      for (auto& id : left_by(*group[w], w)) ask({"Patient", std::move(id)});
      continue;
    }
    const auto& message = *group[w]->message;
    const auto& resources = message.conversion.resources;
    for (std::size_t i = 0; i < resources.size(); ++i) {
      const auto& report = resources[i].report;
      if (!report) continue;
      const auto standing = observations(mapping::order_head(resources[i].key.id));
      for (auto& key : mapping::follow_up_keys(*message.catalogue, resources[i], standing))
        ask(std::move(key));
      if (!(report->status_from_results || report->has_lone_parts)) continue;
      const auto& current = known_.resources[asked_.works[w].resources + i];
      if (!current) continue;
      const auto body = fhir::JsonView::read(current->body);
      if (!body) continue;
      for (const auto result : body->root()["result"].items())
        if (auto key = observation_key(result["reference"].text())) ask(*std::move(key));
    }
  }
  for (const auto& [head, keys] : heads_)
    for (const auto& key : keys) ask(key);
  for (const auto& order : known_.foreign) {
    for (const auto& resource : order.resources) {
      ask(resource.key);
      ask({"Patient", resource.patient.value});
    }
  }
  return asks;
}

void Standings::learn(store::Known known, const std::vector<store::Ask>& asks) {
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (known.resources[i])
      further_.emplace(asks[i].key.reference(), std::move(*known.resources[i]));
  }
}

/// Of the store, then of earlier works of the group.
std::vector<store::ForeignResource> Standings::foreign(std::size_t order) const {
  auto all = known_.foreign[order].resources;
  const auto& [sender, number, patient] = asked_.orders[order];
  const auto here = orders_.find(spelled(sender, number));
  if (here == orders_.end()) return all;
  for (const auto* entry : here->second) {
    for (const auto& version : entry->versions) {
      const bool is_filed =
          version.key.type == "Observation" || version.key.type == "DiagnosticReport";
      if (!is_filed || version.order != number || version.index.patient == patient.value) continue;
      const bool known =
          std::any_of(all.begin(), all.end(), [&](const auto& f) { return f.key == version.key; });
      if (!known) all.push_back({version.key, {version.index.patient}});
    }
  }
  return all;
}

std::vector<Standings::SharedOrder> Standings::shared_orders(std::size_t w) {
  std::vector<SharedOrder> shared;
  for (auto order = asked_.works[w].orders; order < end_of_orders(w); ++order) {
    SharedOrder one{asked_.reports[order], asked_.orders[order].order, {}};
    for (const auto& resource : foreign(order)) {
      const auto* current = named(resource.key);
      if (current == nullptr || current->deleted) continue;
      auto of = std::find_if(one.others.begin(), one.others.end(),
                             [&](const auto& o) { return o.patient == resource.patient.value; });
      if (of == one.others.end())
        of = one.others.insert(of, mapping::ForeignOrder{resource.patient.value, {}});
      of->resources.push_back(
          {resource.key, {current->version, false, current->body, false, current->source_time}});
    }
    if (!one.others.empty()) shared.push_back(std::move(one));
  }
  return shared;
}

fhir::search::PatientIdentifiers Standings::identifiers(const std::string& patient) {
  fhir::search::PatientIdentifiers found;
  if (const auto* current = named({"Patient", patient})) {
    if (auto json = fhir::JsonView::read(current->body))
      return fhir::search::patient_identifiers(*json);
  }
  // Only earlier works of the group speak of the patient: what they index says it.
  for (const auto& [reference, version] : written_) {
    if (version->index.patient != patient) continue;
    for (const auto& token : version->index.tokens)
      if (token.parameter == patient_identifier) found.tokens.push_back(token);
    found.text = version->index.patient_text;
    break;
  }
  return found;
}

std::optional<store::SeenArrival> Standings::arrival(std::size_t w) const {
  const auto& key = asked_.arrivals[asked_.works[w].arrival];
  auto seen = known_.arrivals[asked_.works[w].arrival];
  const auto here = arrivals_.find(spelled(key));
  if (seen.seen == store::Seen::duplicate || here == arrivals_.end()) return seen;
  const auto& digests = here->second;
  if (std::find(digests.begin(), digests.end(), key.bytes) != digests.end()) return std::nullopt;
  seen.seen = store::Seen::control_id_reused;
  return seen;
}

bool Standings::is_unreadable(std::size_t w) const {
  const auto& range = asked_.works[w];
  if (range.is_message) {
    const auto& seen = known_.arrivals[range.arrival];
    if (seen.unreadable) return true;
    if (seen.seen == store::Seen::duplicate) return false;  // its first answer is all it needs
  }
  const auto damaged = [&](std::size_t order) {
    const auto& foreign = known_.foreign[order];
    return foreign.unreadable ||
           std::any_of(foreign.resources.begin(), foreign.resources.end(), [&](const auto& other) {
             const auto found = further_.find(other.key.reference());
             return found != further_.end() && found->second.unreadable;
           });
  };
  for (auto order = range.orders; order < end_of_orders(w); ++order)
    if (damaged(order)) return true;
  const auto end =
      w + 1 < asked_.works.size() ? asked_.works[w + 1].resources : asked_.resources.size();
  return std::any_of(known_.resources.begin() + static_cast<std::ptrdiff_t>(range.resources),
                     known_.resources.begin() + static_cast<std::ptrdiff_t>(end),
                     [](const auto& current) { return current && current->unreadable; });
}

void Standings::apply(const store::Entry& entry) {
  if (entry.arrival.kind == store::ArrivalKind::hl7v2 && !entry.duplicate) {
    arrivals_[spelled(entry.arrival.key)].push_back(entry.arrival.key.bytes);
  }
  for (const auto& version : entry.versions) {
    written_[version.key.reference()] = &version;
    const bool is_new = version.follows == 0 && version.key.type == "Observation";
    if (const auto head = mapping::order_head(version.key.id); is_new && !head.empty())
      heads_[std::string(head)].push_back(version.key);
    if (version.key.type == "DiagnosticReport" && !version.order.empty())
      orders_[spelled(version.owner, version.order)].push_back(&entry);
  }
  for (const auto& again : entry.later) later_[again.key.reference()] = again.source_time;
  for (const auto& consequence : entry.consequences) apply(consequence);
}

}  // namespace gateway::intake
