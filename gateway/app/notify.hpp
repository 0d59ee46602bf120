#pragma once
#include <string>
#include <string_view>

namespace gateway::app {

/// Tells the service manager in one datagram to `$NOTIFY_SOCKET` what this process is about
/// (sd_notify(3)): "READY=1", "STOPPING=1", "WATCHDOG=1", several lines at once. Where nobody asked
/// to be told it does nothing; a manager that does not listen is none of our business.
void notify_manager(std::string_view state);

/// What goes before the READY=1 that ends a reload: the time by the clock that the manager has.
std::string reloading();

}  // namespace gateway::app
