#pragma once
#include <string>
#include <vector>

#include "gateway/app/config.hpp"
#include "gateway/base/result.hpp"

namespace gateway::app {

/// Listening sockets that the service manager opened before this process began (sd_listen_fds(3)):
/// it may take ports below 1024, and it keeps them over a restart, so that nobody is refused
/// meanwhile. They find their listener by the address that they are bound to.
class InheritedSockets {
 public:
  /// None.
  InheritedSockets() = default;
  /// Those of `$LISTEN_FDS`, where `$LISTEN_PID` means this process. Descriptors are not inherited
  /// any further.
  static InheritedSockets of_this_process();

  /// The descriptor bound to this address, handed out once; -1: there is none. 0.0.0.0 and [::] are
  /// alike, since one of them takes the port from the other.
  int take(const Address& listen);

  /// Error: one was not taken. Who connects there would wait for ever.
  base::Result<void> all_taken() const;

 private:
  struct Socket {
    int descriptor;
    Address bound;
  };
  std::vector<Socket> sockets_;
};

}  // namespace gateway::app
