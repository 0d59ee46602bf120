#pragma once
#include <string>
#include <string_view>

#include "gateway/http/admin/caller.hpp"
#include "gateway/http/admin/openings.hpp"
#include "gateway/http/message.hpp"
#include "gateway/query/journal.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/store/store.hpp"

namespace gateway::http::admin {

/// One patient's chart for people (TRUST.md §4.3, §9): found by an identifier, masked until a
/// reason is given. Who may at all is decided before. Any thread.
class PatientsPage {
 public:
  PatientsPage(store::Store& store, query::Reader& reader, query::Journal& journal,
               const base::Clock& clock, NoteShown note, Openings& openings)
      : store_(store),
        reader_(reader),
        journal_(journal),
        clock_(clock),
        note_(std::move(note)),
        openings_(openings) {}

  /// ?identifier= as it stands on paper, or `system|value`. That somebody is here is content: it is
  /// audited.
  Response find(const Caller& who, std::string_view query);
  /// ?reason=: the timeline as FHIR clients have it, what corrected results said before, and the
  /// messages that it came by.
  Response open(const Caller& who, const std::string& patient, std::string_view query);

 private:
  Response whole(const Caller& who, const std::string& patient, const Opening& opening);
  /// Of a reviewer: does something of this patient wait for a decision?
  base::Result<bool> is_on_worklist(const std::string& patient);
  base::Result<std::string> earlier(const security::Principal& reader,
                                    const std::vector<fhir::Version>& results);
  base::Result<std::string> messages(const std::string& patient);

  store::Store& store_;
  query::Reader& reader_;
  query::Journal& journal_;
  const base::Clock& clock_;
  const NoteShown note_;
  Openings& openings_;
};

}  // namespace gateway::http::admin
