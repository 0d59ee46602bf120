#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "gateway/fhir/json.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/http/message.hpp"
#include "gateway/query/reader.hpp"

namespace gateway::http::admin {

/// The list that a site's own conventions make (DOMAIN.md W3, W4): which convention, of which
/// patient's result, and how far somebody is with it; never a value, never what it means. Who may
/// is decided before. Any thread.
class FollowUpsPage {
 public:
  /// Carries out a change of a Task as FHIR clients ask for it, by a reviewer.
  using Change = std::function<Response(const Request&, const security::Principal& who)>;

  FollowUpsPage(query::Reader& reader, const base::Clock& clock, NoteShown note, Change change)
      : reader_(reader), clock_(clock), note_(std::move(note)), change_(std::move(change)) {}

  /// ?state=open|ended&after=&count=: the last that changed first. Audited with whom it names.
  Response list(const Caller& who, std::string_view query);
  /// {"status","version","note"}: takes an entry up, or ends it; `version` is what the person saw.
  Response decide(const Caller& who, const std::string& task, const fhir::Json& body);

 private:
  query::Reader& reader_;
  const base::Clock& clock_;
  const NoteShown note_;
  const Change change_;
};

}  // namespace gateway::http::admin
