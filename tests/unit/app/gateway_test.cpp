#include "gateway/app/gateway.hpp"

#include <fstream>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/app/mapping_files.hpp"
#include "gateway/app/mllp_client.hpp"
#include "gateway/app/reload.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/files.hpp"
#include "tests/support/mllp_peer.hpp"
#include "tests/unit/http/http_peer.hpp"

namespace {

using namespace gateway;
using namespace gateway::app;
using namespace std::chrono_literals;

Config config_in(const std::filesystem::path& folder, const std::string& instance) {
  Config config;
  config.instance = instance;
  config.base_url = "https://localhost:8443/fhir";
  config.store.file = folder / instance / "gateway.db";
  config.operations = {"127.0.0.1", 0};
  config.mllp.push_back({{"127.0.0.1", 0}, std::nullopt, {"*"}, {"P"}});
  return config;
}

std::string answer_of(Gateway& gateway, const std::string& message) {
  auto client = MllpClient::connect({"127.0.0.1", gateway.mllp_port(0)}, std::nullopt);
  EXPECT_TRUE(client) << (client ? "" : client.error().text());
  if (!client) return "";
  auto answer = client->exchange(message);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().text());
  return answer ? *answer : "";
}

TEST(Gateway, TwoFitInOneProcess) {
  const tests::TemporaryFolder folder;
  auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  auto one = Gateway::start(config_in(folder.path(), "one"), *catalogue);
  ASSERT_TRUE(one) << one.error().text();
  auto two = Gateway::start(config_in(folder.path(), "two"), *catalogue);
  ASSERT_TRUE(two) << two.error().text();
  EXPECT_NE((*one)->mllp_port(0), (*two)->mllp_port(0));
  EXPECT_NE((*one)->operations_port(), (*two)->operations_port());

  const auto sample =
      tests::read_file(tests::source_dir() / "tests/samples/01-us-loinc-blood-nk.hl7");
  EXPECT_NE(answer_of(**one, sample).find("MSA|AA|N1001"), std::string::npos);
  EXPECT_NE(answer_of(**two, sample).find("MSA|AA|N1001"), std::string::npos);
  (*one)->drain(std::chrono::seconds(5));
  (*one).reset();
  EXPECT_NE(answer_of(**two, sample).find("MSA|AA|N1001"), std::string::npos);
}

security::TlsFiles files_of(const std::string& name) {
  const auto& all = tests::certificates();
  return {all.certificate(name), all.key(name), all.ca()};
}

/// Waits until nobody accepts at this port.
bool is_refused_in_time(std::uint16_t port) {
  const auto until = std::chrono::steady_clock::now() + tests::Peer::patience;
  while (std::chrono::steady_clock::now() < until) {
    try {
      tests::Peer peer(port);
    } catch (const std::runtime_error&) {
      return true;
    }
    std::this_thread::yield();
  }
  return false;
}

TEST(Gateway, BothDoorsCloseWhileTheirLastMessagesAreStillAnswered) {
  const tests::TemporaryFolder folder;
  auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue);
  auto config = config_in(folder.path(), "one");
  config.https = HttpsConfig{{"127.0.0.1", 0}, files_of("gateway"), {"*"}, {"P"}, 4, 64};
  auto gateway = Gateway::start(config, *catalogue);
  ASSERT_TRUE(gateway) << gateway.error().text();
  const auto https = (*gateway)->https_port();
  const auto sample =
      tests::read_file(tests::source_dir() / "tests/samples/01-us-loinc-blood-nk.hl7");

  tests::MllpPeer witness((*gateway)->mllp_port(0));
  tests::MllpPeer begun((*gateway)->mllp_port(0));
  begun.send("\x0b" + sample.substr(0, 100));
  EXPECT_TRUE(witness.send_message(sample));
  EXPECT_TRUE(witness.receive());  // so the beginning of the other was very likely read too
  auto ended = std::async(std::launch::async, [&] { (*gateway)->drain(40s); });
  EXPECT_TRUE(is_refused_in_time(https)) << "while a message that has begun is waited for";
  begun.send(sample.substr(100) + "\x1c\r");
  const auto answer = begun.receive();
  ASSERT_TRUE(answer);
  EXPECT_THAT(*answer, testing::HasSubstr("MSA|AA|N1001"));
  ended.get();
}

