#include "gateway/app/gateway.hpp"

#include <gtest/gtest.h>

#include "gateway/app/mapping_files.hpp"
#include "gateway/app/mllp_client.hpp"

#include "tests/support/files.hpp"

namespace {

using namespace gateway;
using namespace gateway::app;

Config config_in(const std::filesystem::path& folder, const std::string& instance) {
  Config config;
  config.instance = instance;
  config.base_url = "https://localhost:8443/fhir";
  config.store_file = folder / instance / "gateway.db";
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
