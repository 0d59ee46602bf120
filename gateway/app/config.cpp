#include "gateway/app/config.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>

#include "gateway/app/environment.hpp"
#include "gateway/app/loopback.hpp"
#include "gateway/app/nearest.hpp"
#include "gateway/fhir/search/parameters.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::app {
namespace {

using fhir::Json;
using Problems = std::vector<ConfigProblem>;

long long number(const Json& value) {
  long long out = 0;
  std::from_chars(value.text().data(), value.text().data() + value.text().size(), out);
  return out;
}

Address address(const Json& value) {
  const auto& text = value.text();
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  long long port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return {host, static_cast<std::uint16_t>(port)};
}

std::filesystem::path path(const Json& value) {
  return value.text().empty() ? std::filesystem::path()
                              : std::filesystem::absolute(value.text()).lexically_normal();
}

std::vector<std::string> words(const Json& list) {
  std::vector<std::string> out;
  for (const Json& word : list.items()) out.push_back(word.text());
  return out;
}

security::TlsFiles server_files(const Json& tls) {
  return {path(tls["certificate"]), path(tls["key"]), path(tls["client_ca"]),
          path(tls["client_crl"]), tls["expired_crl"].text() == "warn"};
}

std::vector<MllpConfig> listeners(const Json& list, Problems& problems) {
  std::vector<MllpConfig> out;
  for (const Json& item : list.items()) {
    MllpConfig listener{address(item["listen"]), std::nullopt, words(item["senders"]),
                        words(item["processing_ids"])};
    if (item.has("tls")) listener.tls = server_files(item["tls"]);
    const std::string where = "mllp[" + std::to_string(out.size()) + "]";
    if (listener.tls && item["plain"].is_true())
      problems.push_back({where, item.line(), "is plain and has tls", "take out one of the two"});
    if (!listener.tls && !item["plain"].is_true())
      problems.push_back({where + ".tls", item.line(), "is missing",
                          "name certificate, key and client_ca, or say \"plain\": true"});
    out.push_back(std::move(listener));
  }
  return out;
}

std::optional<HttpsConfig> https(const Json& document) {
  const Json& item = document["https"];
  if (!item.is_object()) return std::nullopt;
  return HttpsConfig{address(item["listen"]),
                     server_files(item["tls"]),
                     words(item["senders"]),
                     words(item["processing_ids"]),
                     static_cast<int>(number(item["threads"])),
                     static_cast<std::size_t>(number(item["connections"])),
                     words(item["allowed_origins"])};
}

/// Types a scope may name that no table of ours serves yet, or that are served by other means.
constexpr std::string_view further_types[] = {
    "*",        "AuditEvent", "Subscription",    "SubscriptionTopic",   "StructureDefinition",
    "ValueSet", "CodeSystem", "SearchParameter", "CapabilityStatement", "ConceptMap"};

/// A type that nobody serves grants nothing, and whoever wrote it meant another.
void check_scope_types(const std::vector<security::Scope>& scopes, const std::string& where,
                       std::uint32_t line, Problems& problems) {
  const auto served = fhir::search::served_types();
  std::vector<std::string> known(served.begin(), served.end());
  known.insert(known.end(), std::begin(further_types), std::end(further_types));
  for (const security::Scope& scope : scopes) {
    if (std::find(known.begin(), known.end(), scope.type) != known.end()) continue;
    const auto near = nearest(scope.type, known);
    problems.push_back({where + ".scopes", line, "names " + scope.type + ", which is not served",
                        near.empty() ? "take it out" : "did you mean " + near + "?"});
  }
}

std::vector<security::Scope> scopes_of(const Json& item, const std::string& where,
                                       Problems& problems) {
  auto scopes = security::parse_scopes(item["scopes"].text());
  if (!scopes) {
    problems.push_back(
        {where + ".scopes", item.line(), scopes.error().what, scopes.error().remedy});
    return {};
  }
  check_scope_types(*scopes, where, item.line(), problems);
  return *std::move(scopes);
}

std::vector<access::CertificateGrant> grants(const Json& list, Problems& problems) {
  std::vector<access::CertificateGrant> out;
  for (const Json& item : list.items()) {
    const std::string where = "access.certificates[" + std::to_string(out.size()) + "]";
    const auto complain = [&](const char* key, const std::string& what, const std::string& remedy) {
      problems.push_back({where + "." + key, item.line(), what, remedy});
    };
    access::CertificateGrant grant;
    grant.rule.subject = security::parse_distinguished_name(item["subject"].text());
    grant.rule.issuer = security::parse_distinguished_name(item["issuer"].text());
    grant.rule.alternative_name = item["san"].text();
    grant.rule.spki_sha256 = item["spki_sha256"].text();
    grant.role = item["role"].text();
    if (item.has("subject") && grant.rule.subject.empty())
      complain("subject", "is no distinguished name", "write it as CN=ehr,O=Clinic");
    if (item.has("issuer") && grant.rule.issuer.empty())
      complain("issuer", "is no distinguished name", "write it as CN=ehr,O=Clinic");
    if (grant.rule.subject.empty() && grant.rule.alternative_name.empty() &&
        grant.rule.spki_sha256.empty())
      complain("subject", "is missing",
               "name a subject, san or spki_sha256; a rule without any would fit everybody");
    grant.scopes = scopes_of(item, where, problems);
    out.push_back(std::move(grant));
  }
  return out;
}

/// A client's name is no certificate's: `=` stands in each of those.
bool is_client_id(std::string_view id) {
  return !id.empty() && id.size() <= 255 && id != "anonymous" &&
         std::ranges::all_of(id, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '='; });
}

