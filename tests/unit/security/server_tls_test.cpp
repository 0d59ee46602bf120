#include "gateway/security/server_tls.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

using namespace gateway::security;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

/// Files of a door in a folder that a test may change.
class ServerTlsFiles : public testing::Test {
 protected:
  ServerTlsFiles() {
    put("gateway.pem", all.certificate("gateway"));
    put("gateway-key.pem", all.key("gateway"));
    put("ca.pem", all.ca());
  }
  void put(const char* name, const fs::path& from) {
    fs::copy_file(from, folder.path() / name, fs::copy_options::overwrite_existing);
  }
  std::unique_ptr<ServerTls> opened() {
    auto tls = ServerTls::open({folder.path() / "gateway.pem", folder.path() / "gateway-key.pem",
                                folder.path() / "ca.pem"},
                               ClientCertificate::required);
    EXPECT_TRUE(tls);
    return *std::move(tls);
  }

  const tests::Certificates& all = tests::certificates();
  tests::TemporaryFolder folder;
};

TEST_F(ServerTlsFiles, WhatDidNotChangeIsNothingNew) {
  const auto tls = opened();
  const auto before = tls->context();
  EXPECT_EQ(*tls->renew(), ServerTls::Renewed::nothing);
  EXPECT_EQ(tls->context(), before);
}

TEST_F(ServerTlsFiles, ANewCertificateAsksNobodyAnewWhoIsConnected) {
  const auto tls = opened();
  const auto before = tls->context();
  put("gateway.pem", all.certificate("receiver"));
  put("gateway-key.pem", all.key("receiver"));
  EXPECT_EQ(*tls->renew(), ServerTls::Renewed::certificate);
  EXPECT_NE(tls->context(), before);
}

TEST_F(ServerTlsFiles, OtherAuthoritiesDo) {
  const auto tls = opened();
  put("ca.pem", all.other_ca());
  EXPECT_EQ(*tls->renew(), ServerTls::Renewed::trust);
}

TEST_F(ServerTlsFiles, FilesThatDoNotFitLeaveWhatStood) {
  const auto tls = opened();
  const auto before = tls->context();
  put("gateway.pem", all.certificate("receiver"));
  const auto renewed = tls->renew();
  ASSERT_FALSE(renewed);
  EXPECT_THAT(renewed.error().text(), HasSubstr("key does not belong to the certificate"));
  EXPECT_EQ(tls->context(), before);
  put("gateway-key.pem", all.key("receiver"));  // the other half comes later
  EXPECT_EQ(*tls->renew(), ServerTls::Renewed::certificate);
}

TEST_F(ServerTlsFiles, ARevocationListThatIsNoneIsNamed) {
  const auto tls =
      ServerTls::open({folder.path() / "gateway.pem", folder.path() / "gateway-key.pem",
                       folder.path() / "ca.pem", folder.path() / "ca.pem"},
                      ClientCertificate::required);
  ASSERT_FALSE(tls);
  EXPECT_THAT(tls.error().text(), HasSubstr("revocation list cannot be used"));
}

}  // namespace
