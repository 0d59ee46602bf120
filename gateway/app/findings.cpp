#include "gateway/app/findings.hpp"

#include <algorithm>

#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "gateway/app/backend_services.hpp"
#include "gateway/app/fetched_keys.hpp"
#include "gateway/app/loopback.hpp"
#include "gateway/app/people.hpp"
#include "gateway/forward/folder_target.hpp"
#include "gateway/forward/topic_target.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/mapping/spelling.hpp"
#include "gateway/store/postgresql/url_facts.hpp"
#include "gateway/store/sqlite/files.hpp"

namespace gateway::app {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t microseconds_a_day = 86'400'000'000;

/// Ours must be ours alone. One of root may be read by a group: so a service manager, a package or
/// a volume of secrets hands it to a service that may not change it.
bool readable_by_others(const struct stat& status) {
  const bool handed_over = status.st_uid == 0 && ::geteuid() != 0;
  return (status.st_mode & (handed_over ? 037U : 077U)) != 0;
}

class Search {
 public:
  Search(const Config& config, const mapping::Catalogue* catalogue, base::Instant now)
      : config_(config), catalogue_(catalogue), now_(now) {}

  std::vector<Finding> bindings() {
    if (catalogue_ == nullptr) return {};
    for (const MllpConfig& listener : config_.mllp)
      senders(listener.senders, name_of(listener), listener.tls.has_value());
    if (config_.https) senders(config_.https->senders, "https", true);
    return std::move(found_);
  }

  std::vector<Finding> all() {
    found_ = bindings();
    addresses();
    for (const MllpConfig& listener : config_.mllp) mllp(listener);
    if (config_.https && files(config_.https->tls, "https")) context(config_.https->tls, "https");
    for (const ForwardConfig& target : config_.forward) {
      if (target.directory.empty())
        server(target);
      else if (auto folder = forward::folder_target(target.directory); !folder)
        say(Level::error, "forward-directory", folder.error().text());
      if (auto known = intake::check_route({target.https.name, "", target.only}); !known)
        say(Level::error, "forward-only", known.error().text());
    }
    if (!is_loopback(config_.operations.host))
      say(Level::unsafe, "operations-beyond-loopback",
          "the operations port listens beyond loopback without TLS; set operations.listen to "
          "127.0.0.1:PORT");
    audit();
    clients();
    people();
    store();
    return std::move(found_);
  }

 private:
  void say(Level level, std::string name, std::string text) {
    found_.push_back({level, std::move(name), std::move(text)});
  }

  /// A target that is a FHIR server.
  void server(const ForwardConfig& target) {
    const std::string name = "forward " + target.https.name;
    if (files(target.https.tls, name))
      if (auto usable = security::client_context(target.https.tls); !usable)
        say(Level::error, "tls", name + ": " + usable.error().text());
    if (!target.topic.empty()) {  // brokers name each other: their addresses are asked one by one
      if (!forward::knows_topics())
        say(Level::error, "forward-topic",
            name +
                ": this program was built without librdkafka; install librdkafka-dev and build "
                "again");
      return;
    }
    if (target.smart)
      if (auto signing = security::JwsKey::read(target.smart->key_file); !signing)
        say(Level::error, "forward-key", name + ": " + signing.error().text());
    address(target);
  }

  /// What would stop the start is said with all else; and what one did not mean to register.
  void clients() {
    for (const ClientConfig& client : config_.tokens.clients) {
      if (!client.jwks_url.empty())
        if (auto fine = check_keys_url(client.jwks_url, config_.tokens.allow_hosts); !fine)
          say(Level::error, "client-keys", fine.error().text());
      if (client.jwks_file.empty()) continue;
      if (auto keys = load_client_keys(client.jwks_file); !keys)
        say(Level::error, "client-keys", keys.error().text());
    }
    if (!config_.tokens.clients.empty() && !config_.https)
      say(Level::advice, "clients-without-https",
          "access.clients are registered but https is not configured: nobody can ask for a token");
  }

