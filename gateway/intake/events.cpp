#include "gateway/intake/events.hpp"

#include <optional>

#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/search/index.hpp"

namespace gateway::intake {
namespace {

using fhir::search::IndexRows;

/// Of what stood; nullopt: nothing did.
std::optional<IndexRows> rows_before(const store::VersionWrite& write, const Before& before) {
  if (write.follows == 0) return std::nullopt;
  const auto* current = before(write.key);
  if (current == nullptr || current->deleted) return std::nullopt;
  const auto body = fhir::JsonView::read(current->body);
  if (!body) return IndexRows{};  // it stood; what it said is not told any more
  // Its patient is the same one, whose identifiers the new rows have.
  fhir::search::PatientIdentifiers patient;
  for (const auto& token : write.index.tokens)
    if (token.parameter == "patient.identifier") patient.tokens.push_back(token);
  patient.text = write.index.patient_text;
  return fhir::search::index_rows(write.key, *body, patient);
}

bool is_focus(const topics::Interests& interests, std::string_view type) {
  for (const auto& interest : interests)
    if (interest->topic->focus == type) return true;
  return false;
}

}  // namespace

void add_events(store::Entry& entry, const topics::Interests& interests, const Before& before) {
  if (interests.empty()) return;
  for (std::size_t i = 0; i < entry.versions.size(); ++i) {
    const auto& write = entry.versions[i];
    if (!is_focus(interests, write.key.type)) continue;
    const auto stood = rows_before(write, before);
    for (const auto& interest : interests)
      if (topics::is_wanted(*interest, write.key, write.index, stood ? &*stood : nullptr))
        entry.events.push_back({interest->subscription, i});
  }
  for (auto& consequence : entry.consequences) add_events(consequence, interests, before);
}

}  // namespace gateway::intake
