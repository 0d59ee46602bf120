#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/access/access.hpp"
#include "gateway/access/people/provider.hpp"
#include "gateway/app/schema.hpp"
#include "gateway/app/store_config.hpp"
#include "gateway/audit/recorder.hpp"
#include "gateway/forward/https_target.hpp"
#include "gateway/forward/smart_client.hpp"
#include "gateway/forward/syslog_receiver.hpp"
#include "gateway/mllp/door.hpp"
#include "gateway/query/exports.hpp"
#include "gateway/security/tls_context.hpp"

namespace gateway::app {

/// HOST:PORT of a door.
struct Address {
  std::string host;
  std::uint16_t port = 0;
};

struct MllpConfig {
  Address listen;
  std::optional<security::TlsFiles> tls;  // absent: plain
  std::vector<std::string> senders, processing_ids;
};

struct HttpsConfig {
  Address listen;
  security::TlsFiles tls;
  std::vector<std::string> senders, processing_ids;
  int threads = 64;
  std::size_t connections = 4096;
  std::vector<std::string> allowed_origins;  // of pages that may ask (CORS)
};

/// One target: a FHIR server (`https.url`), a folder, or a topic. `https` has its name, TLS files,
/// reach and time-out in any case.
struct ForwardConfig {
  forward::HttpsSettings https;
  std::optional<forward::SmartSettings> smart;
  std::filesystem::path directory;  // "": it is none
  std::string brokers, topic;       // "": it is none

  bool is_server() const { return directory.empty() && topic.empty(); }
  std::string instance;  // the target's own, where it is a gateway like this; "": not known
  std::string only;
  int lanes = 8, batch_messages = 50;
  bool client_ids = true, deletes = true;
};

/// What rest-hooks reach, and how this gateway shows itself there.
struct PushConfig {
  std::vector<std::string> allow_hosts;  // names, addresses, networks
  security::TlsFiles tls;                // ca verifies the receiver; certificate and key are ours
};

/// How reads are audited, and who vouches for the trail.
struct AuditConfig {
  audit::Reads reads = audit::Reads::before_answer;
  std::filesystem::path key;  // PEM, Ed25519; "": one that the store keeps
  std::optional<forward::SyslogSettings> syslog;
};

/// Clients of SMART Backend Services, and the tokens they get.
struct ClientConfig {
  access::ClientGrant grant;
  std::filesystem::path jwks_file;  // or
  std::string jwks_url;
};
struct TokensConfig {
  std::vector<ClientConfig> clients;
  std::chrono::seconds life{300};
  std::vector<std::string> allow_hosts;  // that a jwks_url may lead to
  std::filesystem::path jwks_ca;         // verifies them; "": the authorities of this machine
  std::filesystem::path keys;            // folder of our own; beside the store where none is named
};

/// The identity provider that knows the people (OpenID Connect), as it is configured.
struct ProviderConfig {
  access::people::ProviderSettings settings;  // without secret and redirect_uri
  std::filesystem::path client_secret;        // file
  std::filesystem::path ca;                   // "": the authorities of this machine
};

/// The configuration (INTERFACE.md §6), checked against the schema; paths are made absolute from
/// the folder the program was started in.
struct Config {
  std::string instance, base_url;
  std::filesystem::path mappings;
  StoreConfig store;
  std::vector<MllpConfig> mllp;
  std::optional<HttpsConfig> https;
  Address operations;
  std::filesystem::path operations_socket;  // "": none
  std::vector<access::CertificateGrant> certificates;
  TokensConfig tokens;
  std::optional<ProviderConfig> provider;
  std::vector<ForwardConfig> forward;
  PushConfig push;
  AuditConfig audit;
  query::ExportSettings exports;  // their folder is beside the store
  mllp::Limits limits;
  int requests_per_second = 2000;  // of one client of the FHIR API
  std::chrono::seconds hold{15}, drain{0};
  std::vector<std::string> accept_unsafe;
  fhir::Json document;  // what all of this was read from, with variables and defaults in it

  /// Is `base_url` on this host? Then what is unsafe is only advice (TRUST.md §8.1).
  bool on_localhost() const;
};

/// A configuration, or everything that is wrong with it.
struct LoadedConfig {
  std::optional<Config> config;
  std::vector<ConfigProblem> problems;
  /// As far as it could be read, whatever is wrong with it: what else is wrong is asked of this, so
  /// that all of it is said at once (HOUSE 18). Absent: the file is not even JSON.
  std::optional<Config> readable;
};

/// Reads the file (JSON with comments), lays `IMMUNOGATE_<PATH>` variables of `environment`
/// ("NAME=value", as from environ) over it, checks it against the schema.
LoadedConfig load_config(const std::filesystem::path& file,
                         const std::vector<std::string>& environment);

/// "FILE:LINE: where what; remedy" for each problem.
std::string text_of(const ConfigProblem& problem, const std::filesystem::path& file);

}  // namespace gateway::app
