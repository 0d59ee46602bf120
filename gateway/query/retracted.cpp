#include "gateway/query/retracted.hpp"

#include "gateway/fhir/json_view.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

base::Result<bool> is_retracted(store::Snapshot& snapshot, const security::Principal& who,
                                const fhir::Version& shown) {
  const auto now = snapshot.read(shown.key, {});
  if (!now) return now.error();
  if (!*now || (*now)->deleted) return true;
  if ((*now)->version == shown.version) return false;
  const auto body = fhir::JsonView::read((*now)->body);
  if (body && body->root()["status"].text() == "entered-in-error") return true;
  const auto scope = restricted(who, security::Interaction::search, shown.key.type);
  if (!scope) return scope.error();
  const auto seen = visible(snapshot, shown.key, *scope);
  if (!seen) return seen.error();
  return !*seen;
}

/// Returns whether there was any.
base::Result<bool> dropped(store::Snapshot& snapshot, const security::Principal& who,
                           std::vector<fhir::Version>& rows) {
  std::vector<fhir::Version> kept;
  for (auto& row : rows) {
    const auto retracted = is_retracted(snapshot, who, row);
    if (!retracted) return retracted.error();
    if (!*retracted) kept.push_back(std::move(row));
  }
  const bool any = kept.size() < rows.size();
  rows = std::move(kept);
  return any;
}

}  // namespace

base::Result<void> drop_retracted(store::Snapshot& snapshot, const security::Principal& who,
                                  Page& page) {
  const auto matches = dropped(snapshot, who, page.rows);
  if (!matches) return matches.error();
  const auto beside = dropped(snapshot, who, page.included);
  if (!beside) return beside.error();
  if (*matches || *beside)
    page.notes.emplace_back(
        "what was taken back since the first page, or is out of reach by now, is not shown");
  return {};
}

}  // namespace gateway::query
