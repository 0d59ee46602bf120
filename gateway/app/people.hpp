#pragma once
#include <functional>
#include <memory>
#include <string>

#include "gateway/access/people/provider.hpp"
#include "gateway/app/config.hpp"
#include "gateway/http/admin/administration.hpp"

namespace gateway::app {

/// What people ask beside accounts.
struct Desks {
  http::admin::OutboxPage& outbox;
  http::admin::MessagesPage& messages;
  http::admin::TrafficPage& traffic;
  http::admin::PatientsPage& patients;
  http::admin::LivePage& live;
  http::admin::FollowUpsPage& follow_ups;
};

/// The people of a gateway, wired: accounts, sessions, the identity provider, and what answers them
/// below /admin/.
class People {
 public:
  /// Error `configuration`: the provider's secret cannot be read; `unavailable`: the store.
  static base::Result<std::unique_ptr<People>> open(const Config& config, store::Store& store,
                                                    Desks desks,
                                                    std::function<void(store::AuditRow)> on_refused,
                                                    const base::Clock& clock);
  http::admin::Administration& administration() { return administration_; }

 private:
  People(const Config& config, store::Store& store, Desks desks,
         std::function<void(store::AuditRow)> on_refused, const base::Clock& clock,
         const std::string& provider_secret, const std::string& seal_key);

  access::people::Accounts accounts_;
  access::people::SignIn sign_in_;
  access::people::Sessions sessions_;
  std::unique_ptr<access::people::Provider> provider_;  // null: none is configured
  http::admin::PeoplePage page_;
  http::admin::Administration administration_;
};

/// The secret that the provider knows this gateway by; without the end of its line. Error
/// `configuration` with the file.
base::Result<std::string> read_provider_secret(const std::filesystem::path& file);
/// May the provider be asked? Its host is reached because it is configured. Asks nothing.
base::Result<void> check_provider(const ProviderConfig& provider);

}  // namespace gateway::app