std::vector<ClientConfig> clients(const Json& list, Problems& problems) {
  std::vector<ClientConfig> out;
  for (const Json& item : list.items()) {
    const std::string where = "access.clients[" + std::to_string(out.size()) + "]";
    ClientConfig client{{item["id"].text(), scopes_of(item, where, problems), item["role"].text()},
                        path(item["jwks_file"]),
                        item["jwks_url"].text()};
    if (!is_client_id(client.grant.id))
      problems.push_back({where + ".id", item.line(), "is no name for a client",
                          "take letters, digits and signs but =, at most 255"});
    for (const ClientConfig& other : out)
      if (other.grant.id == client.grant.id)
        problems.push_back({where + ".id", item.line(), "names a client twice",
                            "give each client an id of its own"});
    if (client.jwks_file.empty() == client.jwks_url.empty())
      problems.push_back({where + ".jwks_file", item.line(),
                          client.jwks_url.empty() ? "is missing" : "is there beside jwks_url",
                          "name the file with the client's public keys, or their URL"});
    out.push_back(std::move(client));
  }
  return out;
}

TokensConfig tokens(const Json& access, std::filesystem::path store, Problems& problems) {
  TokensConfig out{
      clients(access["clients"], problems), std::chrono::seconds(number(access["token_seconds"])),
      words(access["allow_hosts"]), path(access["jwks_ca"]), path(access["token_keys"])};
  if (out.keys.empty()) out.keys = store += "-token-keys";
  return out;
}

std::optional<ProviderConfig> provider(const Json& item, Problems& problems) {
  if (!item.is_object()) return std::nullopt;
  ProviderConfig out;
  out.client_secret = path(item["client_secret_file"]);
  out.ca = path(item["ca"]);
  auto& settings = out.settings;
  settings.issuer = item["issuer"].text();
  settings.client_id = item["client_id"].text();
  settings.scopes = item["scopes"].text();
  settings.acr = words(item["acr"]);
  settings.claim = item["claim"].text();
  for (const auto algorithm :
       {security::Algorithm::rs256, security::Algorithm::rs384, security::Algorithm::es384})
    if (security::name_of(algorithm) == item["algorithm"].text()) settings.algorithm = algorithm;
  for (const Json& one : item["roles"].items())
    if (const auto role = access::people::role_of(one["role"].text()))
      settings.roles.emplace_back(one["group"].text(), *role);
  const auto complain = [&](const char* key, const char* what, const char* remedy) {
    problems.push_back({std::string("access.oidc.") + key, item.line(), what, remedy});
  };
  if (!settings.issuer.starts_with("https://"))
    complain("issuer", "is not https", "write it as the provider does: https://login.example");
  if (settings.acr.empty())
    complain("acr", "names no way to prove who one is",
             "name those acr values of the provider that are strong enough, with a second factor");
  if (settings.roles.empty())
    complain("roles", "gives nobody a role", "name groups and the roles they have");
  return out;
}

/// What sort of target an item of `forward` is, and how it knows us.
void read_kind(ForwardConfig& target, const Json& item, const std::string& where,
               Problems& problems) {
  target.directory = path(item["directory"]);
  target.brokers = item["topic"]["brokers"].text();
  target.topic = item["topic"]["name"].text();
  const int kinds = item.has("url") + item.has("directory") + item.has("topic");
  if (kinds != 1)
    problems.push_back({where + ".url", item.line(),
                        kinds == 0 ? "is missing" : "stands beside a directory or a topic",
                        "name the url of a FHIR server, or a directory, or a topic"});
  if ((item.has("url") || item.has("topic")) && !item["tls"].is_object())
    problems.push_back({where + ".tls", item.line(), "is missing",
                        "name ca, which verifies the target, and certificate and key"});
  const Json& smart = item["auth"]["smart"];
  if (!smart.is_object()) return;
  target.smart = forward::SmartSettings{smart["client_id"].text(), path(smart["key_file"]),
                                        smart["key_id"].text(), smart["scopes"].text()};
}

