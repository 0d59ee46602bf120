#include "gateway/forward/allowed.hpp"

#include <gtest/gtest.h>

using gateway::forward::check_allowed;

namespace {

const std::vector<std::string> hosts = {"ehr.example", "10.1.0.0/16", "192.0.2.7", "fd00::/8"};

TEST(AllowedHosts, AreNamesAddressesAndNetworksThatWereNamed) {
  for (const char* url : {"https://ehr.example/hook", "https://EHR.example:8443/",
                          "https://10.1.255.3/x", "https://192.0.2.7/", "https://[fd00::1]/hook"})
    EXPECT_TRUE(check_allowed(url, hosts)) << url;
}

TEST(AllowedHosts, NothingElseIsReached) {
  for (const char* url :
       {"http://ehr.example/hook", "https://ehr.example.evil/", "https://evil.ehr.example/",
        "https://ehr.example@evil.example/", "https://10.2.0.1/", "https://169.254.169.254/",
        "https://[::ffff:10.2.0.1]/", "https://127.0.0.1/", "https://2130706433/",
        "ftp://ehr.example/", "https:///x", "", "https://ehr.example./"})
    EXPECT_FALSE(check_allowed(url, hosts)) << url;
  EXPECT_FALSE(check_allowed("https://ehr.example/", {}));
}

}  // namespace