  /// Who may sign in, and whether anybody could make the first account.
  void people() {
    if (config_.provider) {
      if (auto fine = check_provider(*config_.provider); !fine)
        say(Level::error, "oidc-issuer", "access.oidc.issuer: " + fine.error().text());
      if (key(config_.provider->client_secret, "access.oidc.client_secret_file"))
        if (auto secret = read_provider_secret(config_.provider->client_secret); !secret)
          say(Level::error, "oidc-secret", secret.error().text());
      const auto administers = [](const auto& row) {
        return row.second == access::people::Role::administrator;
      };
      if (std::ranges::none_of(config_.provider->settings.roles, administers))
        say(Level::advice, "oidc-no-administrator",
            "access.oidc.roles makes nobody administrator: accounts are then changed on this host "
            "alone (`immunogate user`)");
    }
    const auto administers = [](const access::CertificateGrant& grant) {
      return grant.role == "administrator";
    };
    if (config_.https && config_.operations_socket.empty() && !config_.provider &&
        std::ranges::none_of(config_.certificates, administers))
      say(Level::advice, "no-administrator",
          "nobody can sign in at /console/ or make the first account: set operations.socket, then "
          "`immunogate user add NAME --role administrator`");
  }

  /// What the guard would refuse at each delivery is said before the first (TRUST.md T10).
  void address(const ForwardConfig& target) {
    const auto reachable = forward::check_address(target.https);
    if (reachable) return;
    const bool now_only = reachable.error().kind == base::ErrorKind::unavailable;
    say(now_only ? Level::advice : Level::error, "forward-address",
        "forward " + target.https.name + ": " + reachable.error().text());
  }

  /// Of two that listen on the same address the second would not start.
  void addresses() {
    std::vector<std::pair<std::string, Address>> doors = {{"operations", config_.operations}};
    for (std::size_t i = 0; i < config_.mllp.size(); ++i)
      doors.emplace_back("mllp[" + std::to_string(i) + "]", config_.mllp[i].listen);
    if (config_.https) doors.emplace_back("https", config_.https->listen);
    if (doors.size() == 1)
      say(Level::advice, "no-door",
          "neither mllp nor https is configured: nothing comes in and nobody can read; add one");
    for (auto one = doors.begin(); one != doors.end(); ++one)
      for (auto other = doors.begin(); other != one; ++other)
        if (clash(one->second, other->second))
          say(Level::error, "address-twice",
              other->first + " and " + one->first + " both listen on port " +
                  std::to_string(one->second.port) + "; give each a port of its own");
  }

  static bool clash(const Address& one, const Address& other) {
    const auto host = [](const Address& at) {
      return at.host == "localhost" ? "127.0.0.1" : at.host;
    };
    const auto any = [](const Address& at) { return at.host == "0.0.0.0" || at.host == "::"; };
    return one.port != 0 && one.port == other.port &&  // 0: the system chooses
           (host(one) == host(other) || any(one) || any(other));
  }

  static std::string name_of(const MllpConfig& listener) {
    return "mllp " + listener.listen.host + ":" + std::to_string(listener.listen.port);
  }

  void mllp(const MllpConfig& listener) {
    const std::string name = name_of(listener);
    if (listener.tls) {
      if (files(*listener.tls, name)) context(*listener.tls, name);
    } else if (!is_loopback(listener.listen.host))
      say(Level::unsafe, "plain-mllp-beyond-loopback",
          name +
              " is plain MLLP beyond loopback: results travel readable; use TLS, or bind it to "
              "127.0.0.1 beside a sidecar");
  }

  /// " (did you mean X?)": a name that differs from a known one by little is a slip.
  std::string near(const std::string& name) const {
    std::vector<std::string> known;
    for (const auto& profile : catalogue_->profiles()) known.push_back(profile.name);
    const auto nearest = mapping::nearest_name(name, known);
    return nearest.empty() ? "" : " (did you mean " + nearest + "?)";
  }

