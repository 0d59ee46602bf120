#include "gateway/net/address_guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using gateway::base::ErrorKind;
using gateway::net::Reach;
using gateway::net::reachable_addresses;
using gateway::net::refusal;
using Poco::Net::IPAddress;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

TEST(AddressGuard, SomeAddressesAreNeverReached) {
  for (const char* address : {"169.254.169.254",
                              "169.254.0.1",
                              "169.254.255.255",
                              "100.100.100.200",
                              "168.63.129.16",
                              "192.0.0.192",
                              "0.0.0.0",
                              "0.1.2.3",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "ff02::1",
                              "fe80::1",
                              "febf::1",
                              "fd00:ec2::254",
                              "::ffff:169.254.169.254",
                              "::ffff:0.0.0.0",
                              "64:ff9b::a9fe:a9fe",
                              "2002:a9fe:a9fe::1",
                              "::169.254.169.254",
                              "2001:0:1::1"}) {
    EXPECT_STRNE(refusal(IPAddress(address), Reach::also_private), "") << address;
    EXPECT_STRNE(refusal(IPAddress(address), Reach::public_only), "") << address;
  }
}

TEST(AddressGuard, PrivateOnesAreReachedOnlyWhereAllowed) {
  for (const char* address :
       {"127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.127.255.255", "198.18.0.1", "::1", "fc00::1", "fdff::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "::127.0.0.1",
        "64:ff9b:1::1"}) {
    EXPECT_STREQ(refusal(IPAddress(address), Reach::also_private), "") << address;
    EXPECT_STREQ(refusal(IPAddress(address), Reach::public_only), "private") << address;
  }
}

TEST(AddressGuard, PublicOnesAreReached) {
  for (const char* address :
       {"8.8.8.8", "1.0.0.1", "172.15.255.255", "172.32.0.0", "192.167.255.255", "100.63.255.255",
        "100.128.0.1", "169.253.0.1", "126.255.255.255", "128.0.0.1", "223.255.255.255",
        "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860::1"}) {
    EXPECT_STREQ(refusal(IPAddress(address), Reach::public_only), "") << address;
  }
}

TEST(AddressGuard, EverySpellingOfLoopbackIsLoopback) {
  // Not the name localhost: a bare machine has no /etc/hosts to know it from.
  for (const char* host : {"127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
    const auto refused = reachable_addresses(host, 443, Reach::public_only);
    ASSERT_FALSE(refused) << host;
    EXPECT_EQ(refused.error().kind, ErrorKind::configuration) << host;
    EXPECT_THAT(refused.error().text(), HasSubstr("address is private and not connected to; set "
                                                  "allow_private_address"));
    const auto allowed = reachable_addresses(host, 443, Reach::also_private);
    ASSERT_TRUE(allowed) << host;
    for (const auto& address : *allowed) EXPECT_TRUE(address.host().isLoopback()) << host;
    EXPECT_EQ(allowed->front().port(), 443);
  }
}

TEST(AddressGuard, MetadataIsNotAllowedByASetting) {
  const auto refused = reachable_addresses("169.254.169.254", 80, Reach::also_private);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().remedy, HasSubstr("name another host"));
}

TEST(AddressGuard, ANameThatDoesNotResolveIsUnavailable) {
  const auto unknown = reachable_addresses("nobody.invalid", 443, Reach::public_only);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::unavailable);
}

}  // namespace
