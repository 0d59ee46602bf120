#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/access/access.hpp"
#include "gateway/app/backend_services.hpp"
#include "gateway/app/config.hpp"
#include "gateway/app/inherited_sockets.hpp"
#include "gateway/app/people.hpp"
#include "gateway/audit/exporter.hpp"
#include "gateway/audit/recorder.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/bell.hpp"
#include "gateway/base/time.hpp"
#include "gateway/http/admin/follow_ups_page.hpp"
#include "gateway/http/admin/live_page.hpp"
#include "gateway/http/admin/messages_page.hpp"
#include "gateway/http/admin/openings.hpp"
#include "gateway/http/admin/outbox_page.hpp"
#include "gateway/http/admin/patients_page.hpp"
#include "gateway/http/admin/traffic_page.hpp"
#include "gateway/http/hl7/endpoint.hpp"
#include "gateway/http/local_door.hpp"
#include "gateway/http/operations/operations.hpp"
#include "gateway/http/rest/api.hpp"
#include "gateway/http/server.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/mllp/door.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/outbox/desk.hpp"
#include "gateway/outbox/outbox.hpp"
#include "gateway/push/pusher.hpp"
#include "gateway/query/explainer.hpp"
#include "gateway/query/exports.hpp"
#include "gateway/query/journal.hpp"
#include "gateway/query/reader.hpp"
#include "gateway/security/client_tls.hpp"
#include "gateway/store/store.hpp"

namespace gateway::app {

/// One whole gateway. It owns everything, hands out references, and ends in reverse order; two fit
/// in one process.
class Gateway {
 public:
  /// Everything is opened and checked before the first door opens. Error: one sentence with cause
  /// and remedy.
  static base::Result<std::unique_ptr<Gateway>> start(
      const Config& config, std::shared_ptr<const mapping::Catalogue> catalogue,
      InheritedSockets inherited = {});
  ~Gateway();

  /// Swaps the mappings, and the FHIR definitions beside them, for what begins from now on. Error
  /// `unavailable`: it cannot be audited, and nothing was swapped.
  base::Result<void> publish(std::shared_ptr<const mapping::Catalogue> catalogue,
                             fhir::Artefacts artefacts);

  /// Whether a token service was begun: some client was registered at the start.
  bool issues_tokens() const { return backend_services_ != nullptr; }

  /// Exchanges who may what: `certificates` and `tokens.clients` of a configuration that was
  /// checked. Where nobody had a token before, clients take a restart. Error `unavailable`: it
  /// cannot be audited, and nothing was exchanged.
  base::Result<void> publish_access(const Config& fresh);

  /// Reads the keys of tokens anew, ours and the clients'; says what stays as it was, and why.
  std::vector<std::string> reload_token_keys();

  /// Takes TLS files that changed at every door, and for every target, receiver of notices and
  /// receiver of the trail. Errors: what stood there stays.
  std::vector<base::Error> renew_tls();

  /// Counts what was read anew: "tls", "configuration", "mappings".
  void count_reload(std::string_view what, bool is_taken);

  /// The orderly end: not ready, doors closed, what was read is committed and answered, targets'
  /// requests under way finish. What is not forwarded yet stays in the outbox.
  void drain(std::chrono::seconds longest);

  /// What goes on beside the traffic: superseded index rows are swept, store figures read.
  void housekeeping();

  std::uint16_t mllp_port(std::size_t listener) const { return mllp_->port(listener); }
  std::uint16_t https_port() const { return https_ ? https_->port() : std::uint16_t{0}; }
  std::uint16_t operations_port() const { return operations_->port(); }

 private:
  Gateway(const Config& config, std::shared_ptr<const mapping::Catalogue> catalogue);
  base::Result<void> open_store();
  base::Result<void> open_audit();
  base::Result<void> open_tokens();
  base::Result<void> open_audit_export();
  base::Result<void> open_outbox();
  base::Result<void> open_push();
  base::Result<void> open_doors();
  base::Result<void> open_desk();
  base::Result<void> open_people();
  http::admin::Surroundings surroundings();
  http::admin::Figures figures() const;
  std::vector<http::admin::SenderFacts> sender_facts() const;
  std::vector<http::admin::TargetFacts> target_facts() const;
  /// Calls `see(name, file)` for each certificate that this gateway shows.
  void for_each_certificate(
      const std::function<void(const std::string&, const std::filesystem::path&)>& see) const;
  base::Result<std::unique_ptr<outbox::Target>> target_of(const ForwardConfig& target);
  base::Result<std::shared_ptr<const security::ClientTls>> watched_tls(
      const std::string& name, const security::TlsFiles& files);
  forward::HttpsSettings receiver(const topics::Subscription& subscription) const;
  base::Result<void> check_receiver(const topics::Subscription& subscription) const;
  bool serves_tokens(const http::Request& request) const;
  http::Response answer(const http::Request& request);
  http::Site https_site();
  std::vector<std::string> not_ready() const;
  net::OnRefused auditing_refusals();
  void watch();
  void note_certificates();

  // The order is the lifetime: what comes later uses what stands before it.
  Config config_;
  InheritedSockets inherited_;  // until the doors are open
  mutable std::mutex catalogue_mutex_;
  std::shared_ptr<const mapping::Catalogue> catalogue_;  // guarded by catalogue_mutex_
  base::SystemClock clock_;
  const base::Instant started_ = clock_.now();
  observe::Metrics metrics_;
  base::Bell outbox_bell_;
  std::shared_ptr<http::FeedBell> feed_bell_ = std::make_shared<http::FeedBell>();
  access::Access access_;
  std::map<std::string, std::shared_ptr<security::ClientTls>> client_tls_;  // of what we call
  std::shared_ptr<const security::ClientTls> push_tls_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<audit::Recorder> audit_;             // says the end of it all, behind all others
  std::unique_ptr<audit::Exporter> audit_export_;      // null: no receiver of the trail is named
  std::unique_ptr<BackendServices> backend_services_;  // null: no client is registered
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<outbox::Desk> desk_;
  std::unique_ptr<query::Explainer> explainer_;
  std::unique_ptr<query::Journal> journal_;
  std::unique_ptr<query::Reader> reader_;
  std::unique_ptr<http::admin::Openings> openings_;
  std::unique_ptr<http::admin::OutboxPage> outbox_page_;
  std::unique_ptr<http::admin::MessagesPage> messages_page_;
  std::unique_ptr<http::admin::TrafficPage> traffic_page_;
  std::unique_ptr<http::admin::PatientsPage> patients_page_;
  std::unique_ptr<http::admin::LivePage> live_page_;
  std::unique_ptr<http::admin::FollowUpsPage> follow_ups_page_;
  std::unique_ptr<People> people_;
  std::unique_ptr<push::Pusher> pusher_;  // its threads end first; intake wakes it to the last
  std::unique_ptr<intake::Intake> intake_;
  std::unique_ptr<query::Exports> exports_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<http::rest::Api> api_;
  std::unique_ptr<http::hl7::Endpoint> hl7_;
  std::unique_ptr<http::operations::Operations> operations_pages_;
  std::unique_ptr<mllp::Door> mllp_;
  std::unique_ptr<http::Server> https_;
  std::unique_ptr<http::Server> operations_;
  std::map<std::string, std::int64_t> told_days_;  // certificates that end soon, on the main thread
  std::unique_ptr<http::LocalDoor> local_door_;
  std::atomic<bool> open_{false};  // all doors are
  std::atomic<bool> draining_{false};
};

}  // namespace gateway::app