std::vector<ForwardConfig> targets(const Json& list, Problems& problems) {
  std::vector<ForwardConfig> out;
  for (const Json& item : list.items()) {
    ForwardConfig target;
    const Json& tls = item["tls"];
    target.https = {item["name"].text(),
                    item["url"].text(),
                    {path(tls["certificate"]), path(tls["key"]), path(tls["ca"])},
                    item["allow_private_address"].is_true(),
                    std::chrono::seconds(number(item["timeout_seconds"]))};
    for (const ForwardConfig& other : out)
      if (other.https.name == target.https.name)
        problems.push_back({"forward[" + std::to_string(out.size()) + "].name", item.line(),
                            "names a target twice", "give each target a name of its own"});
    read_kind(target, item, "forward[" + std::to_string(out.size()) + "]", problems);
    target.instance = item["instance"].text();
    target.only = item["only"].text();
    target.lanes = static_cast<int>(number(item["lanes"]));
    target.batch_messages = static_cast<int>(number(item["batch_messages"]));
    target.client_ids = !(item.has("client_ids") && !item["client_ids"].is_true());
    target.deletes = !(item.has("deletes") && !item["deletes"].is_true());
    out.push_back(std::move(target));
  }
  return out;
}

/// Receivers are met with the certificate of our own door, and verified by its client authority,
/// unless other files are named.
PushConfig push(const Json& document) {
  PushConfig out{words(document["access"]["allow_hosts"]), {}};
  const Json& tls = document["subscriptions"]["tls"];
  if (tls.is_object())
    out.tls = {path(tls["certificate"]), path(tls["key"]), path(tls["ca"])};
  else if (document["https"].is_object())
    out.tls = server_files(document["https"]["tls"]);
  return out;
}

mllp::Limits limits(const Json& item) {
  mllp::Limits out;
  out.message_bytes = static_cast<std::size_t>(number(item["message_bytes"]));
  out.connections = static_cast<std::size_t>(number(item["connections"]));
  out.bytes_in_flight = static_cast<std::size_t>(number(item["bytes_in_flight"]));
  out.frame = std::chrono::seconds(number(item["frame_seconds"]));
  out.handshake = std::chrono::seconds(number(item["handshake_seconds"]));
  out.handshakes_per_second = static_cast<int>(number(item["handshakes_per_second"]));
  out.connections_per_address = static_cast<std::size_t>(number(item["connections_per_address"]));
  return out;
}

AuditConfig audit_of(const Json& trail) {
  AuditConfig out{
      trail["reads"].text() == "queued" ? audit::Reads::queued : audit::Reads::before_answer,
      path(trail["key_file"]),
      {}};
  const Json& syslog = trail["syslog"];
  if (!syslog.is_object()) return out;
  const auto to = address(syslog["to"]);
  const Json& tls = syslog["tls"];
  out.syslog =
      forward::SyslogSettings{to.host,
                              to.port,
                              syslog["to"].text(),
                              {path(tls["certificate"]), path(tls["key"]), path(tls["ca"])},
                              syslog["allow_private_address"].is_true()};
  return out;
}

query::ExportSettings exports(const Json& item, std::filesystem::path store) {
  query::ExportSettings out;
  out.folder = store += "-exports";
  out.most_running = static_cast<std::size_t>(number(item["running"]));
  out.most_bytes = number(item["bytes"]);
  out.kept = std::chrono::hours(number(item["kept_hours"]));
  return out;
}

StoreConfig store(const Json& item, Problems& problems) {
  auto named = store_named(item["url"].text());
  if (!named) {
    problems.push_back({"store.url", item["url"].line(), named.error().what, named.error().remedy});
    return {};
  }
  StoreConfig out = *std::move(named);
  out.min_free_bytes = number(item["min_free_bytes"]);
  out.strict = item["ha"].text() == "strict";
  if (out.strict && out.postgresql.empty())
    problems.push_back({"store.ha", item["ha"].line(), "is strict, which a single file cannot be",
                        "name a postgresql:// store with a synchronous standby, or leave it out"});
  if (out.beside.empty()) out.beside = path(item["folder"]) / "gateway";
  return out;
}

/// nullopt: it cannot be read. (`text << in.rdbuf()` fails on an empty file as on none.)
std::optional<std::string> read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return std::nullopt;
  return text;
}