TEST(Gateway, SaysWhenEachOfItsCertificatesEnds) {
  const tests::TemporaryFolder folder;
  auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue);
  auto config = config_in(folder.path(), "one");
  config.https = HttpsConfig{{"127.0.0.1", 0}, files_of("gateway"), {"*"}, {"P"}, 4, 64};
  ForwardConfig target;
  target.https = {"hospital", "https://127.0.0.1:9/fhir", files_of("client"), true, 5s};
  config.forward.push_back(target);
  auto gateway = Gateway::start(config, *catalogue);
  ASSERT_TRUE(gateway) << gateway.error().text();
  tests::HttpPeer peer((*gateway)->operations_port());
  peer.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = peer.receive();
  ASSERT_TRUE(answer);
  for (const char* name : {"https:0", "forward:hospital"})
    EXPECT_THAT(answer->body, testing::HasSubstr("certificate_expiry_timestamp_seconds{name=\"" +
                                                 std::string(name) + "\"} 1"));
}

std::string version_of(Gateway& gateway) {
  tests::HttpPeer peer(gateway.operations_port());
  peer.send("GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = peer.receive();
  return answer ? answer->body : "";
}

TEST(Gateway, ItReloadsCatalogueAndDefinitionsTogetherOrNeither) {
  namespace fs = std::filesystem;
  const tests::TemporaryFolder folder;
  auto config = config_in(folder.path(), "one");
  config.mappings = folder.path() / "mappings";
  fs::create_directory(config.mappings);
  for (const char* part : {"senders", "codes", "rules"})
    fs::copy(tests::source_dir() / "mappings" / part, config.mappings / part,
             fs::copy_options::recursive);
  for (const auto& file : fs::directory_iterator(tests::source_dir() / "mappings"))
    if (file.path().extension() == ".csv") fs::copy(file.path(), config.mappings);
  auto catalogue = load_catalogue(config.mappings);
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  auto gateway = Gateway::start(config, *catalogue);
  ASSERT_TRUE(gateway) << gateway.error().text();
  const auto before = version_of(**gateway);

  std::ofstream(config.mappings / "senders/default.json", std::ios::app) << "\n";
  fs::create_directory(config.mappings / "fhir");
  std::ofstream(config.mappings / "fhir/CodeSystem-x.json") << "{";
  EXPECT_THAT(reload_mappings(**gateway, config),
              testing::ElementsAre(testing::HasSubstr("fhir/CodeSystem-x.json")));
  EXPECT_EQ(version_of(**gateway), before);
  fs::remove_all(config.mappings / "fhir");
  EXPECT_THAT(reload_mappings(**gateway, config), testing::IsEmpty());
  EXPECT_NE(version_of(**gateway), before);
}

TEST(Mappings, DefinitionsThatCannotBeReadAreNotNone) {
  const tests::TemporaryFolder folder;
  EXPECT_TRUE(load_artefacts(folder.path())) << "a folder without them has none";
  std::ofstream(folder.path() / "fhir") << "no folder";
  const auto artefacts = load_artefacts(folder.path());
  ASSERT_FALSE(artefacts);
  EXPECT_THAT(artefacts.error().text(), testing::HasSubstr("fhir"));
}

TEST(MllpClient, AGatewayThatCannotBeVerifiedIsNoGatewayThatIsAway) {
  const tests::TemporaryFolder folder;
  auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue);
  auto config = config_in(folder.path(), "one");
  config.mllp[0].tls = files_of("gateway");
  auto gateway = Gateway::start(config, *catalogue);
  ASSERT_TRUE(gateway) << gateway.error().text();
  const Address to{"127.0.0.1", (*gateway)->mllp_port(0)};
  const auto away = MllpClient::connect(to, security::TlsFiles{});
  ASSERT_FALSE(away);
  EXPECT_THAT(away.error().text(), testing::HasSubstr("--ca names the authority"));
  EXPECT_TRUE(MllpClient::connect(to, files_of("sender")));
}

TEST(Gateway, TheSameStoreIsNotOpenedTwice) {
  const tests::TemporaryFolder folder;
  auto catalogue = load_catalogue(tests::source_dir() / "mappings");
  ASSERT_TRUE(catalogue);
  auto one = Gateway::start(config_in(folder.path(), "one"), *catalogue);
  ASSERT_TRUE(one) << one.error().text();
  auto again = Gateway::start(config_in(folder.path(), "one"), *catalogue);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text().find("gateway.db"), std::string::npos) << again.error().text();
}

}  // namespace
