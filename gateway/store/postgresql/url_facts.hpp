#pragma once
#include <string>

#include "gateway/base/result.hpp"

namespace gateway::store::postgresql {

/// What a connection URL says that decides whether it is safe.
struct UrlFacts {
  bool leaves_this_host = false;  // a host that is neither loopback nor a socket's folder
  bool verifies_server = false;   // sslmode=verify-full
  bool has_password = false;      // in the URL itself; `passfile=` names a file
};

/// Reads it as libpq does (PostgreSQL 15, §34.1.1.2). Errors: `malformed`, without what stands in
/// it: that may be a password.
base::Result<UrlFacts> facts_of(const std::string& url);

}  // namespace gateway::store::postgresql
