#include "gateway/app/people.hpp"

#include <fstream>
#include <iterator>

#include "gateway/app/fetched_keys.hpp"
#include "gateway/app/loopback.hpp"
#include "gateway/http/auth/endpoint.hpp"
#include "gateway/http/console/console.hpp"

namespace gateway::app {
namespace {

namespace people = access::people;

/// The provider's own host, and those that the administrator named beside it.
OutgoingRules rules_of(const Config& config) {
  auto hosts = config.push.allow_hosts;
  hosts.push_back(host_of(config.provider->settings.issuer));
  return {std::move(hosts), config.provider->ca, std::chrono::seconds(10)};
}

people::AskProvider asking(const Config& config) {
  return [rules = rules_of(config)](
             const people::ProviderRequest& asked) -> base::Result<std::pair<int, std::string>> {
    forward::HttpsRequest request{.headers = {{"Accept", "application/json"}}};
    if (!asked.authorization.empty())
      request.headers.emplace_back("Authorization", asked.authorization);
    if (!asked.form.empty()) {
      request.method = "POST";
      request.content_type = "application/x-www-form-urlencoded";
      request.body = asked.form;
    }
    auto answer = ask_outside(asked.url, rules, std::move(request));
    if (!answer) return answer.error();
    return std::pair(answer->status, std::move(answer->body));
  };
}

std::unique_ptr<people::Provider> provider_of(const Config& config, people::Accounts& accounts,
                                              const std::string& secret,
                                              const std::string& seal_key) {
  if (!config.provider) return nullptr;
  auto settings = config.provider->settings;
  settings.client_secret = secret;
  settings.redirect_uri =
      http::auth::root_of(config.base_url) + std::string(http::console::way_back);
  return std::make_unique<people::Provider>(std::move(settings), accounts, asking(config),
                                            fetching_keys(rules_of(config)), seal_key);
}

}  // namespace

base::Result<std::string> read_provider_secret(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (!in.bad() && !text.empty()) return text;
  return base::Error{base::ErrorKind::configuration,
                     "the secret of the identity provider cannot be read", file.string(),
                     "name a file with it in access.oidc.client_secret_file"};
}

base::Result<void> check_provider(const ProviderConfig& provider) {
  auto readable = forward::parse_https_url(provider.settings.issuer);
  if (!readable) return readable.error();
  return {};
}

People::People(const Config& config, store::Store& store, Desks desks,
               std::function<void(store::AuditRow)> on_refused, const base::Clock& clock,
               const std::string& provider_secret, const std::string& seal_key)
    : accounts_(store, clock),
      sign_in_(accounts_, config.instance),
      sessions_(accounts_),
      provider_(provider_of(config, accounts_, provider_secret, seal_key)),
      page_({config.instance}, accounts_, sign_in_, sessions_, provider_.get()),
      administration_({config.instance}, sessions_,
                      {page_, desks.outbox, desks.messages, desks.traffic, desks.patients,
                       desks.live, desks.follow_ups},
                      std::move(on_refused)) {}

base::Result<std::unique_ptr<People>> People::open(const Config& config, store::Store& store,
                                                   Desks desks,
                                                   std::function<void(store::AuditRow)> on_refused,
                                                   const base::Clock& clock) {
  std::string secret, seal_key;
  if (config.provider) {
    auto read = read_provider_secret(config.provider->client_secret);
    if (!read) return read.error();
    auto kept = store.secret("provider");
    if (!kept) return kept.error();
    secret = *std::move(read);
    seal_key = *std::move(kept);
  }
  return std::unique_ptr<People>(
      new People(config, store, desks, std::move(on_refused), clock, secret, seal_key));
}

}  // namespace gateway::app
