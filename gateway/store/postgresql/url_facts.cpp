#include "gateway/store/postgresql/url_facts.hpp"

#include <memory>
#include <string_view>

#include <libpq-fe.h>

namespace gateway::store::postgresql {
namespace {

bool is_here(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" ||
         host == "::1" || host.starts_with("127.");
}

/// Of "host1,host2".
bool all_are_here(std::string_view hosts) {
  while (true) {
    const auto comma = hosts.find(',');
    if (!is_here(hosts.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    hosts.remove_prefix(comma + 1);
  }
}

}  // namespace

base::Result<UrlFacts> facts_of(const std::string& url) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(url.c_str(), &words), PQconninfoFree);
  PQfreemem(words);
  if (!options)
    return base::Error{base::ErrorKind::malformed, "is no URL that PostgreSQL's library reads",
                       "store.url", "write postgresql://USER@HOST/DATABASE?passfile=FILE"};
  UrlFacts out;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view name = option->keyword;
    const std::string_view value = option->val == nullptr ? "" : option->val;
    if (name == "host" || name == "hostaddr") out.leaves_this_host |= !all_are_here(value);
    if (name == "sslmode") out.verifies_server = value == "verify-full";
    if (name == "password") out.has_password = !value.empty();
  }
  return out;
}

}  // namespace gateway::store::postgresql
