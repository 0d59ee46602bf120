/// Room query (floor 5): everything that is read, *as somebody*: scope is applied here and nowhere
/// else. Knows no HTTP.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/fhir/resource.hpp"
#include "gateway/fhir/search/everything.hpp"
#include "gateway/fhir/search/history.hpp"
#include "gateway/fhir/search/query.hpp"
#include "gateway/fhir/search/several.hpp"
#include "gateway/query/cursor.hpp"
#include "gateway/security/scope.hpp"
#include "gateway/store/store.hpp"
#include "gateway/topics/notice.hpp"
#include "gateway/topics/subscription.hpp"

namespace gateway::query {

struct Page {
  std::vector<fhir::Version> rows;
  std::vector<fhir::Version> included;  // beside them
  std::optional<std::int64_t> total;
  std::string next;                // sealed cursor; "" on the last page
  std::string related;             // likewise: what more is included beside these rows; "": nothing
  std::string previous;            // likewise; "" on the first page, and where it is not offered
  bool has_more = false;           // of a change feed: by now, behind what it looked at
  std::vector<std::string> notes;  // for an `outcome` entry: ignored parameters, dropped rows
};

/// What a patient's timeline is made of: one state of the store.
struct Timeline {
  fhir::Version patient;  // may be deleted; then there are no results
  base::Instant as_of;
  std::vector<fhir::Version> results;  // current Observations, in the order they were written
};

/// Which events of a subscription.
struct ToldQuery {
  std::optional<std::int64_t> after;       // absent: what its receiver has said yes to
  std::size_t most = 0;                    // of them
  std::optional<topics::Payload> payload;  // absent: as the subscription says
};
struct Told {
  fhir::Version version;  // the Subscription itself
  topics::Subscription what;
  std::int64_t count = 0;  // of all its events
  std::vector<topics::Event> events;
  std::set<std::string> patients = {};  // whom these are about: "Patient/p…"
};
/// What is noted down of telling them (TRUST.md §5.1): a disclosure to whom it belongs.
store::AuditRow notified(const Told& told, const security::Principal& who, std::string source,
                         base::Instant at);

/// Reads as a principal. Errors: `forbidden` (no scope for the interaction on the type, the same
/// for existing and unknown ids), `not_found` (unknown, or outside the scope), `malformed`
/// ("cursor-forged …"), `unavailable`. Deleted resources come back with `deleted` set; what is
/// asked about one is `not_found` "resource-deleted …".
class Reader {
 public:
  Reader(store::Store& store, const base::Clock& clock);
  base::Result<fhir::Version> read(const security::Principal& who, const fhir::ResourceKey& key,
                                   std::optional<std::int64_t> version = {});
  /// What was written of one resource, newest first.
  base::Result<Page> history(const security::Principal& who, const fhir::ResourceKey& key,
                             const fhir::search::HistoryQuery& query);
  /// The same of a type, or of all types the client may read (`type` ""). A version is shown if the
  /// resource is in scope now.
  base::Result<Page> changes(const security::Principal& who, const std::string& type,
                             const fhir::search::HistoryQuery& query);
  /// What was written behind `query.after`, in the order of commits; `next` is where to go on,
  /// always, and does not expire.
  base::Result<Page> onwards(const security::Principal& who, const std::string& type,
                             const fhir::search::HistoryQuery& query);
  base::Result<Page> search(const security::Principal& who, const fhir::search::Query& query);
  /// The same of several types, one after another, as the store stood at the first page; those out
  /// of scope are left out. `place`: of whom ("Patient/p…"), or "": what a cursor is bound to.
  base::Result<Page> several(const security::Principal& who, const std::string& place,
                             const fhir::search::SeveralQuery& query);
  /// What stands and meets a condition, at most `most` of it: what a conditional write is about
  /// (FHIR R4, RESTful API). Of a client that may not search: what its scopes for `interaction`
  /// reach. `query` has criteria and no controls, else `malformed` "search-bad-value …".
  base::Result<std::vector<fhir::Version>> matching(const security::Principal& who,
                                                    security::Interaction interaction,
                                                    const fhir::search::Query& query,
                                                    std::size_t most);
  /// What stands of a resource, or stood before it was deleted, within reach of the scopes for
  /// `interaction`; nullopt: nothing that this client could know of.
  base::Result<std::optional<fhir::Version>> standing(const security::Principal& who,
                                                      security::Interaction interaction,
                                                      const fhir::ResourceKey& key);
  /// A patient, what is about them, and who and what that refers to, page by page; each once, as
  /// the store stood at the first page. Types one after another, each by time.
  base::Result<Page> everything(const security::Principal& who, const std::string& patient,
                                const fhir::search::EverythingQuery& query);
  /// The newest `most` results of each group of codes among those that are in scope and meet
  /// `query`, a search of Observation without controls; withdrawn, cancelled and unknown ones never
  /// (FHIR.md §3). More than `looked_at` results: `unsupported` "search-too-costly …".
  base::Result<std::vector<fhir::Version>> last(const security::Principal& who,
                                                const fhir::search::Query& query, std::size_t most,
                                                std::size_t looked_at = 5000);
  /// A patient and all results that are in scope and meet `query`, a search of Observation without
  /// controls (else `malformed` "search-bad-value …"). More than `most`: `unsupported`
  /// "search-too-costly …", never a part of them. `not_found`: no such patient, or not in scope.
  base::Result<Timeline> timeline(const security::Principal& who, const std::string& patient,
                                  const fhir::search::Query& query, std::size_t most = 5000);

  /// A subscription of the client's own and events of it, each as the client may see it now. A
  /// subscription of somebody else is not there.
  base::Result<Told> told(const security::Principal& who, const std::string& subscription,
                          const ToldQuery& query);

 private:
  /// Where a page goes on; the beginning where nothing was sealed.
  base::Result<Cursor> resumed(const std::string& sealed, std::string_view bound_to) const;
  std::string sealed(const Cursor& cursor, std::string_view bound_to) const;

  store::Store& store_;
  const base::Clock& clock_;
  std::string cursor_key_;
};

}  // namespace gateway::query
