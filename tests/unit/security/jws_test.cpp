#include "gateway/security/jws.hpp"

#include <cstdio>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "gateway/base/hash.hpp"
#include "gateway/security/base64url.hpp"

#include "tests/support/files.hpp"

namespace gateway::security {
namespace {

void write(const std::filesystem::path& file, EVP_PKEY* key) {
  std::FILE* out = std::fopen(file.c_str(), "wb");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
}

std::vector<unsigned char> decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::vector<unsigned char> out(text.size());
  const int size = EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

bool verifies(EVP_PKEY* key, const std::string& token, bool is_ec) {
  const auto dot = token.rfind('.');
  auto signature = decoded(token.substr(dot + 1));
  if (is_ec) {
    if (signature.size() != 96) return false;
    ECDSA_SIG* parts = ECDSA_SIG_new();
    ECDSA_SIG_set0(parts, BN_bin2bn(signature.data(), 48, nullptr),
                   BN_bin2bn(signature.data() + 48, 48, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(parts, &der);
    signature.assign(der, der + size);
    OPENSSL_free(der);
    ECDSA_SIG_free(parts);
  }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha384(), nullptr, key);
  const bool good =
      EVP_DigestVerify(context, signature.data(), signature.size(),
                       reinterpret_cast<const unsigned char*>(token.data()), dot) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

/// A part that begins with a zero is what DER leaves out: of those each is verified, of the others
/// each tenth.
bool is_rare(const std::vector<unsigned char>& signature) {
  return signature.size() != 96 || signature[0] == 0 || signature[48] == 0;
}

TEST(Jws, TenThousandEs384SignaturesAreAllOfFixedWidthAndVerify) {
  tests::TemporaryFolder folder;
  EVP_PKEY* key = EVP_EC_gen("P-384");
  write(folder.path() / "key.pem", key);
  const auto signing = JwsKey::read(folder.path() / "key.pem");
  ASSERT_TRUE(signing) << signing.error().text();
  EXPECT_EQ(signing->algorithm(), "ES384");
  int bad = 0;
  int rare = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto token = signing->sign(R"({"alg":"ES384"})", std::to_string(i));
    const bool looked_for = is_rare(decoded(token.substr(token.rfind('.') + 1)));
    rare += looked_for;
    if (looked_for || i % 10 == 0) bad += !verifies(key, token, true);
  }
  EXPECT_EQ(bad, 0);
  EXPECT_GT(rare, 0);
  EVP_PKEY_free(key);
}

TEST(Jws, Rs384Verifies) {
  tests::TemporaryFolder folder;
  EVP_PKEY* key = EVP_RSA_gen(2048);
  write(folder.path() / "key.pem", key);
  const auto signing = JwsKey::read(folder.path() / "key.pem");
  ASSERT_TRUE(signing);
  EXPECT_EQ(signing->algorithm(), "RS384");
  EXPECT_TRUE(verifies(key, signing->sign(R"({"alg":"RS384"})", "{}"), false));
  EVP_PKEY_free(key);
}

TEST(Jws, AKeyOfAnotherKindIsRefused) {
  tests::TemporaryFolder folder;
  EVP_PKEY* small = EVP_RSA_gen(1024);
  EVP_PKEY* curve = EVP_EC_gen("P-256");
  for (EVP_PKEY* key : {small, curve}) {
    write(folder.path() / "key.pem", key);
    const auto signing = JwsKey::read(folder.path() / "key.pem");
    ASSERT_FALSE(signing);
    EXPECT_EQ(signing.error().kind, base::ErrorKind::configuration);
    EVP_PKEY_free(key);
  }
  EXPECT_FALSE(JwsKey::read(folder.path() / "none.pem"));
}

std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(key, name, &found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(found)), '\0');
  BN_bn2bin(found, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(found);
  return to_base64url(bytes);
}

TEST(Jws, TheThumbprintIsOfTheMembersInTheOrderOfRfc7638) {
  tests::TemporaryFolder folder;
  EVP_PKEY* key = EVP_RSA_gen(2048);
  write(folder.path() / "key.pem", key);
  const auto signing = JwsKey::read(folder.path() / "key.pem");
  ASSERT_TRUE(signing);
  // RFC 7638 §3.1: e, kty, n, without blanks.
  const std::string members = R"({"e":"AQAB","kty":"RSA","n":")" + number(key, "n") + R"("})";
  EXPECT_EQ(signing->thumbprint(), to_base64url(base::bytes_of(base::sha256(members))));
  EVP_PKEY_free(key);
}

}  // namespace
}  // namespace gateway::security