  /// INTERFACE.md §7, Binding.
  void senders(const std::vector<std::string>& names, const std::string& door, bool tls) {
    const auto& profiles = catalogue_->profiles();
    bool unbound = false;
    for (const std::string& name : names) {
      const auto profile =
          std::find_if(profiles.begin(), profiles.end(),
                       [&](const mapping::SenderProfile& known) { return known.name == name; });
      if (name != "*" && profile == profiles.end())
        say(Level::advice, "sender-without-profile",
            door + ": no file mappings/senders/" + name + ".json" + near(name) +
                "; the sender is taken by MSH-3|MSH-4 as sent, under default.json");
    }
    const bool any = std::find(names.begin(), names.end(), "*") != names.end();
    for (const auto& profile : profiles)
      if ((any || std::find(names.begin(), names.end(), profile.name) != names.end()) &&
          profile.certificates.empty())
        unbound = true;
    if (tls && unbound && (any || names.size() > 1))
      say(Level::unsafe, "sender-without-certificate",
          door +
              ": several senders share it and not every profile names its certificates, so any "
              "of them may speak as another; add \"certificates\" to the files in "
              "mappings/senders/, or give each sender a listener of its own");
  }

  /// False: one of them cannot be read, so that whether they fit together cannot be asked.
  bool files(const security::TlsFiles& tls, const std::string& door) {
    bool readable = key(tls.key, door);
    for (const fs::path& file : {tls.certificate, tls.ca}) {
      if (file.empty()) continue;
      auto facts = security::certificate_facts(file);
      if (!facts) {
        say(Level::error, "certificate", door + ": " + facts.error().text());
        readable = false;
        continue;
      }
      const auto days = (facts->not_after.microseconds - now_.microseconds) / microseconds_a_day;
      if (facts->not_after < now_)
        say(Level::error, "certificate-expired",
            door + ": " + file.string() + " has expired; renew it" +
                (facts->development ? " with certs/make-dev-certs --force" : ""));
      else if (days <= 30 && !facts->development)
        say(Level::advice, "certificate-expires",
            door + ": " + file.string() + " ends in " + std::to_string(days) + " days; renew it");
      if (facts->development && !config_.on_localhost())
        say(Level::error, "development-certificate",
            door + ": " + file.string() +
                " is a development certificate and base_url is not on "
                "localhost; use certificates of your own authority");
    }
    return readable;
  }

  /// Do certificate, key, authorities and revocations fit together as a server needs them?
  void context(const security::TlsFiles& tls, const std::string& door) {
    if (auto usable = security::server_context(tls, security::ClientCertificate::optional); !usable)
      say(Level::error, "tls", door + ": " + usable.error().text());
    if (tls.crl.empty()) {
      if (!config_.on_localhost())
        say(Level::advice, "no-revocation-list",
            door +
                ": a client whose key is stolen stays welcome until its certificate ends; name "
                "the lists of its authorities as tls.client_crl");
    } else if (const auto end = security::revocation_list_end(tls.crl); end && *end < now_) {
      say(Level::advice, "revocation-list-expired",
          door + ": " + tls.crl.string() + " is out of date" +
              (tls.believe_old_crl ? "" : ", so that no client is let in") +
              "; fetch it from the authority again");
    }
  }

  bool key(const fs::path& file, const std::string& door) {
    struct stat status {};
    if (file.empty()) return true;
    const bool readable = ::stat(file.c_str(), &status) == 0;
    if (!readable)
      say(Level::error, "key",
          door + ": " + file.string() +
              " cannot be read; name the key of the "
              "certificate");
    else if (readable_by_others(status))
      say(Level::error, "key-permissions",
          door + ": " + file.string() +
              " can be read by others; chmod 600 it (or 640 where it is root's)");
    return readable;
  }

  void audit() {
    if (config_.audit.reads == audit::Reads::queued)
      say(Level::unsafe, "audit-queued",
          "audit.reads is queued: a kill can lose the audit of the last 50 ms of reads; set it to "
          "before_answer");
    if (const auto& syslog = config_.audit.syslog) {
      if (auto usable = security::client_context(syslog->tls);
          files(syslog->tls, "audit.syslog") && !usable)
        say(Level::error, "audit-syslog", "audit.syslog: " + usable.error().text());
    }
    const fs::path& file = config_.audit.key;
    if (file.empty() || !key(file, "audit.key_file")) return;
    if (auto readable = security::read_signing_key(file); !readable)
      say(Level::error, "audit-key", "audit.key_file: " + readable.error().text());
  }

