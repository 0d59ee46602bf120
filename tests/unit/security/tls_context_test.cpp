#include "gateway/security/tls_context.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"

using namespace gateway::security;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

namespace {

TlsFiles files(const std::string& name) {
  const auto& all = tests::certificates();
  return {all.certificate(name), all.key(name), all.ca()};
}

std::string refusal(const TlsFiles& of) {
  const auto context = server_context(of, ClientCertificate::required);
  EXPECT_FALSE(context);
  if (context) return {};
  EXPECT_EQ(context.error().kind, gateway::base::ErrorKind::configuration);
  EXPECT_FALSE(context.error().remedy.empty());
  return context.error().text();
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Client and server talk through memory until both are done or one gives up.
struct Handshake {
  bool server_done = false, client_done = false;
  PeerIdentity seen_by_server;
};

Handshake shake(SSL_CTX* server_side, SSL_CTX* client_side, int client_version = 0) {
  SSL* server = SSL_new(server_side);
  SSL* client = SSL_new(client_side);
  if (client_version != 0) {
    SSL_set_min_proto_version(client, client_version);
    SSL_set_max_proto_version(client, client_version);
    SSL_set_security_level(client, 0);
    SSL_set_cipher_list(client, "ALL:@SECLEVEL=0");
  }
  BIO *a = nullptr, *b = nullptr;
  BIO_new_bio_pair(&a, 0, &b, 0);
  SSL_set_bio(server, a, a);
  SSL_set_bio(client, b, b);
  SSL_set_accept_state(server);
  SSL_set_connect_state(client);
  Handshake result;
  for (int turn = 0; turn < 20; ++turn) {
    if (!result.client_done) result.client_done = SSL_do_handshake(client) == 1;
    if (!result.server_done) result.server_done = SSL_do_handshake(server) == 1;
  }
  if (result.server_done) result.seen_by_server = peer_of(server);
  SSL_free(server);
  SSL_free(client);
  return result;
}

Handshake shake_with(const TlsFiles& client, ClientCertificate clients, int version = 0) {
  auto server_side = server_context(files("gateway"), clients);
  auto client_side = client_context(client, "localhost");
  EXPECT_TRUE(server_side);
  EXPECT_TRUE(client_side);
  return shake(server_side->get(), client_side->get(), version);
}

TEST(TlsContext, AMissingFileIsNamedWithItsRole) {
  auto without = files("gateway");
  without.certificate = without.certificate.parent_path() / "nobody.pem";
  EXPECT_THAT(refusal(without), HasSubstr("nobody.pem: certificate cannot be read (No such file"));
  without = files("gateway");
  without.key = without.key.parent_path() / "nobody-key.pem";
  EXPECT_THAT(refusal(without), HasSubstr("nobody-key.pem: key cannot be read"));
  without = files("gateway");
  without.ca.clear();
  EXPECT_THAT(refusal(without), HasSubstr("certificate authority is not named"));
  without.ca = without.key.parent_path();
  EXPECT_THAT(refusal(without), HasSubstr("is a folder"));
}

TEST(TlsContext, AKeyOfAnotherCertificateIsRefused) {
  auto mixed = files("gateway");
  mixed.key = tests::certificates().key("receiver");
  EXPECT_THAT(refusal(mixed),
              HasSubstr("receiver-key.pem: key does not belong to the certificate"));
}

TEST(TlsContext, FilesThatHoldSomethingElseAreRefused) {
  const tests::TemporaryFolder folder;
  write(folder.path() / "text.pem", "no certificate\n");
  auto wrong = files("gateway");
  wrong.certificate = folder.path() / "text.pem";
  EXPECT_THAT(refusal(wrong), HasSubstr("text.pem: certificate cannot be used"));
  wrong = files("gateway");
  wrong.key = folder.path() / "text.pem";
  EXPECT_THAT(refusal(wrong), HasSubstr("text.pem: key cannot be used"));
  wrong = files("gateway");
  wrong.ca = folder.path() / "text.pem";
  EXPECT_THAT(refusal(wrong), HasSubstr("text.pem: certificate authority cannot be used"));
}

TEST(TlsContext, AKeyWithAPassphraseIsRefusedInsteadOfAskedFor) {
  const tests::TemporaryFolder folder;
  const auto locked = folder.path() / "locked.pem";
  const auto command = "openssl pkcs8 -topk8 -in " + tests::certificates().key("gateway").string() +
                       " -passout pass:secret -out " + locked.string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  auto with = files("gateway");
  with.key = locked;
  EXPECT_THAT(refusal(with), HasSubstr("without a passphrase"));
}

TEST(TlsContext, ASenderWithItsCertificateIsKnownByIt) {
  const auto result = shake_with(files("sender"), ClientCertificate::required);
  EXPECT_TRUE(result.server_done && result.client_done);
  EXPECT_THAT(result.seen_by_server.subject,
              ElementsAre(Pair("O", "ImmunoGate development"), Pair("CN", "sender")));
  EXPECT_THAT(result.seen_by_server.issuer, Contains(Pair("CN", "ca")));
  EXPECT_EQ(result.seen_by_server.spki_sha256.size(), 64U);
  EXPECT_EQ(result.seen_by_server.subject_text(), "CN=sender,O=ImmunoGate development");
}

TEST(TlsContext, WithoutACertificateOnlyTheOptionalDoorOpens) {
  const TlsFiles nothing{{}, {}, tests::certificates().ca()};
  EXPECT_FALSE(shake_with(nothing, ClientCertificate::required).server_done);
  const auto optional = shake_with(nothing, ClientCertificate::optional);
  EXPECT_TRUE(optional.server_done);
  EXPECT_FALSE(optional.seen_by_server.present());
}

TEST(TlsContext, HostileClientCertificatesFailTheHandshakeEvenWhereTheyAreOptional) {
  const auto& all = tests::certificates();
  all.make({.name = "stranger", .by_another_authority = true});
  all.make({.name = "expired", .begins_in_days = -10, .ends_in_days = -1});
  all.make({.name = "unborn", .begins_in_days = 1});
  all.make({.name = "server-only", .usage = "serverAuth"});
  all.make({.name = "no-usage", .usage = ""});
  all.make({.name = "good"});
  for (const char* name : {"stranger", "expired", "unborn", "server-only", "no-usage"}) {
    EXPECT_FALSE(shake_with(files(name), ClientCertificate::required).server_done) << name;
    EXPECT_FALSE(shake_with(files(name), ClientCertificate::optional).server_done) << name;
  }
  EXPECT_TRUE(shake_with(files("good"), ClientCertificate::required).server_done);
}

TEST(TlsContext, VersionsBelow12AreRefused) {
  EXPECT_FALSE(shake_with(files("sender"), ClientCertificate::required, TLS1_VERSION).server_done);
  EXPECT_FALSE(
      shake_with(files("sender"), ClientCertificate::required, TLS1_1_VERSION).server_done);
  EXPECT_TRUE(shake_with(files("sender"), ClientCertificate::required, TLS1_2_VERSION).server_done);
  EXPECT_TRUE(shake_with(files("sender"), ClientCertificate::required, TLS1_3_VERSION).server_done);
}

TEST(TlsContext, AClientVerifiesAuthorityAndHostName) {
  const auto& all = tests::certificates();
  auto server = server_context(files("gateway"), ClientCertificate::required);
  ASSERT_TRUE(server);
  const auto reaches = [&](const std::filesystem::path& ca, const std::string& host) {
    auto own = files("sender");
    own.ca = ca;
    auto client = client_context(own, host);
    EXPECT_TRUE(client);
    return shake(server->get(), client->get()).client_done;
  };
  EXPECT_TRUE(reaches(all.ca(), "localhost"));
  EXPECT_TRUE(reaches(all.ca(), "127.0.0.1"));
  EXPECT_FALSE(reaches(all.ca(), "gateway"));  // the common name is no host name
  EXPECT_FALSE(reaches(all.ca(), "127.0.0.2"));
  EXPECT_FALSE(reaches(all.other_ca(), "localhost"));
}

TEST(CertificateFile, SaysWhenItEndsAndWhetherItIsADevelopmentOne) {
  const auto facts = certificate_facts(tests::certificates().certificate("gateway"));
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->development);
  const auto left = facts->not_after.microseconds - gateway::base::SystemClock().now().microseconds;
  EXPECT_NEAR(static_cast<double>(left) / 86'400e6, 30.0, 0.1);
  EXPECT_THAT(facts->identity.alternative_names, ElementsAre("localhost"));
  EXPECT_FALSE(certificate_facts(tests::certificates().key("gateway")));
}

}  // namespace
