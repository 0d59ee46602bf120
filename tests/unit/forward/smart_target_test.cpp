// A target that wants a token of its own authorization server (SMART Backend Services).
#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "gateway/fhir/json.hpp"
#include "gateway/forward/https_target.hpp"

#include "tests/support/certificates.hpp"
#include "tests/support/files.hpp"
#include "tests/support/hand_clock.hpp"
#include "tests/unit/forward/scripted_server.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using base::ErrorKind;
using testing::HasSubstr;
using Talk = tests::ScriptedServer::Talk;

namespace {

void write_key(const std::filesystem::path& file) {
  EVP_PKEY* key = EVP_EC_gen("P-384");
  std::FILE* out = std::fopen(file.c_str(), "wb");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  EVP_PKEY_free(key);
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A hospital that grants tokens and counts what it is asked.
struct Hospital {
  Hospital()
      : context(*security::server_context(
            {tests::certificates().certificate("receiver"), tests::certificates().key("receiver"),
             tests::certificates().ca()},
            security::ClientCertificate::optional)),
        server(context.get(),
               [this](Talk& talk, const std::string& request) { answer(talk, request); }) {
    write_key(folder.path() / "key.pem");
  }
  void answer(Talk& talk, const std::string& request) {
    if (request.find("smart-configuration") != std::string::npos) {
      ++discoveries;
      const std::string at = endpoint.empty()
                                 ? server.url().substr(0, server.url().size() - 5) + "/auth/token"
                                 : endpoint;
      return talk.say(ok(R"({"token_endpoint":")" + at + "\"}"));
    }
    if (request.starts_with("POST /auth/token")) {
      last_asked = request;
      const int number = ++tokens;
      if (token_status != 200)
        return talk.say("HTTP/1.1 " + std::to_string(token_status) +
                        " No\r\nContent-Length: 0\r\n\r\n");
      return talk.say(
          ok(R"({"access_token":"t)" + std::to_string(number) + R"(","expires_in":100})"));
    }
    const bool good = request.find("Authorization: Bearer " + accepted) != std::string::npos;
    talk.say(good ? ok("{}") : "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
  }
  std::unique_ptr<outbox::Target> target(std::chrono::milliseconds timeout = 5s) {
    auto made = forward::https_target(
        {"hospital", server.url(), {{}, {}, tests::certificates().ca()}, true, timeout},
        forward::SmartSettings{"clinic-a", folder.path() / "key.pem", "", "system/*.cruds"},
        &clock);
    EXPECT_TRUE(made) << made.error().text();
    return *std::move(made);
  }

  tests::TemporaryFolder folder;
  tests::HandClock clock;
  std::atomic<int> discoveries{0}, tokens{0}, token_status{200};
  std::string accepted = "t", endpoint, last_asked;
  security::TlsContext context;
  tests::ScriptedServer server;
};

const outbox::Post post{"{}", ""};

TEST(SmartTarget, ATokenIsKeptForFourFifthsOfItsLife) {
  Hospital hospital;
  const auto target = hospital.target();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(target->post(post)->status, 200);
  EXPECT_EQ(hospital.tokens, 1);
  hospital.clock.pass(79s);
  EXPECT_EQ(target->post(post)->status, 200);
  EXPECT_EQ(hospital.tokens, 1);
  hospital.clock.pass(2s);
  EXPECT_EQ(target->post(post)->status, 200);
  EXPECT_EQ(hospital.tokens, 2);
  EXPECT_EQ(hospital.discoveries, 1);
}

TEST(SmartTarget, TheAssertionSaysWhoWeAreToTheEndpointForFourMinutes) {
  Hospital hospital;
  const auto target = hospital.target();
  ASSERT_EQ(target->post(post)->status, 200);
  EXPECT_THAT(hospital.last_asked, HasSubstr("grant_type=client_credentials"));
  EXPECT_THAT(hospital.last_asked, HasSubstr("Content-Type: application/x-www-form-urlencoded"));
  const auto at = hospital.last_asked.find("client_assertion=ey");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(std::count(hospital.last_asked.begin() + static_cast<long>(at),
                       hospital.last_asked.end(), '.'),
            2);
}

TEST(SmartTarget, AKeyThatIsExchangedSignsTheNextAssertionAndOneThatIsGoneIsKept) {
  Hospital hospital;
  const auto target = hospital.target();
  const auto header = [&] {  // with the key's thumbprint
    hospital.clock.pass(81s);
    EXPECT_EQ(target->post(post)->status, 200);
    const auto at = hospital.last_asked.find("client_assertion=");
    return hospital.last_asked.substr(at, hospital.last_asked.find('.', at) - at);
  };
  const auto first = header();
  EXPECT_EQ(header(), first);
  write_key(hospital.folder.path() / "key.pem");
  const auto second = header();
  EXPECT_NE(second, first);
  std::filesystem::remove(hospital.folder.path() / "key.pem");
  EXPECT_EQ(header(), second);
}

TEST(SmartTarget, ManyWhoWaitAskForOneToken) {
  Hospital hospital;
  const auto target = hospital.target();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { EXPECT_EQ(target->post(post)->status, 200); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(hospital.tokens, 1);
}

TEST(SmartTarget, ATokenThatIsRefusedIsAskedForAnewOnce) {
  Hospital hospital;
  const auto target = hospital.target();
  ASSERT_EQ(target->post(post)->status, 200);
  hospital.accepted = "t2";
  EXPECT_EQ(target->post(post)->status, 200);
  EXPECT_EQ(hospital.tokens, 2);
  hospital.accepted = "none";
  EXPECT_EQ(target->post(post)->status, 401) << "then it is the target's word";
  EXPECT_EQ(hospital.tokens, 3);
}

TEST(SmartTarget, WhoGrantsNoTokenIsToBePutRightByAPersonUnlessItMayPass) {
  Hospital hospital;
  const auto target = hospital.target();
  hospital.token_status = 400;
  EXPECT_EQ(target->post(post).error().kind, ErrorKind::configuration);
  hospital.token_status = 503;
  EXPECT_EQ(target->post(post).error().kind, ErrorKind::unavailable);
}

TEST(Threat10, ASmartConfigurationCannotSendOurAssertionToAnotherHost) {
  for (const char* endpoint :
       {"https://169.254.169.254/token", "https://127.0.0.1:1/token", "http://127.0.0.1/token",
        "https://elsewhere.example/token", "file:///etc/passwd", ""}) {
    Hospital hospital;
    hospital.endpoint = *endpoint == '\0' ? "nonsense" : endpoint;
    const auto answer = hospital.target()->post(post);
    ASSERT_FALSE(answer) << endpoint;
    EXPECT_EQ(answer.error().kind, ErrorKind::configuration) << endpoint;
    EXPECT_EQ(hospital.tokens, 0) << endpoint;
  }
}

}  // namespace
