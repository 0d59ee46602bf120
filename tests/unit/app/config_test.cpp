#include "gateway/app/config.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "gateway/app/loopback.hpp"

#include "tests/support/files.hpp"

namespace {

using namespace gateway::app;

constexpr const char* smallest = R"({
  "instance": "clinic-a",  // comments are allowed
  "base_url": "https://localhost:8443/fhir",
  "store": { "url": "sqlite:state/gateway.db" }
})";

LoadedConfig loaded(const std::string& text, const std::vector<std::string>& environment = {}) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "config.json";
  std::ofstream(file) << text;
  return load_config(file, environment);
}

std::string complaint(const std::string& text, const std::vector<std::string>& environment = {}) {
  std::string all;
  for (const auto& problem : loaded(text, environment).problems)
    all += text_of(problem, "f") + "\n";
  return all;
}

std::string with(const std::string& member) {
  std::string text = smallest;
  return text.insert(text.rfind('}'), ", " + member);
}

TEST(Config, WhatIsLeftOutHasASafeDefault) {
  const auto config = loaded(smallest).config;
  ASSERT_TRUE(config) << complaint(smallest);
  EXPECT_EQ(config->operations.host, "127.0.0.1");
  EXPECT_EQ(config->operations.port, 9464);
  EXPECT_EQ(config->limits.message_bytes, 16U * 1024 * 1024);
  EXPECT_EQ(config->hold.count(), 15);
  EXPECT_TRUE(config->mllp.empty());
  EXPECT_FALSE(config->https);
  EXPECT_TRUE(config->store.file.is_absolute());
  EXPECT_TRUE(config->on_localhost());
}

TEST(Config, AnUnknownKeyNamesLineAndNearestKnownOne) {
  EXPECT_EQ(complaint(with("\n\"forwards\": []")),
            "f:6: forwards is not a key of the configuration; did you mean forward?\n");
}

TEST(Config, AKeyThatCannotBeHonouredYetIsRefusedAsNotBuiltYet) {
  const std::pair<std::string, std::string> keys[] = {
      {R"("audit": {"retention_days": 30})", "audit.retention_days"},
      {R"("retention": {"raw_days": 3650})", "retention"}};
  for (const auto& [member, name] : keys) {
    const auto said = complaint(with(member));
    EXPECT_EQ(said.rfind("f:5: " + name + " is not built yet: ", 0), 0U) << said;
    EXPECT_NE(said.find("; take it out\n"), std::string::npos) << said;
  }
}

TEST(Config, AStoreIsAFileOrPostgresqlAndWhatLiesBesideItHasAFolder) {
  EXPECT_EQ(loaded(smallest).config->store.beside, loaded(smallest).config->store.file);
  const auto on_postgresql = [](const std::string& rest) {
    std::string text = smallest;
    const std::string url = "sqlite:state/gateway.db\"";
    return text.replace(text.find(url), url.size(), "postgresql://user@host/db\"" + rest);
  };
  const auto store = loaded(on_postgresql(R"(, "ha": "strict", "folder": "beside")")).config->store;
  EXPECT_EQ(store.postgresql, "postgresql://user@host/db");
  EXPECT_TRUE(store.file.empty());
  EXPECT_TRUE(store.strict);
  EXPECT_EQ(store.beside, std::filesystem::absolute("beside/gateway"));
  std::string alone = smallest;
  alone.replace(alone.find("gateway.db\""), 11, R"(gateway.db", "ha": "strict")");
  EXPECT_NE(complaint(alone).find("store.ha is strict, which a single file cannot be"),
            std::string::npos);
}

