#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http {

/// A socket in the file system, for commands on this host: who asks is the user the kernel names
/// (SO_PEERCRED), so no secret is needed. One request a connection, one after the other, each
/// within ten seconds and 64 KiB. The file is made with mode 0600 and removed at the end.
class LocalDoor {
 public:
  using Answer = std::function<Response(const Request&, unsigned user)>;
  /// Error `configuration`: the path is too long, somebody serves there, the folder is missing.
  static base::Result<std::unique_ptr<LocalDoor>> open(const std::filesystem::path& path,
                                                       Answer answer);
  virtual ~LocalDoor() = default;
};

}  // namespace gateway::http
