#pragma once
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/security/scope.hpp"

namespace gateway::http::rest {

/// May these scopes write this type, new or changed?
bool may_write(const security::Principal& who, const std::string& type);
/// … any type at all?
bool may_write_something(const security::Principal& who);
/// The error of who may not.
base::Error no_scope(const std::string& type);

}  // namespace gateway::http::rest
