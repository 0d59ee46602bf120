/// Sub-room http/rest: FHIR over HTTP: request in, query or intake called, response out.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/access/access.hpp"
#include "gateway/audit/recorder.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/fhir/artefacts.hpp"
#include "gateway/fhir/validation.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/rest/lines.hpp"
#include "gateway/http/rest/negotiation.hpp"
#include "gateway/http/rest/path.hpp"
#include "gateway/http/rest/streaming.hpp"
#include "gateway/http/rest/throttle.hpp"
#include "gateway/http/rest/written.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/query/explainer.hpp"
#include "gateway/query/exports.hpp"
#include "gateway/query/reader.hpp"

namespace gateway::http::rest {

struct ApiSettings {
  std::string base_url;  // "https://host:8443/fhir"
  std::string version;   // of the software
  Manners manners;
  fhir::CodeChecks code_checks;  // for $validate
  Throttle::Limits throttle;
  /// May a rest-hook lead there? Error: why not, and what to do.
  std::function<base::Result<void>(const topics::Subscription&)> check_endpoint =
      [](const topics::Subscription&) -> base::Result<void> {
    return base::Error{base::ErrorKind::configuration, "no rest-hook leads out of here", "", ""};
  };
  std::string token_url = {};  // where clients get tokens; "": no client is registered
};

/// What the API asks. All of it outlives it.
struct Services {
  const access::Access& access;
  query::Reader& reader;
  query::Explainer& explainer;
  query::Exports& exports;
  intake::Intake& intake;
  audit::Recorder& audit;
  const audit::Trail& trail;
  const base::Clock& clock;
  const access::Tokens* tokens = nullptr;  // null: no client is registered, no token counts
  observe::Metrics* metrics = nullptr;     // null: nobody counts
};

/// Everything below /fhir (FHIR.md §1, §4). Any thread.
class Api {
 public:
  Api(ApiSettings settings, const Services& services);
  Response answer(const Request& request);
  /// The same as somebody whom another door of this gateway knows: a person at the console.
  Response answer(const Request& request, const security::Principal& who);
  /// The same, which waits for the audit trail without holding a thread.
  void answer(std::shared_ptr<const Request> request, std::shared_ptr<Answering> answering);
  /// http::Site::admit: what speaks against a request before its body is read: who sends it, and
  /// whether they could write anything there.
  std::optional<Response> admit(const Request& request) const;
  /// http::Site::refuse, and what is below no path that anybody serves.
  Response refuse(const Request& request, const Refusal& refusal) const;
  Response nowhere(const Request& request) const;
  /// What every answer of this door gets (`finished`); for what is served beside the API, too.
  Response end(const Request& request, Response response) const;
  /// GET /package.tgz: our definitions as a FHIR package. Open, like metadata.
  Response package(const Request& request) const;

  /// Swaps the definitions for requests that begin from now on. (Without any, there are none.)
  void publish(fhir::Artefacts artefacts);