Config config_of(const Json& document, Problems& problems) {
  Config config;
  config.instance = document["instance"].text();
  config.base_url = document["base_url"].text();
  config.mappings = path(document["mappings"]);
  config.store = store(document["store"], problems);
  config.mllp = listeners(document["mllp"], problems);
  config.https = https(document);
  config.operations = address(document["operations"]["listen"]);
  config.operations_socket = path(document["operations"]["socket"]);
  config.certificates = grants(document["access"]["certificates"], problems);
  config.tokens = tokens(document["access"], config.store.beside, problems);
  config.provider = provider(document["access"]["oidc"], problems);
  config.forward = targets(document["forward"], problems);
  config.push = push(document);
  config.audit = audit_of(document["audit"]);
  config.exports = exports(document["exports"], config.store.beside);
  config.limits = limits(document["limits"]);
  config.requests_per_second = static_cast<int>(number(document["limits"]["requests_per_second"]));
  config.hold = std::chrono::seconds(number(document["limits"]["hold_seconds"]));
  config.drain = std::chrono::seconds(number(document["limits"]["drain_seconds"]));
  config.accept_unsafe = words(document["accept_unsafe"]);
  config.document = document;
  return config;
}

/// "line 2, column 14" of the reader of JSON as numbers, which stand behind the file's name.
ConfigProblem syntax_problem(const base::Error& error) {
  ConfigProblem problem{"", 0, error.what, error.remedy};
  if (problem.remedy.empty())
    problem.remedy =
        "mend it there: names and texts stand in double quotes, each name once, and no comma "
        "before a closing brace or bracket";
  std::uint32_t* const numbers[] = {&problem.line, &problem.column};
  const char* at = error.where.data();
  const char* const end = at + error.where.size();
  for (std::uint32_t* number : numbers) {
    at = std::find_if(at, end, [](char c) { return c >= '0' && c <= '9'; });
    at = std::from_chars(at, end, *number).ptr;
  }
  return problem;
}

/// What a variable gave stands in no line of the file.
void name_variables(Problems& problems, const std::map<std::string, std::string>& variables) {
  for (ConfigProblem& problem : problems) {
    const auto variable = variables.find(problem.where.substr(0, problem.where.find_last_of('[')));
    const auto whole = variables.find(problem.where);
    if (whole == variables.end() && variable == variables.end()) continue;
    problem.line = 0;
    problem.where += " (given by " + (whole != variables.end() ? whole : variable)->second + ")";
  }
}

}  // namespace

bool Config::on_localhost() const {
  return is_loopback(host_of(base_url));
}

LoadedConfig load_config(const std::filesystem::path& file,
                         const std::vector<std::string>& environment) {
  LoadedConfig loaded;
  const auto text = read_whole(file);
  if (!text || text->find_first_not_of(" \t\r\n") == std::string::npos) {
    loaded.problems.push_back(
        text ? ConfigProblem{"", 0, "is empty", "deploy/immunogate.jsonc is an annotated example"}
             : ConfigProblem{"", 0, "cannot be read", "give the path of the configuration"});
    return loaded;
  }
  auto document = fhir::parse_json(*text, {.comments = true});
  if (!document) {
    loaded.problems.push_back(syntax_problem(document.error()));
    return loaded;
  }
  const auto schema = fhir::parse_json(config_schema_text());
  base::invariant(static_cast<bool>(schema), "the schema that is built in can be read");
  auto overrides = override_by_environment(*document, *schema, environment);
  loaded.problems = std::move(overrides.problems);
  const auto found = check_and_complete(*document, *schema);
  loaded.problems.insert(loaded.problems.end(), found.begin(), found.end());
  Problems meant;
  loaded.readable = config_of(*document, meant);
  for (ConfigProblem& problem : meant)  // what is wrong by its form already is said once
    if (std::none_of(loaded.problems.begin(), loaded.problems.end(),
                     [&](const auto& other) { return other.where == problem.where; }))
      loaded.problems.push_back(std::move(problem));
  name_variables(loaded.problems, overrides.variables);
  if (loaded.problems.empty()) loaded.config = loaded.readable;
  return loaded;
}

std::string text_of(const ConfigProblem& problem, const std::filesystem::path& file) {
  std::string out = file.string();
  if (problem.line != 0) out += ":" + std::to_string(problem.line);
  if (problem.column != 0) out += ":" + std::to_string(problem.column);
  out += ": ";
  if (!problem.where.empty()) out += problem.where + " ";
  out += problem.what;
  if (!problem.remedy.empty()) out += "; " + problem.remedy;
  return out;
}

}  // namespace gateway::app
