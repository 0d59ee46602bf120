#pragma once
#include <atomic>
#include <csignal>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tests {

/// An HTTPS server that says exactly the bytes a test wants, and stops where it wants. Descriptors
/// and SSL objects are its threads' own.
class ScriptedServer {
 public:
  class Talk {
   public:
    explicit Talk(SSL* tls) : tls_(tls) {}
    void say(std::string_view bytes) {
      while (!bytes.empty()) {  // our contexts write a record at a time
        const int count = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
      }
    }
    /// Until the other side has gone away.
    void wait_for_the_end() {
      char byte = 0;
      while (SSL_read(tls_, &byte, 1) > 0) {
      }
    }
    bool is_alive() {
      pollfd readable{SSL_get_fd(tls_), POLLIN, 0};
      return poll(&readable, 1, 1) == 0;
    }
    void end_with_goodbye() {
      SSL_shutdown(tls_);
      ends_ = true;
    }
    void end_rudely() { ends_ = true; }
    bool ends() const { return ends_; }

   private:
    SSL* tls_;
    bool ends_ = false;
  };
  using Script = std::function<void(Talk&, const std::string& request)>;

  ScriptedServer(SSL_CTX* context, Script script) : context_(context), script_(std::move(script)) {
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 16);
    socklen_t length = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    close(listener_);
  }

  /// An address, since a bare machine may know no name, not even localhost.
  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_) + "/fhir";
  }
  int connections() const { return connections_; }
  int requests() const { return requests_; }

 private:
  void accept_all() {
    for (;;) {
      const int peer = accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      ++connections_;
      threads_.emplace_back([this, peer] { serve(peer); });
    }
  }

  void serve(int peer) {
    SSL* tls = SSL_new(context_);
    SSL_set_fd(tls, peer);
    if (SSL_accept(tls) == 1) {
      Talk talk(tls);
      for (std::string request = read(tls); !request.empty() && !talk.ends(); request = read(tls)) {
        ++requests_;
        script_(talk, request);
        if (talk.ends()) break;
      }
    } else {
      let_alert_arrive(peer);
    }
    SSL_free(tls);
    close(peer);
  }

  /// Closing on unread bytes sends a reset, which overtakes the alert that says why.
  static void let_alert_arrive(int peer) {
    shutdown(peer, SHUT_WR);
    char unread[4096];
    while (recv(peer, unread, sizeof unread, 0) > 0) {
    }
  }

  static std::string read(SSL* tls) {
    std::string request;
    char buffer[4096];
    for (;;) {
      const auto head = request.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto at = request.find("Content-Length: ");
        const auto body = at < head ? std::stoul(request.substr(at + 16)) : 0;
        if (request.size() >= head + 4 + body) return request;
      }
      const int count = SSL_read(tls, buffer, sizeof buffer);
      if (count <= 0) return {};
      request.append(buffer, static_cast<std::size_t>(count));
    }
  }

  SSL_CTX* context_;
  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0}, requests_{0};
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace tests