TEST(Config, ATargetIsAServerOrAFolderAndAServerIsVerified) {
  const auto forward = [](const std::string& rest) {
    return complaint(with(R"("forward": [{"name": "a")" + rest + "}]"));
  };
  EXPECT_NE(forward("").find("forward[0].url is missing"), std::string::npos);
  EXPECT_NE(forward(R"(, "url": "https://x/fhir")").find("forward[0].tls is missing"),
            std::string::npos);
  EXPECT_NE(forward(R"(, "url": "https://x/fhir", "tls": {"ca": "c"}, "directory": "d")")
                .find("forward[0].url stands beside a directory"),
            std::string::npos);
  EXPECT_EQ(forward(R"(, "directory": "d")"), "");
  EXPECT_NE(forward(R"(, "url": "https://x/fhir", "tls": {"ca": "c"}, "auth": {"smart": {}})")
                .find("client_id"),
            std::string::npos);
}

TEST(Config, AnEmptyFileIsCalledEmpty) {
  for (const char* text : {"", " \n"})
    EXPECT_EQ(complaint(text).rfind("f: is empty; ", 0), 0U) << complaint(text);
  EXPECT_NE(text_of(load_config("/", {}).problems.at(0), "f").find("cannot be read"),
            std::string::npos);
}

/// Everything that is required and has no description, in a schema and below it.
std::string undescribed(const gateway::fhir::Json& root, const gateway::fhir::Json& schema,
                        const std::string& where) {
  std::string all;
  for (const auto& name : schema["required"].items()) {
    const auto& member = schema["properties"][name.text()];
    const auto& reference = member["$ref"].text();
    const auto& meant =
        reference.empty() ? member : root["$defs"][reference.substr(reference.rfind('/') + 1)];
    if (member["description"].text().empty() && meant["description"].text().empty())
      all += where + "." + name.text() + "\n";
  }
  for (const auto& [name, member] : schema["properties"].members())
    all += undescribed(root, member, where + "." + name);
  for (const auto& [name, member] : schema["$defs"].members())
    all += undescribed(root, member, "$defs." + name);
  if (schema.has("items")) all += undescribed(root, schema["items"], where + "[]");
  return all;
}

TEST(Config, WhatIsRequiredSaysInItsRemedyWhatItIs) {
  const auto schema = gateway::fhir::parse_json(config_schema_text());
  ASSERT_TRUE(schema);
  EXPECT_EQ(undescribed(*schema, *schema, ""), "");
  EXPECT_EQ(complaint(with(R"("https": {"listen": "127.0.0.1:1"})")),
            "f:5: https.tls is missing; add it: PEM files: our certificate and key, and the "
            "client_ca that verifies clients\n");
}

TEST(Config, WhatIsNoJsonIsSaidWithItsPlaceAndWithWhatToDo) {
  for (const char* text : {"{\"a\": 1,}", "{\"a\": 1, \"a\": 2}"}) {
    const auto said = complaint(text);
    EXPECT_EQ(said.rfind("f:1:", 0), 0U) << said;
    EXPECT_NE(said.find("; mend it there: "), std::string::npos) << said;
  }
}

TEST(Config, ATargetMayNameItsInstance) {
  const auto config =
      loaded(with(R"("forward": [{"name": "a", "url": "https://x/fhir", "tls": {"ca": "c"},)"
                  R"( "instance": "clinic-b"}])"))
          .config;
  ASSERT_TRUE(config);
  EXPECT_EQ(config->forward[0].instance, "clinic-b");
}

TEST(Config, AnOriginIsAsABrowserSaysItAndNeverAll) {
  const auto said = [](const std::string& origin) {
    return complaint(with(R"("https": {"listen": "127.0.0.1:1", "tls": {"certificate": "c",)"
                          R"("key": "k", "client_ca": "a"}, "allowed_origins": [")" +
                          origin + "\"]}"));
  };
  for (const char* origin : {"https://app.clinic.example", "https://x:8444",
                             "http://localhost:3000", "http://127.0.0.1:8080"})
    EXPECT_EQ(said(origin), "") << origin;
  for (const char* wrong : {"*", "https://*", "https://x/", "http://x", "https://", "https://X",
                            "x", "http://localhost.evil.example", "http://127.evil.example",
                            "http://127.0.0.1.evil.example", "http://localhostile:3000"})
    EXPECT_NE(said(wrong).find("is no origin"), std::string::npos) << wrong;
}

TEST(Config, OnlyAHostThatIsSurelyThisMachineIsLoopback) {
  for (const char* own : {"localhost", "::1", "127.0.0.1", "127.8.0.9"})
    EXPECT_TRUE(is_loopback(own)) << own;
  for (const char* other : {"", "127.", "127.evil.example", "127.0.0.1.evil.example", "127.1",
                            "localhost.evil.example", "128.0.0.1", "0.0.0.0", "::"})
    EXPECT_FALSE(is_loopback(other)) << other;
  EXPECT_EQ(host_of("https://[::1]:8443/fhir"), "::1");
  EXPECT_EQ(host_of("https://localhost:8443/fhir"), "localhost");
  EXPECT_EQ(host_of("https://localhost/fhir"), "localhost");
  EXPECT_EQ(host_of("localhost"), "");
  EXPECT_EQ(host_of("https://localhost:443@elsewhere.example/fhir"), "elsewhere.example");
}

TEST(Config, EveryProblemIsFoundInOneGo) {
  const auto all = complaint(
      R"({"instance": 7, "base_url": "http://x", "store": {}, "mllp": [{"listen": "x"}]})");
  for (const char* word :
       {"instance is integer, not string", "base_url is no https URL", "store.url is missing",
        "mllp[0].listen is no address", "mllp[0].senders is missing"})
    EXPECT_NE(all.find(word), std::string::npos) << word << " not in\n" << all;
}

TEST(Config, PlainMllpMustBeAskedForByName) {
  EXPECT_NE(complaint(with(R"("mllp": [{"listen": "127.0.0.1:1", "senders": ["*"]}])"))
                .find("\"plain\": true"),
            std::string::npos);
  EXPECT_EQ(
      complaint(with(R"("mllp": [{"listen": "127.0.0.1:1", "plain": true, "senders": ["*"]}])")),
      "");
}

TEST(Config, AGrantThatWouldFitEverybodyIsRefused) {
  EXPECT_NE(complaint(with(R"("access": {"certificates": [{"scopes": "system/*.rs"}]})"))
                .find("fit everybody"),
            std::string::npos);
  EXPECT_NE(
      complaint(with(R"("access": {"certificates": [{"subject": "CN=a", "scopes": "user/*.rs"}]})"))
          .find("scope"),
      std::string::npos);
}

TEST(Config, AScopeOfATypeThatIsNotServedNamesTheNearest) {
  const auto said = [](const std::string& scopes) {
    return complaint(with("\"access\": {\"certificates\": [{\"subject\": \"CN=a\", \"scopes\": \"" +
                          scopes + "\"}]}"));
  };
  EXPECT_EQ(
      said("system/Patient.r system/Observaton.rs"),
      "f:5: access.certificates[0].scopes names Observaton, which is not served; did you mean "
      "Observation?\n");
  EXPECT_EQ(said("system/*.rs system/AuditEvent.rs system/Binary.r?_tag=raw-message"), "");
}

TEST(Config, AClientOfTokensHasAnIdOfItsOwnKeysAndScopesThatAreUnderstood) {
  const auto said = [](const std::string& clients) {
    return complaint(with("\"access\": {\"clients\": [" + clients + "]}"));
  };
  const auto client = [](const std::string& id, const std::string& scopes = "system/*.rs") {
    return R"({"id": ")" + id + R"(", "scopes": ")" + scopes + R"(", "jwks_file": "k"})";
  };
  EXPECT_EQ(said(client("https://ehr.example/client") + ", " + client("ehr")), "");
  EXPECT_NE(said(client("ehr") + ", " + client("ehr")).find("names a client twice"),
            std::string::npos);
  for (const char* id : {"", "a b", "CN=ehr", "anonymous", "\u00e4"})
    EXPECT_NE(said(client(id)).find("is no name for a client"), std::string::npos) << id;
  EXPECT_NE(said(R"({"id": "ehr", "scopes": "system/*.rs"})").find("jwks_file is missing"),
            std::string::npos);
  EXPECT_EQ(said(R"({"id": "ehr", "scopes": "system/*.rs", "jwks_url": "https://ehr.example/k"})"),
            "");
  EXPECT_NE(
      said(R"({"id": "ehr", "scopes": "", "jwks_file": "k", "jwks_url": "https://e.example/k"})")
          .find("beside jwks_url"),
      std::string::npos);
  EXPECT_NE(said(client("ehr", "user/*.rs")).find("scope"), std::string::npos);
  EXPECT_NE(said(client("ehr", "system/Observaton.rs")).find("Observation?"), std::string::npos);
  EXPECT_NE(complaint(with(R"("access": {"token_seconds": 301})")).find("token_seconds"),
            std::string::npos);
}

TEST(Config, WhatIsWrongByFormHidesNothingElse) {
  const auto all = complaint(
      with(R"("forwards": [], "access": {"certificates": [{"subject": "CN=a", "scopes": "x"}]})"));
  EXPECT_NE(all.find("forwards is not a key"), std::string::npos) << all;
  EXPECT_NE(all.find("access.certificates[0].scopes"), std::string::npos) << all;
  const auto partly = loaded(with(R"("forwards": [])"));
  EXPECT_FALSE(partly.config);
  ASSERT_TRUE(partly.readable);
  EXPECT_EQ(partly.readable->instance, "clinic-a");
}

TEST(Config, AWrongValueOfAVariableNamesTheVariable) {
  EXPECT_EQ(complaint(smallest, {"IMMUNOGATE_STORE_URL=mysql:x"}),
            "f: store.url (given by IMMUNOGATE_STORE_URL) names no engine that is built in; write "
            "sqlite:PATH or postgresql://USER@HOST/DATABASE\n");
  const auto list = with(R"("mllp": [{"listen": "127.0.0.1:1", "plain": true, "senders": ["*"]}])");
  EXPECT_NE(complaint(list, {"IMMUNOGATE_MLLP_0_LISTEN=x"}).find("IMMUNOGATE_MLLP_0_LISTEN"),
            std::string::npos);
}

TEST(Config, ATargetHasANameOfItsOwn) {
  const std::string target = R"({"name": "a", "url": "https://x/fhir", "tls": {"ca": "c"}})";
  EXPECT_EQ(complaint(with("\"forward\": [" + target + "]")), "");
  EXPECT_NE(complaint(with("\"forward\": [" + target + "," + target + "]")).find("twice"),
            std::string::npos);
}

TEST(Config, LimitsAreHeldAtTheirEdges) {
  EXPECT_EQ(complaint(with(R"("limits": {"hold_seconds": 3600})")), "");
  EXPECT_NE(complaint(with(R"("limits": {"hold_seconds": 3601})")), "");
  EXPECT_NE(complaint(with(R"("limits": {"hold_seconds": -1})")), "");
  EXPECT_NE(complaint(with(R"("limits": {"hold_seconds": 1.5})")), "");
}

TEST(Config, AVariableOverridesAKey) {
  const auto config =
      loaded(with(R"("mllp": [{"listen": "127.0.0.1:1", "plain": true, "senders": ["*"]}])"),
             {"IMMUNOGATE_INSTANCE=b", "IMMUNOGATE_LIMITS_HOLD_SECONDS=3",
              "IMMUNOGATE_MLLP_0_LISTEN=127.0.0.1:7", "IMMUNOGATE_MLLP_0_SENDERS=A,B",
              "IMMUNOGATE_OPERATIONS_LISTEN=127.0.0.1:9", "PATH=/bin"})
          .config;
  ASSERT_TRUE(config);
  EXPECT_EQ(config->instance, "b");
  EXPECT_EQ(config->hold.count(), 3);
  EXPECT_EQ(config->mllp[0].listen.port, 7);
  EXPECT_EQ(config->mllp[0].senders, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(config->operations.port, 9);
}

TEST(Config, AVariableThatNamesNoKeyIsNamed) {
  for (const char* name : {"IMMUNOGATE_STORE_URI=x", "IMMUNOGATE_MLLP_0_LISTEN=x", "IMMUNOGATE_=x"})
    EXPECT_NE(complaint(smallest, {name}), "") << name;
}

TEST(Config, TheAnnotatedExampleIsRight) {
  auto all = load_config(tests::source_dir() / "deploy" / "immunogate.jsonc", {});
  for (const auto& problem : all.problems)
    ADD_FAILURE() << text_of(problem, "deploy/immunogate.jsonc");
  ASSERT_TRUE(all.config);
  EXPECT_FALSE(all.config->on_localhost());
}

TEST(Config, AFileThatIsNoJsonNamesThePlace) {
  EXPECT_EQ(complaint("{\n \"instance\": }").rfind("f:2:14: ", 0), 0U);
}

}  // namespace
