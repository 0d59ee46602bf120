#include "gateway/app/findings.hpp"

#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/app/mapping_files.hpp"

#include "tests/support/files.hpp"

using namespace gateway::app;
using testing::HasSubstr;
using testing::Not;

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

TEST(Findings, ASenderWithoutAProfileWhoseNameIsNearToOneMayBeASlip) {
  const auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue);
  auto config = plain({{"127.0.0.1", 2575}});
  config.mllp[0].senders = {"NORTHLISX", "SOMEBODY"};
  std::string all;
  for (const Finding& finding : findings(config, catalogue->get(), {}))
    all += text_of(finding, config) + "\n";
  EXPECT_THAT(all,
              HasSubstr("senders/NORTHLISX.json (did you mean NORTHLIS?); the sender is taken"));
  EXPECT_THAT(all, HasSubstr("senders/SOMEBODY.json; the sender is taken"));
}

TEST(Findings, ADiskNearItsWatermarkIsToldBeforeAnythingIsRefused) {
  auto config = plain({{"127.0.0.1", 2575}});
  config.store.file = std::filesystem::temp_directory_path() / "gateway.db";
  EXPECT_THAT(found(config), Not(HasSubstr("MB free")));
  config.store.min_free_bytes = std::int64_t{1} << 60;
  EXPECT_THAT(found(config), HasSubstr("advice: the volume of store.url has"));
}

TEST(Findings, APostgresqlStoreIsVerifiedAndItsPasswordStandsInAFileOfItsOwn) {
  auto config = plain({{"127.0.0.1", 2575}});
  const auto of = [&config](const std::string& url) {
    config.store.file.clear();
    config.store.postgresql = url;
    return found(config);
  };
  EXPECT_THAT(of("postgresql://u@db1,127.0.0.1/x"), HasSubstr("store.url reaches another host"));
  EXPECT_THAT(of("postgresql://u@db1/x?sslmode=require"), HasSubstr("without verifying it"));
  for (const char* url : {"postgresql://u@db1/x?sslmode=verify-full", "postgresql://u@127.0.0.1/x",
                          "postgresql://u@[::1]/x", "postgresql:///x?host=/run/postgresql"})
    EXPECT_THAT(of(url), Not(HasSubstr("store.url"))) << url;
  const auto secret = of("postgresql://u:topsecret@127.0.0.1/x");
  EXPECT_THAT(secret, HasSubstr("store.url carries a password"));
  EXPECT_THAT(secret, Not(HasSubstr("topsecret")));
  EXPECT_THAT(of("postgresql://u@h/x?nonsense=top"),
              testing::AllOf(HasSubstr("error: store.url: is no URL"), Not(HasSubstr("nonsense"))));
}

/// What systemd's credentials and volumes of secrets are: root's, readable by the service's group.
TEST(Threat21, AKeyIsOursAloneOrRootsHandedToUs) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  auto config = plain({{"127.0.0.1", 2575}});
  const auto key = std::filesystem::temp_directory_path() / "immunogate-findings-key.pem";
  config.mllp[0].tls = {"/nowhere/cert.pem", key, "/nowhere/ca.pem"};
  const auto is_refused = [&](uid_t owner, mode_t mode, uid_t reader) {
    std::filesystem::remove(key);
    ::close(::open(key.c_str(), O_CREAT | O_WRONLY, 0600));
    EXPECT_EQ(::chown(key.c_str(), owner, 0), 0);
    EXPECT_EQ(::chmod(key.c_str(), mode), 0);
    EXPECT_EQ(::seteuid(reader), 0);
    const bool refused = found(config).find("can be read by others") != std::string::npos;
    EXPECT_EQ(::seteuid(0), 0);
    return refused;
  };
  EXPECT_FALSE(is_refused(0, 0600, 0));
  EXPECT_TRUE(is_refused(0, 0640, 0));
  EXPECT_FALSE(is_refused(0, 0640, 65532));
  EXPECT_TRUE(is_refused(0, 0660, 65532));
  EXPECT_TRUE(is_refused(0, 0644, 65532));
  EXPECT_TRUE(is_refused(65532, 0640, 65532));
  std::filesystem::remove(key);
}

}  // namespace
