#include "gateway/intake/events.hpp"

#include <optional>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"

namespace gateway::intake {
namespace {

using fhir::search::IndexRows;

/// Of the patient whom the rows are about, as they have them.
fhir::search::PatientIdentifiers patient_in(const IndexRows& rows) {
  fhir::search::PatientIdentifiers patient;
  for (const auto& token : rows.tokens)
    if (token.parameter == "patient.identifier") patient.tokens.push_back(token);
  patient.text = rows.patient_text;
  return patient;
}

/// Of what stood; nullopt: nothing did.
std::optional<IndexRows> rows_before(const store::VersionWrite& write, const Before& before,
                                     const IdentifiersOf& identifiers) {
  if (write.follows == 0) return std::nullopt;
  const auto* current = before(write.key);
  if (current == nullptr || current->deleted) return std::nullopt;
  const auto stood = current->body;  // `current` is good until the patient is looked for
  const auto body = fhir::JsonView::read(stood);
  if (!body) return IndexRows{};  // it stood; what it said is not told any more
  const auto id = fhir::search::patient_of(write.key, *body);
  const bool is_same = id == write.index.patient;
  return fhir::search::index_rows(write.key, *body,
                                  is_same ? patient_in(write.index) : identifiers(id));
}

bool is_focus(const topics::Interests& interests, std::string_view type) {
  for (const auto& interest : interests)
    if (interest->topic->focus == type) return true;
  return false;
}

}  // namespace

void add_events(store::Entry& entry, const topics::Interests& interests, const Before& before,
                const IdentifiersOf& identifiers) {
  if (interests.empty()) return;
  for (std::size_t i = 0; i < entry.versions.size(); ++i) {
    const auto& write = entry.versions[i];
    if (!is_focus(interests, write.key.type)) continue;
    const auto stood = rows_before(write, before, identifiers);
    for (const auto& interest : interests)
      if (topics::is_wanted(*interest, write.key, write.index, stood ? &*stood : nullptr))
        entry.events.push_back({interest->subscription, i});
  }
  for (auto& consequence : entry.consequences)
    add_events(consequence, interests, before, identifiers);
}

}  // namespace gateway::intake