  void store() {
    if (!config_.store.postgresql.empty()) return postgresql();
    struct statfs system {};
    fs::path folder = config_.store.file.parent_path();
    while (!folder.empty() && folder != folder.root_path() && !fs::exists(folder))
      folder = folder.parent_path();
    if (::statfs(folder.c_str(), &system) != 0) return;
    const auto kind = static_cast<unsigned long>(system.f_type);
    if (kind == 0x01021994UL || kind == 0x858458f6UL)
      say(Level::unsafe, "store-in-memory",
          "store.url is on a file system in memory: a restart loses what was acknowledged; put it "
          "on a disk");
    if (kind == 0x6969UL || kind == 0xFF534D42UL || kind == 0xFE534D42UL)
      say(Level::unsafe, "store-on-network",
          "store.url is on a network file system, whose locks and syncs cannot be relied on; put "
          "it on a local disk");
    if (kind == 0x794c7630UL)
      say(Level::advice, "store-on-overlay",
          "store.url is in the layers of a container, which end with it; put it on a volume");
    disk(folder);
  }

  void postgresql() {
    const auto facts = store::postgresql::facts_of(config_.store.postgresql);
    if (!facts) return say(Level::error, "store-url", facts.error().text());
    if (facts->has_password)
      say(Level::unsafe, "store-password",
          "store.url carries a password, which stands in configurations and their copies; write "
          "passfile=FILE in its place");
    if (facts->leaves_this_host && !facts->verifies_server)
      say(Level::unsafe, "store-unverified",
          "store.url reaches another host without verifying it: results could go to anybody; "
          "write sslmode=verify-full and sslrootcert=FILE");
  }

  /// Where the store would take nothing from the start (store.min_free_bytes, TRUST.md F2).
  void disk(const fs::path& folder) {
    const auto space = store::sqlite::space_of(folder, config_.store.min_free_bytes);
    if (space.free < 2 * space.min_free)
      say(Level::advice, "disk-low",
          "the volume of store.url has " + std::to_string(space.free / 1'000'000) +
              " MB free; below " + std::to_string(space.min_free / 1'000'000) +
              " MB no message is taken: make room, or move the store");
  }

  const Config& config_;
  const mapping::Catalogue* catalogue_;  // may be null
  base::Instant now_;
  std::vector<Finding> found_;
};

bool accepted(const Finding& finding, const Config& config) {
  return config.on_localhost() ||
         std::find(config.accept_unsafe.begin(), config.accept_unsafe.end(), finding.name) !=
             config.accept_unsafe.end();
}

}  // namespace

std::vector<Finding> findings(const Config& config, const mapping::Catalogue* catalogue,
                              base::Instant now) {
  return Search(config, catalogue, now).all();
}

std::vector<Finding> binding_findings(const Config& config, const mapping::Catalogue& catalogue) {
  return Search(config, &catalogue, {}).bindings();
}

std::optional<Finding> clock_finding() {
  timex state{};
  const int said = ::adjtimex(&state);
  if (said != TIME_ERROR && (said < 0 || (state.status & STA_UNSYNC) == 0)) return std::nullopt;
  return Finding{Level::advice, "clock-unsynchronised",
                 "the clock of this machine is not synchronised: times of results, certificates "
                 "and audit depend on it; run chrony or systemd-timesyncd"};
}

bool stops(const Finding& finding, const Config& config) {
  return finding.level == Level::error ||
         (finding.level == Level::unsafe && !accepted(finding, config));
}

std::string text_of(const Finding& finding, const Config& config) {
  if (finding.level == Level::error) return "error: " + finding.text;
  if (finding.level == Level::advice) return "advice: " + finding.text;
  return "unsafe (" + finding.name + (accepted(finding, config) ? ", accepted): " : "): ") +
         finding.text +
         (accepted(finding, config) ? "" : "; or accept it by name in accept_unsafe");
}

}  // namespace gateway::app
