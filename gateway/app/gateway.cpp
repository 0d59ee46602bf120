#include "gateway/app/gateway.hpp"

#include <algorithm>
#include <thread>

#include <unistd.h>

#include "gateway/app/command.hpp"
#include "gateway/app/mapping_files.hpp"
#include "gateway/base/log.hpp"
#include "gateway/forward/allowed.hpp"
#include "gateway/forward/folder_target.hpp"
#include "gateway/forward/topic_target.hpp"
#include "gateway/http/console/console.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::app {
namespace {

std::string name_of(const char* door, const Address& address) {
  return std::string(door) + ":" + std::to_string(address.port);
}

intake::ListenerPolicy policy(const char* door, const Address& address,
                              const std::vector<std::string>& senders,
                              const std::vector<std::string>& processing_ids, bool certificates) {
  const bool framed = std::string_view(door) == "mllp";
  return {name_of(door, address), senders, certificates, processing_ids, framed};
}

std::vector<access::ClientGrant> clients_of(const TokensConfig& tokens) {
  std::vector<access::ClientGrant> out;
  for (const ClientConfig& client : tokens.clients) out.push_back(client.grant);
  return out;
}

constexpr std::int64_t warned_of_days = 30;  // once a day

bool is_below(const std::string& path, std::string_view root) {
  return path.rfind(root, 0) == 0 && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

Gateway::Gateway(const Config& config, std::shared_ptr<const mapping::Catalogue> catalogue)
    : config_(config),
      catalogue_(std::move(catalogue)),
      access_(config.certificates, clients_of(config.tokens)) {}

Gateway::~Gateway() {
  if (pusher_) pusher_->stop();  // it reads and writes what ends before it
}

base::Result<std::unique_ptr<Gateway>> Gateway::start(
    const Config& config, std::shared_ptr<const mapping::Catalogue> catalogue,
    InheritedSockets inherited) {
  std::unique_ptr<Gateway> gateway(new Gateway(config, std::move(catalogue)));
  gateway->inherited_ = std::move(inherited);
  for (const auto step : {&Gateway::open_store, &Gateway::open_audit, &Gateway::open_audit_export,
                          &Gateway::open_tokens, &Gateway::open_outbox, &Gateway::open_people,
                          &Gateway::open_push, &Gateway::open_doors, &Gateway::open_desk})
    if (auto opened = (gateway.get()->*step)(); !opened) return opened.error();
  gateway->watch();
  return gateway;
}

base::Result<void> Gateway::open_store() {
  auto store = app::open_store(config_.store, clock_, metrics_);
  if (!store) return store.error();
  store_ = std::move(*store);
  return {};
}

base::Result<void> Gateway::open_tokens() {
  if (config_.tokens.clients.empty()) return {};
  auto opened =
      BackendServices::open(config_, access_, *store_, clock_, metrics_,
                            [this](store::AuditRow row) { audit_->refused(std::move(row)); });
  if (!opened) return opened.error();
  backend_services_ = std::move(*opened);
  return {};
}

base::Result<void> Gateway::open_outbox() {
  outbox_ =
      std::make_unique<outbox::Outbox>(*store_, config_.instance, clock_, metrics_, outbox_bell_);
  intake::Options options;
  options.instance = config_.instance;
  options.lanes = static_cast<int>(std::max(2U, std::thread::hardware_concurrency()));
  options.hold = config_.hold;
  for (const ForwardConfig& target : config_.forward) {
    auto opened = target_of(target);
    if (!opened) return opened.error();
    outbox_->add(
        {target.https.name, target.directory.empty() ? target.lanes : 1,
         target.is_server() ? target.batch_messages : 1, target.client_ids,
         std::chrono::duration_cast<std::chrono::seconds>(target.https.timeout), target.deletes},
        std::move(*opened));
    options.routes.push_back({target.https.name, target.instance, target.only});
    if (auto route = intake::check_route(options.routes.back()); !route) return route.error();
  }
  auto interests = push::interests(*store_, access_);
  if (!interests) return interests.error();
  options.interests = *std::move(interests);
  options.on_events = [this](const intake::EventsTold& told) {
    pusher_->look(told);
    auto subjects = told.with_events;
    subjects.insert(subjects.end(), told.written.begin(), told.written.end());
    feed_bell_->ring(subjects);
  };
  intake_ = std::make_unique<intake::Intake>(*store_, catalogue_, std::move(options), clock_,
                                             metrics_, outbox_bell_);
  return {};
}

base::Result<std::unique_ptr<outbox::Target>> Gateway::target_of(const ForwardConfig& target) {
  if (!target.directory.empty()) return forward::folder_target(target.directory);
  auto tls = watched_tls("forward:" + target.https.name, target.https.tls);
  if (!tls) return tls.error();
  if (!target.topic.empty())
    return forward::topic_target({target.brokers, target.topic, target.https.tls,
                                  target.https.allow_private_address, target.https.timeout,
                                  *std::move(tls)});
  auto https = target.https;
  https.editions = *std::move(tls);
  return forward::https_target(https, target.smart, &clock_);
}

base::Result<std::shared_ptr<const security::ClientTls>> Gateway::watched_tls(
    const std::string& name, const security::TlsFiles& files) {
  auto tls = security::ClientTls::open(files);
  if (!tls) return tls.error();
  client_tls_[name] = *tls;
  return std::shared_ptr<const security::ClientTls>(*std::move(tls));
}

forward::HttpsSettings Gateway::receiver(const topics::Subscription& subscription) const {
  // Private addresses too: the host was named in access.allow_hosts.
  return {"subscription",       subscription.endpoint, config_.push.tls, true,
          subscription.timeout, subscription.headers,  push_tls_};
}

base::Result<void> Gateway::check_receiver(const topics::Subscription& subscription) const {
  auto allowed = forward::check_allowed(subscription.endpoint, config_.push.allow_hosts);
  if (!allowed) return allowed;
  auto address = forward::check_address(receiver(subscription));
  // A name that does not resolve now may do so later.
  if (!address && address.error().kind == base::ErrorKind::configuration) return address;
  return {};
}

base::Result<void> Gateway::open_push() {
  auto tls = watched_tls("subscriptions", config_.push.tls);
  if (!tls) return tls.error();
  push_tls_ = *std::move(tls);
  pusher_ = std::make_unique<push::Pusher>(
      *store_, *reader_, *intake_, access_,
      push::Settings{.instance = config_.instance, .base_url = config_.base_url},
      [this](const topics::Subscription& subscription)
          -> base::Result<std::unique_ptr<outbox::Target>> {
        if (auto fine = check_receiver(subscription); !fine) return fine.error();
        return forward::https_target(receiver(subscription));
      },
      clock_, metrics_);
  return pusher_->start();
}

base::Result<void> Gateway::open_doors() {
  exports_ = std::make_unique<query::Exports>(*store_, clock_, config_.exports);
  trail_ = std::make_unique<audit::Trail>(*store_, clock_,
                                          audit::Self{config_.instance, config_.base_url});
  const http::rest::Manners manners{
      config_.https ? config_.https->allowed_origins : std::vector<std::string>(),
      config_.limits.message_bytes};
  api_ = std::make_unique<http::rest::Api>(
      http::rest::ApiSettings{
          config_.base_url,
          std::string(version()),
          manners,
          {mapping::is_ucum, mapping::is_loinc},
          {config_.requests_per_second,
           std::max(1, config_.https ? config_.https->threads * 3 / 4 : 1)},
          [this](const topics::Subscription& subscription) { return check_receiver(subscription); },
          backend_services_ ? http::auth::Addresses(config_.base_url).token : ""},
      http::rest::Services{access_, *reader_, *explainer_, *exports_, *intake_, *audit_, *trail_,
                           clock_, backend_services_ ? &backend_services_->tokens() : nullptr,
                           &metrics_});
  auto artefacts = load_artefacts(config_.mappings);
  if (!artefacts) return artefacts.error();
  api_->publish(*std::move(artefacts));
  operations_pages_ = std::make_unique<http::operations::Operations>(
      metrics_, [this] { return not_ready(); },
      [this] {
        const std::lock_guard lock(catalogue_mutex_);
        return http::operations::VersionFacts{std::string(version()), config_.instance,
                                              catalogue_->version()};
      });
  auto operations = http::Server::start(
      {.name = "operations",
       .host = config_.operations.host,
       .port = config_.operations.port,
       .tls = {},
       .limits = {.body_bytes = 64 * 1024, .connections = 256},
       .threads = 2,
       .inherited = inherited_.take(config_.operations)},
      {.answer =
           [this](const http::Request& request) { return operations_pages_->answer(request); },
       .admit = [this](const http::Request& request) { return operations_pages_->admit(request); },
       .refuse = http::operations::Operations::refuse},
      clock_, metrics_);
  if (!operations) return operations.error();
  operations_ = std::move(*operations);
  if (config_.https) {
    const HttpsConfig& https = *config_.https;
    hl7_ = std::make_unique<http::hl7::Endpoint>(
        policy("https", https.listen, https.senders, https.processing_ids, true), *intake_,
        metrics_);
    auto server = http::Server::start(
        {.name = "https",
         .host = https.listen.host,
         .port = https.listen.port,
         .tls = https.tls,
         .limits = {.body_bytes = config_.limits.message_bytes,
                    .all_bodies = config_.limits.bytes_in_flight,
                    .connections = https.connections,
                    .connections_per_address = config_.limits.connections_per_address,
                    .handshakes_per_second = config_.limits.handshakes_per_second},
         .threads = https.threads,
         .on_refused = auditing_refusals(),
         .inherited = inherited_.take(https.listen)},
        https_site(), clock_, metrics_);
    if (!server) return server.error();
    https_ = std::move(*server);
  }
  std::vector<mllp::ListenerSettings> listeners;
  for (const MllpConfig& listener : config_.mllp)
    listeners.push_back({listener.listen.host, listener.listen.port, listener.tls,
                         policy("mllp", listener.listen, listener.senders, listener.processing_ids,
                                listener.tls.has_value()),
                         auditing_refusals(), inherited_.take(listener.listen)});
  if (auto all = inherited_.all_taken(); !all) return all.error();
  auto door = mllp::Door::open(std::move(listeners), config_.limits, *intake_, clock_, metrics_);
  if (!door) return door.error();
  mllp_ = std::move(*door);
  outbox_->start();
  open_ = true;
  return {};
}

bool Gateway::serves_tokens(const http::Request& request) const {
  return backend_services_ && http::auth::Endpoint::serves(request.path);
}

/// Commands on this host: the gateway's own user and root own it (TRUST.md §4.1).
base::Result<void> Gateway::open_desk() {
  if (config_.operations_socket.empty()) return {};
  auto door = http::LocalDoor::open(
      config_.operations_socket, [this](const http::Request& request, unsigned user) {
        security::Principal who;
        who.name = "user " + std::to_string(user);
        who.authenticated = user == 0 || user == ::geteuid();
        who.role = who.authenticated ? "host" : "";
        return people_->administration().answer(request, who, "socket");
      });
  if (!door) return door.error();
  local_door_ = std::move(*door);
  return {};
}

/// What is not FHIR.
http::Response Gateway::answer(const http::Request& request) {
  if (serves_tokens(request))
    return api_->end(request, backend_services_->endpoint().answer(request));
  if (request.path == "/hl7v2") return hl7_->answer(request);
  if (request.path == "/package.tgz") return api_->package(request);
  if (http::admin::Administration::serves(request.path))
    return people_->administration().answer(request, access_.principal_of(request.peer), "https");
  if (http::console::serves(request.path)) return http::console::answer(request);
  return api_->nowhere(request);
}

http::Site Gateway::https_site() {
  return {.answer = [this](const http::Request& request) { return answer(request); },
          .answer_later =
              [this](std::shared_ptr<const http::Request> request,
                     std::shared_ptr<http::Answering> answering) {
                if (is_below(request->path, "/fhir") && !serves_tokens(*request))
                  return api_->answer(std::move(request), std::move(answering));
                answering->put(answer(*request));
                answering->ring();
              },
          .admit = [this](const http::Request& request) -> std::optional<http::Response> {
            if (serves_tokens(request)) {
              auto refusal = backend_services_->endpoint().admit(request);
              return refusal ? std::optional(api_->end(request, *std::move(refusal))) : refusal;
            }
            if (is_below(request.path, "/fhir")) return api_->admit(request);
            if (request.path == "/hl7v2") return hl7_->admit(request);
            if (http::admin::Administration::serves(request.path))
              return http::admin::Administration::admit(request);
            return api_->nowhere(request);
          },
          .keeps_beginning =
              [](const http::Request& request) {
                return request.path == "/hl7v2" && http::hl7::Endpoint::keeps_beginning();
              },
          .refuse =
              [this](const http::Request& request, const http::Refusal& refusal) {
                if (request.path == "/hl7v2") return http::hl7::Endpoint::refused(refusal);
                return api_->refuse(request, refusal);
              },
          .bell = feed_bell_};
}

void Gateway::watch() {
  metrics_.gauge(observe::names::build_info, {{"version", std::string(version())}}).set(1);
  metrics_.before_print([this] {
    const auto health = store_->health();
    metrics_.gauge(observe::names::store_bytes).set(static_cast<double>(health.bytes));
    metrics_.gauge(observe::names::store_available).set(health.writable ? 1 : 0);
    if (const auto at = last_done(config_.store, Done::backed_up))
      metrics_.gauge(observe::names::backup_last_success).set(*at);
    if (const auto at = last_done(config_.store, Done::verified))
      metrics_.gauge(observe::names::verify_last_success).set(*at);
    if (auto backlog = store_->backlog()) {
      for (const ForwardConfig& target : config_.forward)  // a target that owes nothing shows 0
        if (std::none_of(backlog->begin(), backlog->end(),
                         [&](const auto& row) { return row.target == target.https.name; }))
          backlog->push_back({target.https.name, 0, 0, {}});
      for (const auto& target : *backlog) {
        const observe::Labels labels = {{"target", target.target}};
        const double age =
            target.oldest
                ? static_cast<double>(clock_.now().microseconds - target.oldest->microseconds) / 1e6
                : 0;
        metrics_.gauge(observe::names::outbox_pending, labels)
            .set(static_cast<double>(target.pending));
        metrics_.gauge(observe::names::dead_letters, labels).set(static_cast<double>(target.dead));
        metrics_.gauge(observe::names::outbox_oldest_seconds, labels).set(age);
      }
    }
  });
  note_certificates();
}

void Gateway::note_certificates() {
  const auto certificate = [this](const std::string& name, const std::filesystem::path& file) {
    const auto facts = security::certificate_facts(file);
    if (!facts) return;
    metrics_.gauge(observe::names::certificate_expiry, {{"name", name}})
        .set(static_cast<double>(facts->not_after.microseconds) / 1e6);
    const auto days = (facts->not_after.microseconds - clock_.now().microseconds) / 86'400'000'000;
    if (days >= warned_of_days || facts->development) return;
    if (std::exchange(told_days_[name], days) != days)
      base::log(base::Level::warning, "tls.certificate_expires",
                {{"name", base::ConfiguredName(name)}, {"days", days}});
  };
  for_each_certificate(certificate);
}

std::vector<std::string> Gateway::not_ready() const {
  std::vector<std::string> reasons;
  if (!open_) reasons.emplace_back("starting");
  if (draining_) reasons.emplace_back("draining");
  if (const auto health = store_->health(); !health.writable) reasons.push_back(health.reason);
  return reasons;
}

base::Result<void> Gateway::publish(std::shared_ptr<const mapping::Catalogue> catalogue,
                                    fhir::Artefacts artefacts) {
  auto noted = audit_->done({"reload",
                             clock_.now(),
                             config_.instance,
                             "gateway",
                             "200",
                             {},
                             "mappings " + catalogue->version()});
  if (!noted) return noted;
  intake_->publish(catalogue);
  explainer_->publish(catalogue);
  api_->publish(std::move(artefacts));
  const std::lock_guard lock(catalogue_mutex_);
  catalogue_ = std::move(catalogue);
  return {};
}

base::Result<void> Gateway::publish_access(const Config& fresh) {
  auto noted =
      audit_->done({"reload", clock_.now(), config_.instance, "gateway", "200", {}, "access"});
  if (!noted) return noted;
  if (backend_services_) backend_services_->take(fresh.tokens.clients);
  access_.publish(fresh.certificates, clients_of(issues_tokens() ? fresh.tokens : config_.tokens));
  pusher_->read_again();
  return {};
}

std::vector<std::string> Gateway::reload_token_keys() {
  return backend_services_ ? backend_services_->reload() : std::vector<std::string>();
}

std::vector<base::Error> Gateway::renew_tls() {
  auto noted = audit_->done(
      {"reload", clock_.now(), config_.instance, "gateway", "200", {}, "certificates"});
  if (!noted) return {noted.error()};
  auto errors = mllp_->renew_tls();
  if (https_)
    if (auto renewed = https_->renew_tls(); !renewed) errors.push_back(renewed.error());
  for (const auto& [name, tls] : client_tls_)
    if (auto renewed = tls->renew(); !renewed) errors.push_back(renewed.error());
  note_certificates();
  count_reload("tls", errors.empty());
  return errors;
}

void Gateway::count_reload(std::string_view what, bool is_taken) {
  const char* result = is_taken ? "ok" : "refused";
  metrics_
      .counter(observe::names::config_reloads, {{"what", std::string(what)}, {"result", result}})
      .add();
}

void Gateway::housekeeping() {
  constexpr std::int64_t cursor_life_microseconds = 3'600'000'000;  // FHIR.md §2.2, paging
  note_certificates();
  exports_->housekeeping();
  if (backend_services_) backend_services_->rotate();
  base::Instant before{clock_.now().microseconds - cursor_life_microseconds};
  if (const auto shown = exports_->oldest_state()) before = std::min(before, *shown);
  if (auto swept = store_->sweep(before); !swept)
    base::log(base::Level::warning, "store.sweep_failed");
}

void Gateway::drain(std::chrono::seconds longest) {
  draining_ = true;
  if (config_.drain.count() > 0) std::this_thread::sleep_for(config_.drain);  // balancers notice
  if (https_) https_->begin_drain();  // both doors at once: a balancer sees one gateway that goes
  mllp_->drain(longest);
  https_.reset();
  local_door_.reset();
  pusher_->stop();  // it writes states
  intake_->drain();
  outbox_->stop();
}

}  // namespace gateway::app
