#include "gateway/app/mllp_client.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace gateway::app {
namespace {

constexpr std::chrono::seconds connecting_wait{10};
constexpr char start_block = '\x0B', end_block = '\x1C', carriage_return = '\r';

base::Error away(const Address& to, const std::string& remedy) {
  std::string why = "cannot be reached";
  if (const auto code = ERR_peek_last_error(); code != 0)
    if (const char* reason = ERR_reason_error_string(code)) why += std::string(": ") + reason;
  ERR_clear_error();
  return {base::ErrorKind::unavailable, why, to.host + ":" + std::to_string(to.port), remedy};
}

/// What to do about a connection that did not come up: the handshake is part of it.
std::string remedy_of(SSL* ssl) {
  const long verified = ssl != nullptr ? SSL_get_verify_result(ssl) : X509_V_OK;
  if (verified != X509_V_OK)
    return std::string("its certificate cannot be verified (") +
           X509_verify_cert_error_string(verified) + "); --ca names the authority that issued it";
  if (ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_SSL)
    return "give --ca, --cert and --key that gateway and sender share, or --plain";
  return "is the gateway running, and the port right?";
}

bool connect_within(BIO* bio, std::chrono::seconds wait) {
  const time_t deadline = time(nullptr) + static_cast<time_t>(wait.count());
  BIO_set_nbio(bio, 1);
  while (BIO_do_connect(bio) != 1)
    if (!BIO_should_retry(bio) || BIO_wait(bio, deadline, 20) != 1) return false;
  return true;
}

/// Reads and writes give up after so long.
void limit(BIO* bio, std::chrono::seconds wait) {
  int socket = -1;
  BIO_get_fd(bio, &socket);
  BIO_socket_nbio(socket, 0);  // connecting with a deadline left it so
  const timeval longest{wait.count(), 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    setsockopt(socket, SOL_SOCKET, option, &longest, sizeof longest);
}

}  // namespace

base::Result<MllpClient> MllpClient::connect(const Address& to,
                                             const std::optional<security::TlsFiles>& tls,
                                             std::chrono::seconds answer_within) {
  ERR_clear_error();
  const std::string address =
      (to.host.find(':') == std::string::npos ? to.host : "[" + to.host + "]") + ":" +
      std::to_string(to.port);
  security::TlsContext context;
  std::unique_ptr<BIO, FreeBio> bio;
  SSL* ssl = nullptr;  // the bio's
  if (tls) {
    auto made = security::client_context(*tls);
    if (!made) return made.error();
    context = std::move(*made);
    bio.reset(BIO_new_ssl_connect(context.get()));
    BIO_get_ssl(bio.get(), &ssl);
    // An address is looked for among the certificate's addresses, a name among its names.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), to.host.c_str()) != 1)
      SSL_set1_host(ssl, to.host.c_str());
    ERR_clear_error();
    SSL_set_mode(ssl, SSL_MODE_AUTO_RETRY);
    BIO_set_conn_hostname(bio.get(), address.c_str());
  } else {
    bio.reset(BIO_new_connect(address.c_str()));
  }
  // The handshake is part of it: one that never ends is that of a listener without TLS.
  if (!connect_within(bio.get(), std::min(connecting_wait, answer_within)))
    return away(to, remedy_of(ssl));
  limit(bio.get(), answer_within);
  return MllpClient(std::move(context), std::move(bio), answer_within);
}

base::Error MllpClient::unanswered() const {
  if (BIO_should_retry(bio_.get()))
    return {
        base::ErrorKind::unavailable,
        "no answer came within " + std::to_string(answer_within_.count()) + " seconds", "",
        "it may be stored or not: send it again, which changes nothing; does the listener speak "
        "TLS, and has the gateway room on its disk? --timeout waits longer"};
  return {base::ErrorKind::unavailable, "the connection ended without an answer", "",
          "was the certificate refused? the gateway's log says why"};
}

base::Result<std::string> MllpClient::exchange(std::string_view message) {
  std::string frame;
  frame.reserve(message.size() + 3);
  frame += start_block;
  frame += message;
  frame += end_block;
  frame += carriage_return;
  for (std::size_t sent = 0; sent < frame.size();) {
    const int written =
        BIO_write(bio_.get(), frame.data() + sent, static_cast<int>(frame.size() - sent));
    if (written <= 0) return unanswered();
    sent += static_cast<std::size_t>(written);
  }
  std::array<char, 16384> chunk{};
  for (;;) {
    const auto from = pending_.find(start_block);
    const auto end = from == std::string::npos ? from : pending_.find(end_block, from);
    if (end != std::string::npos) {
      std::string answer = pending_.substr(from + 1, end - from - 1);
      pending_.erase(0, end + 1);
      return answer;
    }
    const int got = BIO_read(bio_.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (got <= 0) return unanswered();
    pending_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace gateway::app
