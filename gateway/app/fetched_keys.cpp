#include "gateway/app/fetched_keys.hpp"

#include "gateway/forward/allowed.hpp"

namespace gateway::app {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;

base::Error refused(std::string what, const std::string& url) {
  return {base::ErrorKind::unavailable, std::move(what), url, ""};
}

base::Result<access::FetchedKeys> fetch(const std::string& url, const OutgoingRules& rules) {
  auto answer = ask_outside(url, rules, {.headers = {{"Accept", "application/json"}}});
  if (!answer) return answer.error();
  if (answer->status != 200)
    return refused("the keys' server answers " + std::to_string(answer->status), url);
  if (answer->body.size() > most_bytes)
    return refused("the keys' server answers more than 64 KiB", url);
  return access::FetchedKeys{std::move(answer->body), answer->max_age};
}

}  // namespace

base::Result<forward::HttpsAnswer> ask_outside(const std::string& url, const OutgoingRules& rules,
                                               forward::HttpsRequest request) {
  if (auto allowed = check_keys_url(url, rules.hosts); !allowed) return allowed.error();
  auto client = forward::HttpsClient::to({.name = "outside",
                                          .url = url,
                                          .tls = {.certificate = {}, .key = {}, .ca = rules.ca},
                                          .allow_private_address = true,
                                          .timeout = rules.longest});
  if (!client) return client.error();
  request.path = (*client)->address().path;
  return (*client)->ask(request);
}

base::Result<void> check_keys_url(const std::string& url, const std::vector<std::string>& hosts) {
  if (auto readable = forward::parse_https_url(url); !readable) return readable.error();
  return forward::check_allowed(url, hosts);
}

access::FetchKeys fetching_keys(OutgoingRules rules) {
  return [rules = std::move(rules)](const std::string& url) { return fetch(url, rules); };
}

}  // namespace gateway::app
