#include "gateway/security/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using gateway::security::CertificateRule;
using gateway::security::matches;
using gateway::security::parse_distinguished_name;
using gateway::security::PeerIdentity;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

namespace {

PeerIdentity peer() {
  PeerIdentity identity;
  identity.subject = {{"O", "Clinic, North"}, {"CN", "ehr"}};
  identity.issuer = {{"CN", "Clinic CA"}};
  identity.alternative_names = {"ehr.clinic.example", "urn:ehr"};
  identity.spki_sha256 = "ab12";
  return identity;
}

CertificateRule subject(const std::string& text) {
  CertificateRule rule;
  rule.subject = parse_distinguished_name(text);
  return rule;
}

TEST(DistinguishedName, IsReadInTheOrderItIsWritten) {
  EXPECT_THAT(parse_distinguished_name("CN=ehr,O=Clinic"),
              ElementsAre(Pair("CN", "ehr"), Pair("O", "Clinic")));
}

TEST(DistinguishedName, EscapesAndBlanksFollowRfc4514) {
  EXPECT_THAT(parse_distinguished_name("O=Clinic\\, North , CN= e\\2Dhr\\ "),
              ElementsAre(Pair("O", "Clinic, North"), Pair("CN", "e-hr ")));
  EXPECT_THAT(parse_distinguished_name("CN=a+OU=b"), ElementsAre(Pair("CN", "a"), Pair("OU", "b")));
  EXPECT_THAT(parse_distinguished_name("2.5.4.3=ehr"), ElementsAre(Pair("CN", "ehr")));
}

TEST(DistinguishedName, AGrammarErrorGivesNothing) {
  for (const char* text : {"", "CN", "CN=", "=x", "CN=a,", "CN=a\\", "CN=a\\4", "CN=a;O=b",
                           "CN=#04", "CN=\"a\"", "C N=a", "CN=a\nO=b"}) {
    EXPECT_THAT(parse_distinguished_name(text), IsEmpty()) << text;
  }
}

TEST(DistinguishedName, WhatIsPrintedIsReadBack) {
  PeerIdentity identity;
  identity.subject = {{"O", " a,b+c\"\\<>;=# \n"}, {"CN", "#x"}};
  EXPECT_EQ(identity.subject_text(), "CN=\\#x,O=\\ a\\,b\\+c\\\"\\\\\\<\\>\\;\\=# \\0A");
  EXPECT_THAT(parse_distinguished_name(identity.subject_text()),
              ElementsAre(Pair("CN", "#x"), Pair("O", " a,b+c\"\\<>;=# \n")));
}

TEST(CertificateRules, EveryAttributeNamedMustBeThere) {
  EXPECT_TRUE(matches(peer(), subject("CN=ehr")));
  EXPECT_TRUE(matches(peer(), subject("cn=ehr,O=Clinic\\, North")));
  EXPECT_FALSE(matches(peer(), subject("CN=ehr,OU=ward")));
}

TEST(CertificateRules, ValuesAreComparedWhole) {
  for (const char* text : {"CN=eh", "CN=ehr2", "CN=hr", "CN=EHR", "O=Clinic", "O=ehr"}) {
    EXPECT_FALSE(matches(peer(), subject(text))) << text;
  }
  auto look_alike = peer();
  look_alike.subject = {{"CN", std::string("ehr\0x", 5)}};
  EXPECT_FALSE(matches(look_alike, subject("CN=ehr")));
  look_alike.subject = {{"CN", "other,CN=ehr"}};
  EXPECT_FALSE(matches(look_alike, subject("CN=ehr")));
}

TEST(CertificateRules, NamesIssuerAndKeyCountWhereGiven) {
  const auto with = [](auto change) {
    CertificateRule rule = subject("CN=ehr");
    change(rule);
    return matches(peer(), rule);
  };
  EXPECT_TRUE(with([](auto& rule) { rule.alternative_name = "urn:ehr"; }));
  EXPECT_FALSE(with([](auto& rule) { rule.alternative_name = "clinic.example"; }));
  EXPECT_TRUE(with([](auto& rule) { rule.issuer = {{"CN", "Clinic CA"}}; }));
  EXPECT_FALSE(with([](auto& rule) { rule.issuer = {{"CN", "Clinic"}}; }));
  EXPECT_TRUE(with([](auto& rule) { rule.spki_sha256 = "AB12"; }));
  EXPECT_FALSE(with([](auto& rule) { rule.spki_sha256 = "ab"; }));
}

TEST(CertificateRules, AnEmptyRuleLetsNobodyIn) {
  EXPECT_FALSE(matches(peer(), CertificateRule{}));
  EXPECT_FALSE(matches(PeerIdentity{}, subject("CN=ehr")));
}

}  // namespace
