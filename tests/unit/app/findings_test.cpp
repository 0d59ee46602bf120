#include "gateway/app/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace gateway::app;
using testing::HasSubstr;

namespace {

Config plain(std::vector<Address> listeners) {
  Config config;
  config.base_url = "https://localhost:8443/fhir";
  config.operations = {"127.0.0.1", 9464};
  for (const Address& listen : listeners) config.mllp.push_back({listen, {}, {"*"}, {"P"}});
  return config;
}

/// What stops the start, and advice, without the mappings.
std::string found(const Config& config) {
  std::string all;
  for (const Finding& finding : findings(config, nullptr, {}))
    all += text_of(finding, config) + "\n";
  return all;
}

TEST(Findings, TheSameAddressTwiceIsFoundBeforeItIsListenedOn) {
  EXPECT_EQ(found(plain({{"127.0.0.1", 2575}, {"127.0.0.1", 2576}})), "");
  EXPECT_EQ(found(plain({{"127.0.0.1", 0}, {"127.0.0.1", 0}})), "");
  EXPECT_EQ(found(plain({{"127.0.0.1", 2575}, {"127.0.0.2", 2575}})), "");
  for (const char* other : {"127.0.0.1", "localhost"})
    EXPECT_EQ(found(plain({{"127.0.0.1", 2575}, {other, 2575}})),
              "error: mllp[0] and mllp[1] both listen on port 2575; give each a port of its own\n");
  EXPECT_THAT(found(plain({{"0.0.0.0", 9464}})), HasSubstr("operations and mllp[0] both listen"));
}

TEST(Findings, AGatewayWithoutADoorIsTold) {
  EXPECT_THAT(found(plain({})), HasSubstr("advice: neither mllp nor https is configured"));
}

TEST(Findings, MappingsThatCannotBeReadHideNoOtherProblem) {
  auto config = plain({{"127.0.0.1", 2575}});
  config.mllp[0].tls = {"/nowhere/cert.pem", "/nowhere/key.pem", "/nowhere/ca.pem"};
  ForwardConfig target;
  target.https.name = "hospital";
  target.https.url = "https://127.0.0.1:1/fhir";
  target.https.allow_private_address = true;
  target.only = "Observation?categry=laboratory";
  config.forward.push_back(target);
  const auto all = found(config);
  EXPECT_THAT(all, HasSubstr("/nowhere/cert.pem"));
  EXPECT_THAT(all, HasSubstr("forward.hospital.only: categry is not a search parameter of "));
  EXPECT_THAT(all, HasSubstr("perhaps category is meant"));
}

}  // namespace
