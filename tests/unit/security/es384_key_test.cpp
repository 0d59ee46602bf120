#include "gateway/security/es384_key.hpp"

#include <gtest/gtest.h>

#include "gateway/security/base64url.hpp"

#include "tests/support/forge.hpp"

using namespace gateway;
using security::Es384Key;
using security::PublicKey;

namespace {

// TRUST.md F13: a library dropped leading zeros, and one signature in a hundred was none.
TEST(Signatures, FourThousandAreOfOneWidthAndAllVerify) {
  const auto key = Es384Key::generate();
  const auto verifier = key.public_key();
  int with_leading_zero = 0;
  for (int i = 0; i < 4'096; ++i) {
    const std::string text = "token " + std::to_string(i);
    const auto signature = key.sign(text);
    ASSERT_EQ(signature.size(), 96u);
    ASSERT_TRUE(verifier.verifies(text, signature)) << i;
    with_leading_zero += signature[0] == '\0' || signature[48] == '\0' ? 1 : 0;
  }
  EXPECT_GT(with_leading_zero, 0) << "some 32 of them begin with a zero";
}

TEST(Signatures, OfAnotherTextKeyOrWidthAreNone) {
  const auto key = Es384Key::generate();
  const auto verifier = key.public_key();
  const auto signature = key.sign("text");
  EXPECT_FALSE(verifier.verifies("text.", signature));
  EXPECT_FALSE(Es384Key::generate().public_key().verifies("text", signature));
  EXPECT_FALSE(verifier.verifies("text", ""));
  EXPECT_FALSE(verifier.verifies("text", signature.substr(0, 95)));
  EXPECT_FALSE(verifier.verifies("text", signature + '\0'));
  EXPECT_FALSE(verifier.verifies("text", std::string(96, '\0'))) << "CVE-2022-21449";
  EXPECT_FALSE(verifier.verifies("text", std::string(96, '\xff')));
}

TEST(Signatures, AKeyIsReadBackFromItsFile) {
  const auto key = Es384Key::generate();
  const auto read = Es384Key::read(key.pem());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id(), key.id());
  EXPECT_TRUE(key.public_key().verifies("x", read->sign("x")));
  EXPECT_EQ(key.id().size(), 43u);
  for (const std::string& other :
       {std::string(), std::string("-----BEGIN"), tests::RsaKey().public_pem()})
    EXPECT_FALSE(Es384Key::read(other));
}

TEST(PublicKeys, OnlyOnesThatAreStrongEnoughAreTaken) {
  const auto key = Es384Key::generate();
  EXPECT_TRUE(PublicKey::p384(key.x(), key.y()));
  EXPECT_FALSE(PublicKey::p384(key.y(), key.x())) << "no point of the curve";
  EXPECT_FALSE(PublicKey::p384(key.x(), key.y().substr(1)));
  EXPECT_FALSE(PublicKey::p384("", ""));
  EXPECT_FALSE(PublicKey::rsa(std::string(128, '\xff'), std::string("\1\0\1", 3)));
  EXPECT_FALSE(PublicKey::rsa(std::string(1025, '\xff'), std::string("\1\0\1", 3)));
  EXPECT_FALSE(PublicKey::rsa(std::string(256, '\xff'), "\1"))
      << "every text would be its signature";
  EXPECT_FALSE(PublicKey::rsa("", ""));
}

TEST(Base64Url, OneTextHasOneSpelling) {
  EXPECT_EQ(security::to_base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(security::from_base64url("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(security::from_base64url(""), "");
  for (const char* other : {"+//+", "AA==", "A A", "AB", "A", "AA\n", "AAA."})
    EXPECT_FALSE(security::from_base64url(other)) << other;
}

}  // namespace
