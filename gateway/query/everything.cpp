#include <algorithm>
#include <set>

#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/search/references.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/retracted.hpp"
#include "gateway/query/shown.hpp"
#include "gateway/query/stage.hpp"
#include "gateway/query/visible.hpp"

namespace gateway::query {
namespace {

using fhir::search::EverythingQuery;
using security::Interaction;

class Gathering {
 public:
  Gathering(store::Snapshot& snapshot, const security::Principal& who, const std::string& patient,
            const EverythingQuery& asked, std::int64_t as_of)
      : snapshot_(snapshot), who_(who), patient_(patient), asked_(asked), as_of_(as_of) {}

  /// Fills `rows` from `stage` on; where the next page begins, nullopt: nowhere.
  base::Result<std::optional<Stage>> fill(Stage stage, std::vector<fhir::Version>& rows);

 private:
  bool is_asked(std::string_view type) const {
    return asked_.types.empty() || std::ranges::find(asked_.types, type) != asked_.types.end();
  }
  std::string since() const {
    if (asked_.since.empty()) return {};
    return "&_lastUpdated=" + fhir::search::form_encoded(asked_.since);
  }
  base::Result<std::optional<fhir::search::Query>> about(std::string_view type,
                                                         bool narrowed) const;
  base::Result<store::SearchPage> search(const fhir::search::Query& query,
                                         const std::string& after);
  base::Result<void> referred(std::set<fhir::ResourceKey>& keys);
  base::Result<std::optional<Stage>> fill_referred(std::size_t stage, std::string after,
                                                   std::vector<fhir::Version>& rows);

  store::Snapshot& snapshot_;
  const security::Principal& who_;
  const std::string& patient_;
  const EverythingQuery& asked_;
  const std::int64_t as_of_;
};

/// The search for what is about the patient; nullopt: the type is not for this client.
base::Result<std::optional<fhir::search::Query>> Gathering::about(std::string_view type,
                                                                  bool narrowed) const {
  if (!restricted(who_, Interaction::search, type)) return std::optional<fhir::search::Query>();
  std::string text = (type == "Patient" ? "_id=" : "patient=") + patient_;
  if (narrowed) text += since();
  if (const auto* date = fhir::search::clinical_date(type)) {
    if (narrowed)
      for (const auto& bound : asked_.dates)
        text += '&' + std::string(date->name) + '=' + fhir::search::form_encoded(bound);
    text += "&_sort=" + std::string(date->name);
  }
  auto query = fhir::search::parse(type, text);
  if (!query) return query.error();
  return std::optional(*std::move(query));
}

base::Result<store::SearchPage> Gathering::search(const fhir::search::Query& query,
                                                  const std::string& after) {
  const auto scope = restricted(who_, Interaction::search, query.type);
  if (!scope) return scope.error();
  return snapshot_.search({.query = &query, .scope = *scope, .as_of = as_of_, .after = after});
}

base::Result<std::optional<Stage>> Gathering::fill(Stage stage, std::vector<fhir::Version>& rows) {
  const auto types = fhir::search::compartment_types();
  for (; stage.number < types.size(); ++stage.number, stage.after.clear()) {
    if (!is_asked(types[stage.number])) continue;
    auto query = about(types[stage.number], true);
    if (!query) return query.error();
    if (!*query) continue;
    (*query)->count = asked_.count - rows.size();
    auto page = search(**query, stage.after);
    if (!page) return page.error();
    for (auto& row : page->rows) rows.push_back(std::move(row.version));
    if (page->more) return std::optional(Stage{stage.number, page->after});
    if (rows.size() == asked_.count) return std::optional(Stage{stage.number + 1, {}});
  }
  return fill_referred(stage.number, std::move(stage.after), rows);
}

/// Who and what all of it refers to, whether or not it was asked for itself.
base::Result<void> Gathering::referred(std::set<fhir::ResourceKey>& keys) {
  const auto wanted = fhir::search::referred_types();
  std::set<fhir::ResourceKey> about_patient;  // given already
  for (const auto type : fhir::search::compartment_types()) {
    auto query = about(type, false);
    if (!query) return query.error();
    if (!*query) continue;
    (*query)->count = 1000;
    std::string after;
    do {
      auto page = search(**query, after);
      if (!page) return page.error();
      for (const auto& row : page->rows) {
        about_patient.insert(row.version.key);
        const auto body = fhir::JsonView::read(row.version.body);
        if (!body) continue;
        for (auto& key : fhir::search::follow(type, *body, nullptr))
          if (std::ranges::find(wanted, key.type) != wanted.end() && is_asked(key.type))
            keys.insert(std::move(key));
      }
      after = page->more ? page->after : std::string();
    } while (!after.empty());
  }
  for (const auto& key : about_patient) keys.erase(key);
  return {};
}

base::Result<std::optional<Stage>> Gathering::fill_referred(std::size_t stage, std::string after,
                                                            std::vector<fhir::Version>& rows) {
  std::set<fhir::ResourceKey> keys;
  if (auto found = referred(keys); !found) return found.error();
  for (const auto& key : keys) {
    const std::string reference = key.reference();
    if (!after.empty() && reference <= after) continue;
    if (rows.size() == asked_.count) return std::optional(Stage{stage, std::move(after)});
    after = reference;
    if (!restricted(who_, Interaction::search, key.type)) continue;
    auto query = fhir::search::parse(key.type, "_id=" + key.id + since());
    if (!query) return query.error();
    auto page = search(*query, {});
    if (!page) return page.error();
    for (auto& row : page->rows) rows.push_back(std::move(row.version));
  }
  return std::optional<Stage>();
}

}  // namespace

base::Result<Page> Reader::everything(const security::Principal& who, const std::string& patient,
                                      const EverythingQuery& query) {
  const fhir::ResourceKey key{"Patient", patient};
  const auto bound_to = binding(who, key.reference() + "/$everything", query.self);
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  const auto found = read_as(**snapshot, who, key);
  if (!found) return found.error();
  if (found->deleted && query.cursor.empty())  // later pages show what stood at the first
    return base::Error{base::ErrorKind::not_found, "resource-deleted it was deleted", "", ""};
  auto cursor = resumed(query.cursor, bound_to);
  if (!cursor) return cursor.error();
  if (cursor->as_of == 0) cursor->as_of = (*snapshot)->commit();
  Page page;
  auto next = Gathering(**snapshot, who, patient, query, cursor->as_of)
                  .fill(Stage::read(cursor->after).value_or(Stage{}), page.rows);
  if (!next) return next.error();
  if (*next) page.next = sealed({cursor->as_of, (*next)->text(), {}}, bound_to);
  if (cursor->as_of < (*snapshot)->commit())
    if (const auto dropped = drop_retracted(**snapshot, who, page); !dropped)
      return dropped.error();
  show(who, page.rows);
  return page;
}

}  // namespace gateway::query
