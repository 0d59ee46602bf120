#include "gateway/app/mllp_client.hpp"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace gateway::app {
namespace {

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

}  // namespace

base::Result<MllpClient> MllpClient::connect(const Address& to,
                                             const std::optional<security::TlsFiles>& tls) {
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
  if (BIO_do_connect(bio.get()) != 1 || (tls && BIO_do_handshake(bio.get()) != 1))
    return away(to, remedy_of(ssl));
  return MllpClient(std::move(context), std::move(bio));
}

base::Result<std::string> MllpClient::exchange(std::string_view message) {
  std::string frame;
  frame.reserve(message.size() + 3);
  frame += start_block;
  frame += message;
  frame += end_block;
  frame += carriage_return;
  const base::Error ended{base::ErrorKind::unavailable, "the connection ended without an answer",
                          "", "was the certificate refused? the gateway's log says why"};
  for (std::size_t sent = 0; sent < frame.size();) {
    const int written =
        BIO_write(bio_.get(), frame.data() + sent, static_cast<int>(frame.size() - sent));
    if (written <= 0) return ended;
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
    if (got <= 0) return ended;
    pending_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace gateway::app
