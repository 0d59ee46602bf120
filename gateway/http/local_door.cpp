#include "gateway/http/local_door.hpp"

#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/http/request_reader.hpp"
#include "gateway/http/response_text.hpp"

namespace gateway::http {
namespace {

constexpr timeval longest_wait{10, 0};
constexpr int look_for_the_end_milliseconds = 200;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

base::Error cannot(const std::filesystem::path& path, const std::string& why,
                   const std::string& remedy) {
  return {base::ErrorKind::configuration, "the socket for commands cannot be opened: " + why,
          path.string(), remedy};
}

void send_all(int peer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

class Door final : public LocalDoor {
 public:
  Door(std::filesystem::path path, Descriptor listener, Answer answer)
      : path_(std::move(path)),
        listener_(std::move(listener)),
        answer_(std::move(answer)),
        thread_([this] { run(); }) {}
  ~Door() override {
    stopping_ = true;
    thread_.join();
    ::unlink(path_.c_str());
  }

 private:
  void run() {
    while (!stopping_) {
      pollfd ready{listener_.number(), POLLIN, 0};
      if (::poll(&ready, 1, look_for_the_end_milliseconds) <= 0) continue;
      const Descriptor peer(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (peer.number() >= 0) serve(peer.number());
    }
  }

  void serve(int peer) {
    ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &longest_wait, sizeof longest_wait);
    ::setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &longest_wait, sizeof longest_wait);
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return;
    Limits limits;
    limits.body_bytes = 64 * 1024;
    RequestReader reader(limits);
    while (true) {
      const auto step = reader.advance();
      if (step == RequestReader::Step::refused) {
        const auto& refusal = reader.refusal();
        return send(peer, {refusal.status, "text/plain", {}, refusal.why + "\n"});
      }
      if (step == RequestReader::Step::whole) return send(peer, answer_(reader.request(), who.uid));
      if (step == RequestReader::Step::head) continue;
      char bytes[8192];
      const auto count = ::recv(peer, bytes, sizeof bytes, 0);
      if (count <= 0) return;
      reader.take({bytes, static_cast<std::size_t>(count)});
    }
  }

  static void send(int peer, const Response& response) {
    Sending sending;
    sending.closes = true;
    sending.at = base::SystemClock().now();
    send_all(peer, text_of(response, sending));
  }

  const std::filesystem::path path_;
  const Descriptor listener_;
  const Answer answer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: runs on the members above
};

/// Does a process serve there already? A file that one left behind is in nobody's use.
bool is_served(const sockaddr_un& address) {
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
         0;
}

}  // namespace

base::Result<std::unique_ptr<LocalDoor>> LocalDoor::open(const std::filesystem::path& path,
                                                         Answer answer) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path)
    return cannot(path, "its path is too long", "name a path of at most 107 bytes");
  std::memcpy(address.sun_path, name.data(), name.size());
  if (is_served(address))
    return cannot(path, "another process serves there", "name another operations.socket");
  struct stat there {};
  if (::lstat(name.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode))
      return cannot(path, "something else lies there", "name another operations.socket");
    ::unlink(name.c_str());
  }
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // Before it has a name, so that nobody else ever gets in. Not by the umask, which is the whole
  // process's, and other threads make files.
  ::fchmod(listener.number(), S_IRUSR | S_IWUSR);
  const bool bound =
      ::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!bound || ::listen(listener.number(), 16) != 0)
    return cannot(path, std::strerror(errno), "is its folder there, and this user's to write?");
  return std::unique_ptr<LocalDoor>(
      std::make_unique<Door>(path, std::move(listener), std::move(answer)));
}

}  // namespace gateway::http
