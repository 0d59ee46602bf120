#include "gateway/access/access.hpp"

#include <gtest/gtest.h>

using namespace gateway;

namespace {

security::PeerIdentity peer(const std::string& common_name) {
  security::PeerIdentity identity;
  identity.subject = {{"O", "Clinic"}, {"CN", common_name}};
  identity.spki_sha256 = std::string(64, '0');
  return identity;
}

access::CertificateGrant grant(const std::string& subject, const std::string& scopes,
                               const std::string& role = "") {
  access::CertificateGrant granted;
  granted.rule.subject = security::parse_distinguished_name(subject);
  granted.scopes = *security::parse_scopes(scopes);
  granted.role = role;
  return granted;
}

TEST(Access, ACertificateGetsTheScopesAndTheRoleOfItsGrant) {
  const access::Access access(
      {grant("CN=ehr", "system/Observation.rs"), grant("CN=peer", "system/*.cud", "source")});
  const auto ehr = access.principal_of(peer("ehr"));
  EXPECT_TRUE(ehr.authenticated);
  EXPECT_FALSE(ehr.is_source());
  EXPECT_EQ(ehr.name, "CN=ehr,O=Clinic");
  ASSERT_EQ(ehr.scopes.size(), 1U);
  EXPECT_EQ(ehr.scopes[0].type, "Observation");
  EXPECT_TRUE(access.principal_of(peer("peer")).is_source());
}

TEST(Access, TheFirstGrantThatMatchesDecides) {
  const access::Access access({grant("CN=ehr", "system/Patient.r"),
                               grant("O=Clinic", "system/*.rs"),
                               grant("CN=ehr", "system/*.cruds", "source")});
  EXPECT_EQ(access.principal_of(peer("ehr")).scopes[0].type, "Patient");
  EXPECT_EQ(access.principal_of(peer("ward")).scopes[0].type, "*");
  EXPECT_FALSE(access.principal_of(peer("ehr")).is_source());
}

TEST(Access, WhoeverNoGrantNamesIsAnonymous) {
  const access::Access access({grant("CN=ehr", "system/*.rs"), access::CertificateGrant{}});
  for (const auto& who : {access.principal_of(peer("ehr2")), access.principal_of({})}) {
    EXPECT_FALSE(who.authenticated);
    EXPECT_TRUE(who.scopes.empty());
    EXPECT_EQ(who.name, "anonymous");
  }
  EXPECT_FALSE(access::Access({}).principal_of(peer("ehr")).authenticated);
}

TEST(Access, GrantsThatAreExchangedCountAtOnceAndAClientThatIsLookedAtStays) {
  access::Access access({grant("CN=ehr", "system/Patient.r")},
                        {{"registry", *security::parse_scopes("system/*.rs"), ""}});
  const auto* client = access.client("registry");
  ASSERT_NE(client, nullptr);
  access.publish({grant("CN=ward", "system/Observation.rs")}, {});
  EXPECT_FALSE(access.principal_of(peer("ehr")).authenticated);
  EXPECT_TRUE(access.principal_of(peer("ward")).authenticated);
  EXPECT_EQ(access.client("registry"), nullptr);
  EXPECT_FALSE(access.has_clients());
  EXPECT_EQ(client->id, "registry") << "who is being answered still looks at it";
}

}  // namespace
