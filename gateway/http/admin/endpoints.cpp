#include "gateway/http/admin/endpoints.hpp"

#include <array>

#include "gateway/base/parts.hpp"

namespace gateway::http::admin {
namespace {

using access::people::Action;

constexpr std::string_view root = "/admin/", version = "/admin/v1/";

constexpr auto table = std::to_array<Endpoint>({
    {Call::openapi, "GET", "/admin/v1/openapi.json", {}},
    {Call::session, "GET", "/admin/v1/session", {}},
    {Call::sign_in, "POST", "/admin/v1/session", {}},
    {Call::sign_out, "POST", "/admin/v1/session/end", Action::own_account, true},
    {Call::prove, "POST", "/admin/v1/session/proof", Action::own_account, true},
    {Call::accept, "POST", "/admin/v1/invitation", {}},
    {Call::provider_begin, "GET", "/admin/v1/provider", {}},
    {Call::provider_finish, "POST", "/admin/v1/provider", {}},
    {Call::password, "POST", "/admin/v1/account/password", Action::own_account, true},
    {Call::code_begin, "POST", "/admin/v1/account/code", Action::own_code, true},
    {Call::code_confirm, "POST", "/admin/v1/account/code/confirm", Action::own_code, true},
    {Call::users, "GET", "/admin/v1/users", Action::see_people},
    {Call::user_add, "POST", "/admin/v1/users", Action::change_people},
    {Call::user_role, "POST", "/admin/v1/users/{user}/role", Action::change_people},
    {Call::user_lock, "POST", "/admin/v1/users/{user}/lock", Action::change_people},
    {Call::user_unlock, "POST", "/admin/v1/users/{user}/unlock", Action::change_people},
    {Call::user_reset, "POST", "/admin/v1/users/{user}/reset", Action::change_people},
    {Call::overview, "GET", "/admin/v1/overview", Action::see},
    {Call::health, "GET", "/admin/v1/health", Action::see},
    {Call::events, "GET", "/admin/v1/events", Action::see},
    {Call::messages, "GET", "/admin/v1/messages", Action::see},
    {Call::message, "GET", "/admin/v1/messages/{arrival}", Action::open_content},
    {Call::patients, "GET", "/admin/v1/patients", Action::open_content},
    {Call::patient, "GET", "/admin/v1/patients/{patient}", Action::open_content},
    {Call::follow_ups, "GET", "/admin/v1/follow-ups", Action::open_content},
    {Call::follow_up_decide, "POST", "/admin/v1/follow-ups/{task}", Action::decide_follow_ups},
    {Call::reviews, "GET", "/admin/v1/reviews", Action::see},
    {Call::senders, "GET", "/admin/v1/senders", Action::see},
    {Call::targets, "GET", "/admin/v1/targets", Action::see},
    {Call::audit, "GET", "/admin/v1/audit", Action::read_audit},
    {Call::letters, "GET", "/admin/v1/outbox", Action::see},
    {Call::letters_retry, "POST", "/admin/v1/outbox/retry", Action::decide_letters},
    {Call::letters_discard, "POST", "/admin/v1/outbox/discard", Action::decide_letters},
    {Call::letters_agree, "POST", "/admin/v1/outbox/agree", Action::decide_letters},
});

/// Fits segment by segment; what stands at {…} goes to `name`.
bool fits(std::string_view path, std::string_view wanted, std::string& name) {
  while (!path.empty() || !wanted.empty()) {
    const auto part = base::next_part(path, '/'), asked = base::next_part(wanted, '/');
    if (asked.starts_with('{') && !part.empty())
      name = part;
    else if (asked != part)
      return false;
  }
  return true;
}

}  // namespace

std::span<const Endpoint> endpoints() {
  return table;
}

Match match(std::string_view method, std::string_view path) {
  std::string whole(path);
  if (path.starts_with(root) && !path.starts_with(version))
    whole = std::string(version) + std::string(path.substr(root.size()));
  Match out;
  if (method == "HEAD") method = "GET";
  for (const Endpoint& one : table) {
    std::string name;
    if (!fits(whole, one.path, name)) continue;
    out.is_path = true;
    out.name = name;
    if (one.method == method) out.endpoint = &one;
  }
  return out;
}

}  // namespace gateway::http::admin
