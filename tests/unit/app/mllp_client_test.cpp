#include "gateway/app/mllp_client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace gateway::app;
using namespace std::chrono_literals;

/// Takes connections, as the kernel does for it, and never says a word.
class Silent {
 public:
  Silent() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    EXPECT_EQ(0, bind(socket_, reinterpret_cast<sockaddr*>(&here), size));
    EXPECT_EQ(0, listen(socket_, 8));
    EXPECT_EQ(0, getsockname(socket_, reinterpret_cast<sockaddr*>(&here), &size));
    address_ = {"127.0.0.1", ntohs(here.sin_port)};
  }
  ~Silent() { close(socket_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;
  const Address& address() const { return address_; }

 private:
  int socket_;
  Address address_;
};

TEST(MllpClient, WhoGetsNoAnswerIsToldThatTheMessageMayBeStoredOrNot) {
  const Silent silent;
  auto client = MllpClient::connect(silent.address(), std::nullopt, 1s);
  ASSERT_TRUE(client) << client.error().text();
  const auto answer = client->exchange("MSH|^~\\&|A|B|C|D|20250101||ORU^R01|1|P|2.5.1\r");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().text(), testing::HasSubstr("no answer came within 1 seconds"));
  EXPECT_THAT(answer.error().text(), testing::HasSubstr("send it again, which changes nothing"));
}

TEST(MllpClient, AHandshakeThatNeverEndsIsGivenUp) {
  const Silent silent;
  const auto client = MllpClient::connect(silent.address(), gateway::security::TlsFiles{}, 1s);
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().text(), testing::HasSubstr("cannot be reached"));
}

TEST(MllpClient, WhereNobodyListensItIsSaidAtOnce) {
  Address gone;
  {
    const Silent silent;
    gone = silent.address();
  }
  const auto client = MllpClient::connect(gone, std::nullopt);
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().text(), testing::HasSubstr("is the gateway running"));
}

}  // namespace
