// TRUST.md T10: whatever the spelling, nothing leaves to where it may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/forward/allowed.hpp"
#include "gateway/forward/https_target.hpp"

#include "tests/support/certificates.hpp"

using namespace gateway;
using base::ErrorKind;

namespace {

/// Loopback and private networks, in the spellings resolvers take.
constexpr const char* private_hosts[] = {"127.0.0.1",
                                         "127.1",
                                         "127.0.1",
                                         "0x7f.1",
                                         "0177.0.0.1",
                                         "2130706433",
                                         "0x7f000001",
                                         "017700000001",
                                         "10.0.0.1",
                                         "10.1",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.168.1.1",
                                         "192.168.257",
                                         "100.64.0.1",
                                         "198.18.0.1",
                                         "[::1]",
                                         "[0:0:0:0:0:0:0:1]",
                                         "[::ffff:127.0.0.1]",
                                         "[::ffff:7f00:1]",
                                         "[::ffff:10.0.0.1]",
                                         "[64:ff9b::7f00:1]",
                                         "[2002:7f00:1::]",
                                         "[fc00::1]",
                                         "[fd12:3456::1]",
                                         "[fec0::1]"};

/// Never, whoever says so: metadata, link-local, multicast, nowhere.
constexpr const char* never_hosts[] = {"169.254.169.254",
                                       "169.254.1.1",
                                       "2852039166",
                                       "0xa9fea9fe",
                                       "0251.0376.0251.0376",
                                       "100.100.100.200",
                                       "168.63.129.16",
                                       "192.0.0.192",
                                       "0.0.0.0",
                                       "0",
                                       "224.0.0.1",
                                       "255.255.255.255",
                                       "240.0.0.1",
                                       "[::]",
                                       "[fe80::1]",
                                       "[ff02::1]",
                                       "[::ffff:169.254.169.254]",
                                       "[64:ff9b::a9fe:a9fe]",
                                       "[2002:a9fe:a9fe::]",
                                       "[fd00:ec2::254]"};

/// No URL of a target at all.
constexpr const char* no_urls[] = {"http://192.0.2.1/",
                                   "https://user@192.0.2.1/",
                                   "https://192.0.2.1@127.0.0.1/",
                                   "https://192.0.2.1/?x=1",
                                   "https://192.0.2.1/#x",
                                   "file:///etc/passwd",
                                   "gopher://127.0.0.1/",
                                   "https:///x",
                                   "//192.0.2.1/"};

forward::HttpsSettings to(const std::string& url, bool allow_private) {
  return {"hospital",
          url,
          {{}, {}, tests::certificates().ca()},
          allow_private,
          std::chrono::milliseconds(200)};
}

/// Every way out of here: the check before, a target's POST and GET.
void expect_refused(const std::string& url, bool allow_private) {
  const auto settings = to(url, allow_private);
  const auto checked = forward::check_address(settings);
  ASSERT_FALSE(checked) << url;
  EXPECT_NE(checked.error().kind, ErrorKind::unknown) << url;
  const auto target = forward::https_target(settings);
  if (!target) return;
  const auto posted = (*target)->post({"{}", ""});
  ASSERT_FALSE(posted) << url;
  EXPECT_EQ(posted.error().kind, checked.error().kind) << url;
  const auto read = (*target)->get("metadata");
  ASSERT_FALSE(read) << url;
  EXPECT_EQ(read.error().kind, checked.error().kind) << url;
}

TEST(Threat10, NoSpellingOfAPrivateAddressIsReachedUnlessTheAdministratorSaysSo) {
  for (const std::string host : private_hosts) {
    expect_refused("https://" + host + "/fhir", false);
    EXPECT_TRUE(forward::check_address(to("https://" + host + "/fhir", true))) << host;
  }
}

TEST(Threat10, MetadataLinkLocalAndMulticastAreNeverReached) {
  for (const std::string host : never_hosts) {
    expect_refused("https://" + host + "/fhir", false);
    expect_refused("https://" + host + "/fhir", true);
  }
}

TEST(Threat10, WhatIsNoPlainHttpsUrlIsNoTarget) {
  for (const std::string url : no_urls) expect_refused(url, true);
}

TEST(Threat10, ARestHookLeadsOnlyToHostsThatAreNamed) {
  for (const std::string host : private_hosts)
    EXPECT_FALSE(forward::check_allowed("https://" + host + "/hook", {"ehr.clinic.example"}))
        << host;
  for (const std::string url :
       {"https://ehr.clinic.example.evil.example/", "https://ehr.clinic.example@evil.example/",
        "https://evil.example/ehr.clinic.example", "http://ehr.clinic.example/"})
    EXPECT_FALSE(forward::check_allowed(url, {"ehr.clinic.example"})) << url;
  EXPECT_TRUE(forward::check_allowed("https://ehr.clinic.example/hook", {"ehr.clinic.example"}));
}

}  // namespace
