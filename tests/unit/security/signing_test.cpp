#include "gateway/security/signing.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/files.hpp"

namespace tests {
namespace {

using gateway::security::is_signed;
using gateway::security::read_public_key;
using gateway::security::read_signing_key;
using gateway::security::sign;
using gateway::security::signing_key;

TEST(Signing, HoldsForItsTextAndKeyAlone) {
  const auto key = signing_key(std::string(32, 'a')), other = signing_key(std::string(32, 'b'));
  const auto signature = sign(key, "text");
  EXPECT_TRUE(is_signed(key.public_key, "text", signature));
  EXPECT_FALSE(is_signed(key.public_key, "texts", signature));
  EXPECT_FALSE(is_signed(other.public_key, "text", signature));
  EXPECT_FALSE(is_signed("", "text", signature));
  EXPECT_FALSE(is_signed(key.public_key, "text", ""));
}

// RFC 8032 §7.1, test 2.
TEST(Signing, IsEd25519OfRfc8032) {
  const std::string secret =
      "\x4c\xcd\x08\x9b\x28\xff\x96\xda\x9d\xb6\xc3\x46\xec\x11\x4e\x0f"
      "\x5b\x8a\x31\x9f\x35\xab\xa6\x24\xda\x8c\xf6\xed\x4f\xb8\xa6\xfb";
  const auto key = signing_key(secret);
  EXPECT_EQ(static_cast<unsigned char>(key.public_key[0]), 0x3d);
  EXPECT_EQ(static_cast<unsigned char>(sign(key, "\x72")[0]), 0x92);
}

TEST(Signing, AKeyIsReadFromItsFileAndWhatIsNoneIsRefused) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "key.pem";
  std::ofstream(file) << "-----BEGIN PRIVATE KEY-----\n"
                         "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
                         "-----END PRIVATE KEY-----\n";
  const auto key = read_signing_key(file);
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(*read_public_key(file), key->public_key);
  EXPECT_EQ(static_cast<unsigned char>(key->public_key[0]), 0x3d);
  std::ofstream(folder.path() / "no.pem") << "nothing";
  EXPECT_FALSE(read_signing_key(folder.path() / "no.pem"));
  EXPECT_FALSE(read_signing_key(folder.path() / "absent.pem"));
}

}  // namespace
}  // namespace tests
