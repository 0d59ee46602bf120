#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/access/issuing.hpp"
#include "gateway/app/config.hpp"
#include "gateway/http/auth/endpoint.hpp"

namespace gateway::app {

/// The registered keys of a client out of its file. Error `configuration` naming it.
base::Result<access::KeySet> load_client_keys(const std::filesystem::path& file);

/// SMART Backend Services, wired: the clients' keys, our own, what issues and what answers.
class BackendServices {
 public:
  /// Error: a key or a set of keys that cannot be used, with file and remedy.
  static base::Result<std::unique_ptr<BackendServices>> open(
      const Config& config, const access::Access& access, store::Store& store,
      const base::Clock& clock, observe::Metrics& metrics, access::NoteRefusal note_refusal);
  const access::Tokens& tokens() const { return tokens_; }
  http::auth::Endpoint& endpoint() { return endpoint_; }

  /// From the next `reload` on these are who has keys.
  void take(std::vector<ClientConfig> clients) { config_.clients = std::move(clients); }
  /// Reads our keys anew, and the clients' files; what cannot be read stays as it was, and is said.
  /// Rotates what is due.
  std::vector<std::string> reload();
  /// The same of our own keys alone, from time to time.
  void rotate();

 private:
  BackendServices(const Config& config, const access::Access& access, store::Store& store,
                  const base::Clock& clock, observe::Metrics& metrics,
                  const std::vector<store::Spending>& taken_back, access::NoteRefusal note_refusal);
  base::Result<void> load_own();
  base::Result<void> load_clients();

  TokensConfig config_;
  const base::Clock& clock_;
  access::TokenKeys keys_;
  access::ClientKeys client_keys_;
  access::Tokens tokens_;
  access::Assertions assertions_;
  access::Issuing issuing_;
  http::auth::Endpoint endpoint_;
};

}  // namespace gateway::app