 private:
  /// 401 where nobody was shown: a token that counts for nothing, a stranger's certificate, none.
  base::Result<access::Identity> shown(const Request& request) const;
  using Asking = base::Result<security::Principal>;
  Asking asking(const Request& request) const;
  static security::Principal named(const Asking& asks);
  void count_denied(const Response& response) const;
  Response options(const Path& path) const;
  std::optional<Response> not_admitted(const Request& request, const Path& path) const;
  Response read_and_dispatch(const Request& request, const Path& path, const Asking& asks);
  Response dispatch(const Request& request, const Path& path, const Asking& asks);
  /// An answer before it may leave.
  struct Draft {
    Response response;
    std::optional<store::AuditRow> row;  // to be durable before anything of it leaves
    std::optional<Throttle::Entered> entered;
  };
  class Noted;
  /// `known`: who asks, where the request itself does not say it.
  Draft drafted(const Request& request, const security::Principal* known = nullptr);
  Response once_noted(const Request& request, Draft draft);
  Response whole(const Request& request, Response response,
                 const std::optional<Throttle::Entered>& entered) const;
  // auditing.cpp: of an answer that goes on behind its body, what else it shows
  NoteShown noting(const Request& request, const Path& path) const;
  std::optional<store::AuditRow> to_note(const Request& request, const Path& path,
                                         const security::Principal& who,
                                         const Response& response) const;
  Response audited(const Request& request, const Path& path, const security::Principal& who,
                   Response response) const;
  Response in_compartment(const Request& request, const Path& path, const security::Principal& who);
  Response whole_history(const Request& request, const Path& path, const security::Principal& who);
  Response on_type(const Request& request, const Path& path, const security::Principal& who);
  Response on_instance(const Request& request, const Path& path, const security::Principal& who);
  std::shared_ptr<const fhir::Artefacts> artefacts() const;
  Response metadata(const Request& request) const;
  Response on_definition(const Request& request, const Path& path, const security::Principal& who);
  // reading.cpp
  Response read(const Request& request, const Path& path, const security::Principal& who);
  Response meta(const Request& request, const Path& path, const security::Principal& who);
  // history.cpp
  Response onwards(const Request& request, const Path& path, const std::string& url,
                   const fhir::search::HistoryQuery& query, const security::Principal& who);
  Response history(const Request& request, const Path& path, const security::Principal& who);
  // searching.cpp
  Response search(const Request& request, const Path& path, const security::Principal& who);
  // timeline.cpp
  Response timeline(const Request& request, const Path& path, const security::Principal& who);
  // explaining.cpp
  Response explain(const Request& request, const Path& path, const security::Principal& who);
  // trail.cpp
  Response on_trail(const Request& request, const Path& path, const security::Principal& who);
  Response verify_trail(const Request& request, const security::Principal& who);
  Response read_event(const Request& request, const Path& path, const security::Principal& who);
  Response search_trail(const Request& request, const Path& path, const security::Principal& who);
  // exporting.cpp
  Response begin_export(const Request& request, const Path& path, const security::Principal& who);
  Response on_export(const Request& request, const Path& path, const security::Principal& who);
  // operations.cpp
  Response last(const Request& request, const security::Principal& who);
  Response several(const Request& request, const Path& path, const security::Principal& who);
  Response everything(const Request& request, const Path& path, const security::Principal& who);
  // validating.cpp
  Response validate(const Request& request, const Path& path, const security::Principal& who);
  // subscribing.cpp
  base::Result<std::shared_ptr<const topics::Interest>> subscribed(const Request& request,
                                                                   const security::Principal& who,
                                                                   fhir::Json& resource) const;
  base::Result<void> has_room(const security::Principal& who, const AskedWrite& asked);
  Response on_subscription(const Request& request, const Path& path,
                           const security::Principal& who);
  Response events(const Request& request, const Path& path, const security::Principal& who,
                  const std::string& asked);
  Response subscription_status(const Request& request, const Path& path,
                               const security::Principal& who, std::string asked);
  // cohort.cpp
  static base::Result<void> sign_group(const security::Principal& who, fhir::Json& resource);
  // streaming.cpp
  IsStillKnown still_known(const Request& request, const security::Principal& who) const;
  Response stream(const Request& request, const Path& path, const security::Principal& who);
  // single.cpp
  Response write_one(const Request& request, const Path& path, const security::Principal& who,
                     AskedWrite::Kind kind);
  base::Result<Written> write(const Request& request, const security::Principal& who,
                              const AskedWrite& asked, const std::string& bytes);
  base::Result<intake::BundleOutcome> commit(const Request& request, const security::Principal& who,
                                             std::vector<fhir::RequestedWrite> writes,
                                             std::string bytes,
                                             std::vector<topics::InterestChange> interests = {});
  /// Somebody else was first: is it to be decided once more?
  static bool is_taken_over(const base::Error& error, int attempt);
  // transaction.cpp
  class Transaction;
  Response transaction(const Request& request, const security::Principal& who);
  Response batch(const Request& request, const security::Principal& who,
                 std::vector<fhir::RequestedEntry> entries);

  ApiSettings settings_;
  const base::Clock& clock_;
  const access::Access& access_;
  const access::Tokens* const tokens_;
  observe::Metrics* const metrics_;
  query::Reader& reader_;
  query::Explainer& explainer_;
  query::Exports& exports_;
  intake::Intake& intake_;
  audit::Recorder& audit_;
  const audit::Trail& trail_;
  Throttle throttle_;
  Listeners listeners_;
  mutable std::mutex mutex_;
  std::shared_ptr<const fhir::Artefacts> artefacts_;  // guarded by mutex_
  std::shared_ptr<const Response> package_;           // of them; packed once, anybody may ask
};

}  // namespace gateway::http::rest
