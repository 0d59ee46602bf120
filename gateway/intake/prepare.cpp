#include "gateway/intake/prepare.hpp"

#include <algorithm>
#include <exception>
#include <unordered_map>

#include "gateway/base/log.hpp"
#include "gateway/fhir/json_members.hpp"
#include "gateway/fhir/search/index_memory.hpp"
#include "gateway/fhir/search/index_steps.hpp"
#include "gateway/intake/gaps.hpp"
#include "gateway/intake/gate.hpp"
#include "gateway/mapping/follow_up.hpp"
#include "gateway/mapping/kept_account.hpp"

namespace gateway::intake {
namespace {

using fhir::search::PatientIdentifiers;

const PatientIdentifiers* find(const KnownPatients& patients, std::string_view id) {
  // From behind: what the bodies themselves say stands behind what was known before.
  const auto at = std::find_if(patients.rbegin(), patients.rend(),
                               [&](const auto& patient) { return patient.first == id; });
  return at == patients.rend() ? nullptr : &at->second;
}

/// The head that ids of one order share (V2FHIR.md §3.1): behind the letter, ten characters.
std::string_view order_head(const std::string& id) {
  return id.size() > 11 ? std::string_view(id).substr(1, 10) : std::string_view();
}

/// The resources that carry an order number.
bool is_ordered(std::string_view type) {
  return type == "DiagnosticReport" || type == "ServiceRequest";
}

/// The order number a report or request carries: the laboratory's own, else the first there is.
std::string order_number(std::string_view body) {
  const auto view = fhir::read_only(body, "identifier");
  if (!view) return {};
  const auto identifiers = view->root()["identifier"].items();
  for (const auto identifier : identifiers) {
    for (const auto coding : identifier["type"]["coding"].items()) {
      if (coding["code"].text() == "FILL") return std::string(identifier["value"].text());
    }
  }
  if (identifiers.empty()) return {};
  return std::string((*identifiers.begin())["value"].text());
}

PatientIdentifiers identifiers_of(std::string_view patient) {
  const auto view = fhir::read_only(patient, "identifier");
  return view ? fhir::search::patient_identifiers(*view) : PatientIdentifiers{};
}

void name_orders(const std::vector<BodyView>& bodies, std::vector<PreparedResource>& prepared) {
  std::unordered_map<std::string_view, std::string> orders;  // the first of a head counts
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (!prepared[i].order.empty())
      orders.emplace(order_head(bodies[i].key->id), prepared[i].order);
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto head = order_head(bodies[i].key->id);
    if (head.empty() || !prepared[i].order.empty()) continue;
    const auto at = orders.find(head);
    if (at != orders.end()) prepared[i].order = at->second;
  }
}

/// The actors that message after message names again: they nearly always stand as they are, so
/// their rows are made only where one is written (compose.cpp).
bool is_actor(std::string_view type) {
  return type == "Practitioner" || type == "PractitionerRole" || type == "Organization" ||
         type == "Location";
}

bool is_of_order(std::string_view type) {
  return type == "Observation" || type == "DiagnosticReport" || type == "ServiceRequest" ||
         type == "Specimen";
}

void prepare_resources(Work& work) {
  const auto& resources = work.message->conversion.resources;
  std::vector<BodyView> bodies;
  std::vector<std::size_t> at;
  work.prepared.resize(resources.size());
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (is_actor(resources[i].key.type)) {
      work.prepared[i].digest = base::sha256(resources[i].body);
      continue;
    }
    bodies.push_back({&resources[i].key, resources[i].body});
    at.push_back(i);
  }
  auto indexed = index_bodies(bodies, {}, work.other_patients);
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (!is_of_order(resources[at[i]].key.type))
      indexed[i].digest = base::sha256(resources[at[i]].body);
    work.prepared[at[i]] = std::move(indexed[i]);
  }
}

void convert_message(Work& work) {
  auto& message = *work.message;
  if (message.refused) return;
  try {
    auto converted = mapping::convert(*message.message, message.sender, *message.catalogue);
    if (converted) {
      message.conversion = std::move(*converted);
      prepare_resources(work);
      message.follow_ups = mapping::follow_up_keys(*message.catalogue, message.conversion);
      if (message.sender.profile != &message.catalogue->default_profile())
        message.unmapped = unmapped_fields(*message.message, message.conversion.account);
      message.account = mapping::kept(message.conversion.account, message.catalogue->version());
      message.conversion.account = {};  // large; freed by the thread that made it
    } else {
      message.refused = verdict_of(converted.error());
    }
  } catch (const std::exception&) {
    // Ours, not the sender's: it is kept, so that it can be replayed once the fault is mended.
    base::log(base::Level::error, "intake.conversion_broken",
              {{"listener", base::ConfiguredName(work.listener)}});
    message.refused =
        refusal(Situation::conversion_broken, "", 207, "internal error while converting");
  }
  message.message.reset();
  if (message.refused) {
    message.conversion = {};
    message.follow_ups.clear();
    message.account.clear();
    message.unmapped.clear();
    message.key.state = store::ArrivalState::rejected;
    work.prepared.clear();
    work.other_patients.clear();
  }
}

}  // namespace

std::vector<PreparedResource> index_bodies(const std::vector<BodyView>& bodies,
                                           const KnownPatients& known_patients,
                                           std::vector<std::string>& missing) {
  thread_local fhir::search::IndexMemory memory;
  KnownPatients patients = known_patients;
  std::vector<PreparedResource> prepared(bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i].body.empty()) continue;  // deleted: nothing to index
    const auto& [key, body] = bodies[i];
    prepared[i].rows = memory.gather(*key, body);
    if (is_ordered(key->type)) prepared[i].order = order_number(body);
    if (key->type == "Patient") patients.emplace_back(key->id, identifiers_of(body));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    auto& rows = prepared[i].rows;
    if (!rows) continue;
    const auto* identifiers = find(patients, rows->patient);
    if (rows->patient.empty() || identifiers != nullptr) {
      fhir::search::settle_rows(fhir::search::index_plan(bodies[i].key->type),
                                identifiers != nullptr ? *identifiers : PatientIdentifiers{},
                                *rows);
      continue;
    }
    if (std::find(missing.begin(), missing.end(), rows->patient) == missing.end())
      missing.push_back(rows->patient);
    rows.reset();
  }
  name_orders(bodies, prepared);
  return prepared;
}

void prepare(Work& work) {
  if (work.message) return convert_message(work);
  std::vector<BodyView> bodies;
  for (const auto& write : work.bundle->bundle.writes) bodies.push_back({&write.key, write.body});
  work.prepared = index_bodies(bodies, {}, work.other_patients);
  for (std::size_t i = 0; i < bodies.size(); ++i)
    work.prepared[i].digest = base::sha256(bodies[i].body);
}

}  // namespace gateway::intake
