// The parts of Gateway that people look at: the pages below /admin/ and what only the whole knows.
#include <array>

#include "gateway/app/command.hpp"
#include "gateway/app/gateway.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::app {
namespace {

/// As `circuit_state` of the metrics has it.
std::string circuit_text(double state) {
  static constexpr std::array<const char*, 3> states = {"closed", "trying", "open"};
  const auto at = static_cast<std::size_t>(state);
  return at < states.size() ? states[at] : "";
}

http::admin::TargetFacts facts_of(const ForwardConfig& target) {
  const std::string name = target.https.name;
  if (!target.directory.empty()) return {name, "folder", target.directory.string(), ""};
  if (!target.topic.empty()) return {name, "topic", target.topic + " at " + target.brokers, ""};
  return {name, "fhir", target.https.url, ""};
}

}  // namespace

base::Result<void> Gateway::open_people() {
  explainer_ = std::make_unique<query::Explainer>(*store_, catalogue_);
  journal_ = std::make_unique<query::Journal>(*store_, *explainer_);
  desk_ = std::make_unique<outbox::Desk>(*store_, clock_, [this] { outbox_bell_.ring(); });
  outbox_page_ = std::make_unique<http::admin::OutboxPage>(*desk_);
  const auto note = [this](store::AuditRow row) { return audit_->shown(std::move(row)); };
  openings_ = std::make_unique<http::admin::Openings>(clock_, metrics_, note);
  messages_page_ =
      std::make_unique<http::admin::MessagesPage>(*store_, *journal_, clock_, note, *openings_);
  reader_ = std::make_unique<query::Reader>(*store_, clock_);
  patients_page_ = std::make_unique<http::admin::PatientsPage>(*store_, *reader_, *journal_, clock_,
                                                               note, *openings_);
  traffic_page_ = std::make_unique<http::admin::TrafficPage>(*store_, surroundings(), clock_, note);
  live_page_ = std::make_unique<http::admin::LivePage>(
      *store_, [this] { return traffic_page_->overview().body; });
  follow_ups_page_ = std::make_unique<http::admin::FollowUpsPage>(
      *reader_, clock_, note, [this](const http::Request& request, const security::Principal& who) {
        return api_->answer(request, who);
      });
  auto people = People::open(
      config_, *store_,
      {*outbox_page_, *messages_page_, *traffic_page_, *patients_page_, *live_page_,
       *follow_ups_page_},
      [this](store::AuditRow row) { audit_->refused(std::move(row)); }, clock_);
  if (!people) return people.error();
  people_ = *std::move(people);
  return {};
}

http::admin::Surroundings Gateway::surroundings() {
  return {.figures = [this] { return figures(); },
          .senders = [this] { return sender_facts(); },
          .targets = [this] { return target_facts(); }};
}

http::admin::Figures Gateway::figures() const {
  http::admin::Figures out{.version = std::string(version()),
                           .instance = config_.instance,
                           .store_kind = config_.store.file.empty() ? "postgresql" : "sqlite",
                           .started = started_,
                           .not_ready = not_ready()};
  out.answers = metrics_.sums(observe::names::messages_received, "result");
  out.ack_p50 = metrics_.quantile(observe::names::acknowledgement_seconds, 0.5);
  out.ack_p99 = metrics_.quantile(observe::names::acknowledgement_seconds, 0.99);
  for (const auto& [kind, open] : metrics_.sums(observe::names::review_open, "kind"))
    out.reviews_open += open;
  out.mappings = explainer_->catalogue()->version();
  out.last_backup = last_done(config_.store, Done::backed_up);
  out.last_verify = last_done(config_.store, Done::verified);
  out.reloads = metrics_.sums(observe::names::config_reloads, "what");
  for_each_certificate([&](const std::string& name, const std::filesystem::path& file) {
    if (const auto facts = security::certificate_facts(file))
      out.certificates.push_back({name, facts->identity.subject_text(), facts->not_after});
  });
  return out;
}

std::vector<http::admin::SenderFacts> Gateway::sender_facts() const {
  std::vector<http::admin::SenderFacts> out;
  const auto catalogue = explainer_->catalogue();
  for (const auto& profile : catalogue->profiles())
    if (!profile.recognise.empty()) out.push_back({profile.name, profile.certificates});
  return out;
}

std::vector<http::admin::TargetFacts> Gateway::target_facts() const {
  const auto circuits = metrics_.sums(observe::names::circuit_state, "target");
  std::vector<http::admin::TargetFacts> out;
  for (const ForwardConfig& target : config_.forward) {
    out.push_back(facts_of(target));
    if (const auto at = circuits.find(out.back().name); at != circuits.end())
      out.back().circuit = circuit_text(at->second);
  }
  return out;
}

void Gateway::for_each_certificate(
    const std::function<void(const std::string&, const std::filesystem::path&)>& see) const {
  const auto at = [](const char* door, const Address& address) {
    return std::string(door) + ":" + std::to_string(address.port);
  };
  for (const MllpConfig& listener : config_.mllp)
    if (listener.tls) see(at("mllp", listener.listen), listener.tls->certificate);
  if (config_.https) see(at("https", config_.https->listen), config_.https->tls.certificate);
  for (const ForwardConfig& target : config_.forward)
    if (const auto& own = target.https.tls.certificate; !own.empty())
      see("forward:" + target.https.name, own);
}

}  // namespace gateway::app
