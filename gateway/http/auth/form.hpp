#pragma once
#include <map>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::auth {

/// Parameters of application/x-www-form-urlencoded; "" for what is not there.
class Form {
 public:
  /// Error "invalid_request …": another type, a text that cannot be read, a parameter twice (RFC
  /// 6749 §3.2).
  static base::Result<Form> read(const Request& request);
  std::string operator[](const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace gateway::http::auth
