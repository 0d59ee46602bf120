#include "gateway/access/identity.hpp"

#include <gtest/gtest.h>

using namespace gateway;

namespace {

TEST(Identity, IsReadBackAsItWasShown) {
  security::PeerIdentity peer;
  peer.subject = {{"O", "Clinic, \"North\"=1"}, {"CN", "ehr"}};
  peer.issuer = {{"CN", "CA"}};
  peer.alternative_names = {"ehr.example", "urn:ehr"};
  peer.spki_sha256 = std::string(64, 'a');
  const auto read = access::read_identity(access::write_identity(peer));
  EXPECT_EQ(read.subject, peer.subject);
  EXPECT_EQ(read.issuer, peer.issuer);
  EXPECT_EQ(read.alternative_names, peer.alternative_names);
  EXPECT_EQ(read.spki_sha256, peer.spki_sha256);
  EXPECT_TRUE(read.address.empty()) << "who comes from elsewhere is the same client";
}

TEST(Identity, NoAttributePassesForAnother) {
  security::PeerIdentity peer;
  peer.subject = {{"CN", "a\ns CN=operator"}};
  EXPECT_TRUE(access::read_identity(access::write_identity(peer)).subject.empty());
}

}  // namespace
