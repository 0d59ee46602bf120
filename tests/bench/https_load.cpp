// Asks over HTTPS with keep-alive, each client on a connection and thread of its own, one request
// at a time:   https_load HOST PORT CERTIFICATE KEY AUTHORITY CLIENTS SECONDS PATHS PATHS is a
// file, a path a line; each client goes round through them from a place of its own. Prints one
// line: requests= seconds= bad= first_bad= (the status of the first that was not 200) bytes=
// p50_us= p99_us=
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "https_load: %s\n", what);
  ERR_print_errors_fp(stderr);
  std::exit(2);
}

int connected(const char* host, const char* port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host, port, &hints, &found) != 0) fail("no such host");
  const int fd = socket(found->ai_family, SOCK_STREAM, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) fail("nobody listens");
  freeaddrinfo(found);
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

struct Tally {
  std::vector<unsigned> microseconds;
  unsigned long long bytes = 0;
  long bad = 0;
  std::string first_bad;  // status
};

/// One answer with Content-Length; false: the connection is over.
bool receive(SSL* ssl, std::string& buffer, Tally& tally) {
  buffer.clear();
  std::size_t head = std::string::npos, length = 0;
  char part[64 * 1024];
  for (;;) {
    const int got = SSL_read(ssl, part, sizeof part);
    if (got <= 0) return false;
    buffer.append(part, static_cast<std::size_t>(got));
    if (head == std::string::npos && (head = buffer.find("\r\n\r\n")) != std::string::npos) {
      const char* at = strcasestr(buffer.c_str(), "\r\ncontent-length:");
      if (at == nullptr) return false;
      length = std::strtoull(at + 17, nullptr, 10);
    }
    if (head != std::string::npos && buffer.size() >= head + 4 + length) break;
  }
  tally.bytes += buffer.size();
  if (buffer.compare(9, 3, "200") != 0 && tally.bad++ == 0) tally.first_bad = buffer.substr(9, 3);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) fail("usage: HOST PORT CERTIFICATE KEY AUTHORITY CLIENTS SECONDS PATHS");
  const int clients = std::atoi(argv[6]);
  const double seconds = std::atof(argv[7]);
  std::vector<std::string> requests;
  std::ifstream paths(argv[8]);
  for (std::string path; std::getline(paths, path);)
    requests.push_back("GET " + path + " HTTP/1.1\r\nHost: " + argv[1] + ":" + argv[2] +
                       "\r\nAccept: application/fhir+json\r\n\r\n");
  if (requests.empty()) fail("no paths");
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (SSL_CTX_use_certificate_chain_file(context, argv[3]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, argv[4], SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(context, argv[5], nullptr) != 1)
    fail("certificate, key or authority");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);

  std::vector<Tally> tallies(static_cast<std::size_t>(clients));
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int c = 0; c < clients; ++c)
    threads.emplace_back([&, c] {
      SSL* ssl = SSL_new(context);
      SSL_set_fd(ssl, connected(argv[1], argv[2]));
      if (SSL_connect(ssl) != 1) fail("handshake");
      ++ready;
      while (!go) std::this_thread::yield();
      Tally& tally = tallies[static_cast<std::size_t>(c)];
      std::string buffer;
      const auto until = Clock::now() + std::chrono::duration<double>(seconds);
      for (std::size_t next = static_cast<std::size_t>(c) * 7919;; ++next) {
        const auto begun = Clock::now();
        if (begun >= until) break;
        const auto& request = requests[next % requests.size()];
        if (SSL_write(ssl, request.data(), static_cast<int>(request.size())) <= 0 ||
            !receive(ssl, buffer, tally))
          fail("the connection ended");
        tally.microseconds.push_back(static_cast<unsigned>(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count()));
      }
      SSL_free(ssl);
    });
  while (ready < clients) std::this_thread::yield();
  const auto begun = Clock::now();
  go = true;
  for (auto& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - begun).count();

  Tally all;
  for (const auto& one : tallies) {
    all.microseconds.insert(all.microseconds.end(), one.microseconds.begin(),
                            one.microseconds.end());
    all.bytes += one.bytes;
    all.bad += one.bad;
    if (all.first_bad.empty()) all.first_bad = one.first_bad;
  }
  std::sort(all.microseconds.begin(), all.microseconds.end());
  const auto at = [&](double part) {
    return all.microseconds.empty() ? 0U
                                    : all.microseconds[static_cast<std::size_t>(
                                          part * static_cast<double>(all.microseconds.size() - 1))];
  };
  std::printf("requests=%zu seconds=%.3f bad=%ld first_bad=%s bytes=%llu p50_us=%u p99_us=%u\n",
              all.microseconds.size(), took, all.bad,
              all.first_bad.empty() ? "-" : all.first_bad.c_str(), all.bytes, at(0.5), at(0.99));
  return 0;
}
