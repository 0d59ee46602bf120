// The parts of Gateway that have to do with its audit trail.
#include "gateway/app/gateway.hpp"
#include "gateway/forward/syslog_receiver.hpp"
#include "gateway/observe/names.hpp"

namespace gateway::app {

base::Result<void> Gateway::open_audit() {
  audit::Settings settings{.instance = config_.instance, .reads = config_.audit.reads};
  if (const auto& file = config_.audit.key; !file.empty()) {
    auto key = security::read_signing_key(file);
    if (!key) return key.error();
    settings.key = *std::move(key);
  } else {
    const auto kept = store_->secret("audit");
    if (!kept) return kept.error();
    settings.key = security::signing_key(*kept);
  }
  audit_ = std::make_unique<audit::Recorder>(*store_, std::move(settings), clock_, metrics_);
  return audit_->begin();
}

base::Result<void> Gateway::open_audit_export() {
  if (!config_.audit.syslog) return {};
  auto settings = *config_.audit.syslog;
  auto tls = watched_tls("audit.syslog", settings.tls);
  if (!tls) return tls.error();
  settings.editions = *std::move(tls);
  auto receiver = forward::syslog_receiver(settings);
  if (!receiver) return receiver.error();
  const std::string name = "syslog " + settings.name;
  audit_export_ = std::make_unique<audit::Exporter>(
      *store_, *std::move(receiver), name, audit::Self{config_.instance, config_.base_url}, clock_);
  metrics_.before_print([this] {
    metrics_.gauge(observe::names::audit_export_lag).set(audit_export_->lag_seconds());
  });
  const auto place = store_->handed_on(name);
  if (!place) return place.error();
  if (auto noted = audit_->done({"audit-export",
                                 clock_.now(),
                                 settings.name,
                                 "gateway",
                                 "200",
                                 {},
                                 "behind row " + std::to_string(*place)});
      !noted)
    return noted;
  audit_export_->start();
  return {};
}

net::OnRefused Gateway::auditing_refusals() {
  return [this](net::RefusedHandshake refused) {
    store::AuditRow row{"refused",
                        clock_.now(),
                        "anonymous",
                        std::move(refused.door),
                        "handshake",
                        {},
                        std::move(refused.reason)};
    row.address = refused.address.substr(0, refused.address.rfind(':'));
    if (!refused.certificate.empty()) row.detail += " certificate " + refused.certificate;
    audit_->refused(std::move(row));
  };
}

}  // namespace gateway::app
