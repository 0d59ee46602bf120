#include <gtest/gtest.h>

#include "gateway/access/access.hpp"

using namespace gateway;

namespace {

TEST(Identity, IsReadBackAsItWasShown) {
  security::PeerIdentity peer;
  peer.subject = {{"O", "Clinic, \"North\"=1"}, {"CN", "ehr"}};
  peer.issuer = {{"CN", "CA"}};
  peer.alternative_names = {"ehr.example", "urn:ehr"};
  peer.spki_sha256 = std::string(64, 'a');
  const auto read = access::read_identity(access::write_identity(peer)).peer;
  EXPECT_EQ(read.subject, peer.subject);
  EXPECT_EQ(read.issuer, peer.issuer);
  EXPECT_EQ(read.alternative_names, peer.alternative_names);
  EXPECT_EQ(read.spki_sha256, peer.spki_sha256);
  EXPECT_TRUE(read.address.empty()) << "who comes from elsewhere is the same client";
}

TEST(Identity, NoAttributePassesForAnother) {
  security::PeerIdentity peer;
  peer.subject = {{"CN", "a\ns CN=operator"}};
  EXPECT_TRUE(access::read_identity(access::write_identity(peer)).peer.subject.empty());
}

TEST(Identity, OfATokenItsClientAndItsOwnScopesAreKept) {
  access::Identity identity;
  identity.client = "https://ehr.example/client";
  identity.scopes = *security::parse_scopes("system/Observation.rs?category=laboratory");
  identity.token = "jti";
  const auto read = access::read_identity(access::write_identity(identity));
  EXPECT_EQ(read.client, identity.client);
  EXPECT_EQ(read.scopes, identity.scopes);
  EXPECT_TRUE(read.token.empty()) << "it is over long before";
  const access::Access grants(
      {}, {{identity.client, *security::parse_scopes("system/*.rs"), "source"}});
  EXPECT_EQ(security::to_text(grants.principal_of(read).scopes),
            "system/Observation.rs?category=laboratory")
      << "what is done later is no wider than the token was";
  EXPECT_FALSE(access::Access({}, {}).principal_of(read).authenticated) << "registered no longer";
}

}  // namespace
