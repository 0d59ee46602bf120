#include "gateway/forward/syslog_receiver.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "gateway/forward/connection.hpp"

namespace gateway::forward {
namespace {

using Clock = std::chrono::steady_clock;

class SyslogReceiver final : public audit::Receiver {
 public:
  SyslogReceiver(SyslogSettings settings, ContextPtr context, std::uint64_t edition)
      : settings_(std::move(settings)), context_(std::move(context)), edition_(edition) {}
  ~SyslogReceiver() override { close(); }

  base::Result<void> send(std::string_view octets) override {
    take_new_edition();
    if (!line_)
      if (auto connected = connect(); !connected) return connected;
    const Watch::Guard guard(watch_, line_->descriptor, Clock::now() + settings_.timeout);
    try {
      while (!octets.empty()) {
        const auto some = static_cast<int>(std::min<std::size_t>(octets.size(), 1 << 20));
        const int sent = line_->socket.sendBytes(octets.data(), some);
        if (sent <= 0) return gone();
        octets.remove_prefix(static_cast<std::size_t>(sent));
      }
      return {};
    } catch (const Poco::Exception&) {
      return gone();
    }
  }

  base::Result<bool> has_all() override {
    if (!line_) return gone();
    if (is_closed()) return gone();
    int unacknowledged = 0;
    if (::ioctl(line_->descriptor, SIOCOUTQ, &unacknowledged) != 0) return gone();
    return unacknowledged == 0;
  }

 private:
  base::Result<void> connect() {
    const auto reach =
        settings_.allow_private_address ? net::Reach::also_private : net::Reach::public_only;
    auto connected =
        forward::connect({settings_.host, settings_.port, reach, settings_.timeout, settings_.name},
                         context_, watch_, Clock::now() + settings_.timeout);
    if (!connected) return connected.error();
    line_.emplace(*std::move(connected));
    return {};
  }

  /// A server says nothing but TLS's own: tickets, and its farewell.
  bool is_closed() {
    try {
      if (!line_->socket.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ)) return false;
      line_->socket.setReceiveTimeout(Poco::Timespan(0, 1000));
      char ignored[256];
      return line_->socket.receiveBytes(ignored, sizeof ignored) <= 0;
    } catch (const Poco::TimeoutException&) {
      return false;
    } catch (const Poco::Exception&) {
      return true;
    }
  }

  void take_new_edition() {
    if (!settings_.editions || settings_.editions->edition() == edition_) return;
    const auto edition = settings_.editions->edition();
    auto context = context_of(settings_.tls, settings_.host);
    if (!context) return;  // until the files fit again
    context_ = *std::move(context);
    edition_ = edition;
    close();
  }

  void close() {
    if (!line_) return;
    try {
      line_->socket.shutdown();
    } catch (const Poco::Exception&) {  // it is gone already
    }
    line_.reset();
  }

  base::Error gone() {
    line_.reset();
    return {base::ErrorKind::unavailable, "the receiver of the trail is gone", settings_.name, ""};
  }

  const SyslogSettings settings_;
  ContextPtr context_;
  std::uint64_t edition_;
  Watch watch_;
  std::optional<Connected> line_;
};

}  // namespace

base::Result<std::unique_ptr<audit::Receiver>> syslog_receiver(const SyslogSettings& settings) {
  const auto edition = settings.editions ? settings.editions->edition() : 0;
  auto context = context_of(settings.tls, settings.host);
  if (!context) return context.error();
  return std::unique_ptr<audit::Receiver>(
      std::make_unique<SyslogReceiver>(settings, *std::move(context), edition));
}

}  // namespace gateway::forward
