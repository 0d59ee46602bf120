#include "gateway/security/client_tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

using namespace gateway::security;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

class ClientTlsFiles : public testing::Test {
 protected:
  ClientTlsFiles() {
    put("own.pem", all.certificate("gateway"));
    put("own-key.pem", all.key("gateway"));
    put("ca.pem", all.ca());
  }
  void put(const char* name, const fs::path& from) {
    fs::copy_file(from, folder.path() / name, fs::copy_options::overwrite_existing);
  }
  std::shared_ptr<ClientTls> opened() {
    auto tls = ClientTls::open(
        {folder.path() / "own.pem", folder.path() / "own-key.pem", folder.path() / "ca.pem"});
    EXPECT_TRUE(tls);
    return *std::move(tls);
  }

  const tests::Certificates& all = tests::certificates();
  tests::TemporaryFolder folder;
};

TEST_F(ClientTlsFiles, AnEditionIsAnotherOnlyWhereTheFilesAre) {
  const auto tls = opened();
  const auto first = tls->edition();
  EXPECT_TRUE(tls->renew());
  EXPECT_EQ(tls->edition(), first);
  put("ca.pem", all.other_ca());
  EXPECT_TRUE(tls->renew());
  EXPECT_NE(tls->edition(), first);
}

TEST_F(ClientTlsFiles, AKeyWithoutItsCertificateLeavesWhatStoodUntilTheOtherHalfComes) {
  const auto tls = opened();
  const auto first = tls->edition();
  put("own-key.pem", all.key("receiver"));
  const auto half = tls->renew();
  ASSERT_FALSE(half);
  EXPECT_THAT(half.error().text(), HasSubstr("key does not belong to the certificate"));
  EXPECT_EQ(tls->edition(), first);
  put("own.pem", all.certificate("receiver"));
  EXPECT_TRUE(tls->renew());
  EXPECT_NE(tls->edition(), first);
}

}  // namespace
