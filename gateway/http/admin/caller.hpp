#pragma once
#include <optional>
#include <string>

#include "gateway/access/people/sessions.hpp"

namespace gateway::http::admin {

/// Who asks: a person by session, by certificate, or over the socket; or nobody yet.
struct Caller {
  std::string name = "anonymous", role;
  std::string address, door;
  std::optional<access::people::Session> session;
  std::string token;  // of the session
  access::people::Actor actor() const { return {name, address, door}; }
};

}  // namespace gateway::http::admin
