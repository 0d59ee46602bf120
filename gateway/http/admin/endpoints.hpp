#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/access/people/roles.hpp"

namespace gateway::http::admin {

enum class Call : std::uint8_t {
  openapi,
  session,
  sign_in,
  sign_out,
  prove,
  accept,
  provider_begin,
  provider_finish,
  password,
  code_begin,
  code_confirm,
  users,
  user_add,
  user_role,
  user_lock,
  user_unlock,
  user_reset,
  overview,
  health,
  events,
  messages,
  message,
  patients,
  patient,
  follow_ups,
  follow_up_decide,
  reviews,
  senders,
  targets,
  audit,
  letters,
  letters_retry,
  letters_discard,
  letters_agree
};

/// A row of what is answered below /admin/v1/. It is what serves, what openapi.json is held
/// against, and what the test of roles walks.
struct Endpoint {
  Call call;
  std::string_view method, path;                 // "{user}" stands for a name or number
  std::optional<access::people::Action> action;  // nullopt: anybody may
  bool session_only = false;                     // nobody else has what it is about
};
std::span<const Endpoint> endpoints();

/// Which one a path is, whatever the method; and the name in it. nullptr: none.
struct Match {
  const Endpoint* endpoint = nullptr;  // of this method; null: of another one
  bool is_path = false;
  std::string name;
};
/// Paths without a version are those of version 1.
Match match(std::string_view method, std::string_view path);

}  // namespace gateway::http::admin
