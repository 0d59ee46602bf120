#pragma once
#include <functional>
#include <optional>
#include <string>

#include "gateway/access/people/sessions.hpp"
#include "gateway/base/result.hpp"
#include "gateway/store/audit.hpp"

namespace gateway::http::admin {

/// Who asks: a person by session, by certificate, or over the socket; or nobody yet.
struct Caller {
  std::string name = "anonymous", role;
  std::string address, door;
  std::optional<access::people::Session> session;
  std::string token;  // of the session
  access::people::Actor actor() const { return {name, address, door}; }
};

/// Notes what a person is about to be shown; error: it must not be shown.
using NoteShown = std::function<base::Result<void>(store::AuditRow)>;

}  // namespace gateway::http::admin
