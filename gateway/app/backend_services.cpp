#include "gateway/app/backend_services.hpp"

#include <fstream>
#include <iterator>

#include "gateway/app/fetched_keys.hpp"
#include "gateway/app/token_key_files.hpp"
#include "gateway/base/log.hpp"

namespace gateway::app {
base::Result<access::KeySet> load_client_keys(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || text.empty())
    return base::Error{base::ErrorKind::configuration, "the client's keys cannot be read",
                       file.string(), "name a file with its JWK set in jwks_file"};
  auto keys = access::read_key_set(text);
  if (keys) return keys;
  auto error = keys.error();
  error.kind = base::ErrorKind::configuration;
  error.where = file.string();
  return error;
}

BackendServices::BackendServices(const Config& config, const access::Access& access,
                                 store::Store& store, const base::Clock& clock,
                                 observe::Metrics& metrics,
                                 const std::vector<store::Spending>& taken_back,
                                 access::NoteRefusal note_refusal)
    : config_(config.tokens),
      clock_(clock),
      client_keys_(fetching_keys({config.tokens.allow_hosts, config.tokens.jwks_ca}), clock),
      tokens_(config.base_url, config.tokens.life, keys_, store, clock, taken_back),
      assertions_(access, client_keys_, store, clock, http::auth::Addresses(config.base_url).token),
      issuing_(assertions_, tokens_, store, clock, std::move(note_refusal)),
      endpoint_(http::auth::Addresses(config.base_url), issuing_, keys_, metrics) {}

base::Result<std::unique_ptr<BackendServices>> BackendServices::open(
    const Config& config, const access::Access& access, store::Store& store,
    const base::Clock& clock, observe::Metrics& metrics, access::NoteRefusal note_refusal) {
  const auto taken_back = store.spent(access::Tokens::spending_kind);
  if (!taken_back) return taken_back.error();
  std::unique_ptr<BackendServices> out(new BackendServices(config, access, store, clock, metrics,
                                                           *taken_back, std::move(note_refusal)));
  if (auto loaded = out->load_own(); !loaded) return loaded.error();
  if (auto loaded = out->load_clients(); !loaded) return loaded.error();
  return out;
}

base::Result<void> BackendServices::load_own() {
  auto keys = load_token_keys(config_.keys, clock_.now());
  if (!keys) return keys.error();
  keys_.publish(*std::move(keys));
  return {};
}

/// A file that cannot be read takes nothing from the clients behind it.
base::Result<void> BackendServices::load_clients() {
  std::optional<base::Error> first;
  for (const ClientConfig& client : config_.clients) {
    if (!client.jwks_url.empty()) {
      client_keys_.give_url(client.grant.id, client.jwks_url);
      continue;
    }
    auto keys = load_client_keys(client.jwks_file);
    if (keys)
      client_keys_.give(client.grant.id, *std::move(keys));
    else if (!first)
      first = keys.error();
  }
  if (first) return *first;
  return {};
}

std::vector<std::string> BackendServices::reload() {
  std::vector<std::string> refusals;
  if (auto loaded = load_own(); !loaded) refusals.push_back(loaded.error().text());
  if (auto loaded = load_clients(); !loaded) refusals.push_back(loaded.error().text());
  return refusals;
}

void BackendServices::rotate() {
  if (auto loaded = load_own(); !loaded) base::log(base::Level::error, "tokens.keys_unreadable");
}

}  // namespace gateway::app
