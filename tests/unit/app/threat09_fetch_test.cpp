#include <atomic>

#include <gmock/gmock.h>

#include "gateway/app/fetched_keys.hpp"

#include "tests/support/certificates.hpp"
#include "tests/unit/forward/scripted_server.hpp"

using namespace gateway;
using app::check_keys_url;
using app::fetching_keys;
using tests::ScriptedServer;

// TRUST.md T9: a client's jwks_url leads nowhere but to its keys.
namespace {

security::TlsContext server_tls() {
  auto context =
      security::server_context({tests::certificates().certificate("receiver"),
                                tests::certificates().key("receiver"), tests::certificates().ca()},
                               security::ClientCertificate::optional);
  EXPECT_TRUE(context);
  return *std::move(context);
}

std::string answer(const std::string& body, const std::string& headers = "",
                   const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Threat09Fetch : public testing::Test {
 protected:
  base::Result<access::FetchedKeys> fetch(const std::string& said,
                                          std::vector<std::string> hosts = {"127.0.0.1"}) {
    const auto context = server_tls();
    ScriptedServer server(
        context.get(), [&said](ScriptedServer::Talk& talk, const std::string&) { talk.say(said); });
    auto got = fetching_keys({std::move(hosts), tests::certificates().ca()})(server.url());
    requests_ = server.requests();
    return got;
  }
  int requests_ = 0;
};

TEST_F(Threat09Fetch, BringsTheKeysAndHowLongTheyHold) {
  const auto got = fetch(answer("{\"keys\":[]}", "Cache-Control: public, max-age=600\r\n"));
  ASSERT_TRUE(got) << got.error().text();
  EXPECT_EQ(got->body, "{\"keys\":[]}");
  EXPECT_EQ(got->max_age, std::chrono::seconds(600));
  EXPECT_FALSE(fetch(answer("{}"))->max_age);
  EXPECT_FALSE(fetch(answer("{}", "Cache-Control: max-age=soon\r\n"))->max_age);
}

TEST_F(Threat09Fetch, AHostThatNobodyNamedIsNotEvenConnectedTo) {
  EXPECT_FALSE(fetch(answer("{}"), {}));
  EXPECT_EQ(requests_, 0);
  EXPECT_FALSE(fetch(answer("{}"), {"127.0.0.2", "ehr.example"}));
  EXPECT_EQ(requests_, 0);
}

TEST_F(Threat09Fetch, RedirectsErrorsAndWhatIsTooLongBringNothing) {
  for (const char* to : {"https://127.0.0.1:1/", "https://169.254.169.254/latest", "http://[::1]/"})
    EXPECT_FALSE(fetch(answer("", "Location: " + std::string(to) + "\r\n", "302 Found"))) << to;
  EXPECT_FALSE(fetch(answer("{}", "", "404 Not Found")));
  EXPECT_FALSE(fetch(answer("{}", "", "500 Oops")));
  EXPECT_FALSE(fetch(answer(std::string(64 * 1024 + 1, ' '))));
  EXPECT_TRUE(fetch(answer(std::string(64 * 1024, ' '))));
  EXPECT_FALSE(fetch("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
}

TEST_F(Threat09Fetch, AServerThatDripsIsGivenUpAfterThreeSeconds) {
  const auto context = server_tls();
  ScriptedServer server(context.get(), [](ScriptedServer::Talk& talk, const std::string&) {
    talk.say("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
    while (talk.is_alive()) talk.say("x");
  });
  EXPECT_FALSE(fetching_keys({{"127.0.0.1"}, tests::certificates().ca()})(server.url()));
}

TEST_F(Threat09Fetch, AServerThatSendsAGigabyteIsLeftBehindTheFirstMebibyte) {
  const auto context = server_tls();
  std::atomic<std::size_t> said{0};
  {
    ScriptedServer server(context.get(), [&said](ScriptedServer::Talk& talk, const std::string&) {
      const std::string some(64 * 1024, ' ');
      talk.say("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
      for (; said < (1U << 30) && talk.is_alive(); said += some.size()) talk.say(some);
      talk.end_rudely();
    });
    EXPECT_FALSE(fetching_keys({{"127.0.0.1"}, tests::certificates().ca()})(server.url()));
    EXPECT_EQ(server.requests(), 1);
  }
  EXPECT_LT(said, 64U << 20) << "what lay in buffers";
}

TEST_F(Threat09Fetch, AServerOfAnotherAuthorityIsNotBelieved) {
  const auto context = server_tls();
  ScriptedServer server(context.get(), [](ScriptedServer::Talk& talk, const std::string&) {
    talk.say(answer("{}"));
  });
  EXPECT_FALSE(fetching_keys({{"127.0.0.1"}, tests::certificates().other_ca()})(server.url()));
  EXPECT_EQ(server.requests(), 0);
}

TEST(Threat09Urls, OnlyHttpsToAHostThatWasNamed) {
  const std::vector<std::string> hosts = {"ehr.example", "10.1.0.0/16", "192.0.2.7"};
  for (const char* url : {"https://ehr.example/jwks", "https://EHR.example:8443/a/b",
                          "https://10.1.2.3/jwks", "https://192.0.2.7/jwks"})
    EXPECT_TRUE(check_keys_url(url, hosts)) << url;
  for (const char* url : {"http://ehr.example/jwks",
                          "ftp://ehr.example/",
                          "file:///etc/passwd",
                          "",
                          "jwks",
                          "https://ehr.example@evil.example/",
                          "https://ehr.example.evil/",
                          "https://evil.example/",
                          "https://ehr.example./",
                          "https://sub.ehr.example/",
                          "https://127.0.0.1/",
                          "https://localhost/",
                          "https://[::1]/",
                          "https://[::ffff:127.0.0.1]/",
                          "https://2130706433/",
                          "https://0x7f000001/",
                          "https://0177.0.0.1/",
                          "https://127.1/",
                          "https://169.254.169.254/latest/meta-data",
                          "https://[fd00:ec2::254]/",
                          "https://10.2.0.1/",
                          "https://[::ffff:10.1.2.3]/",
                          "https://user:word@ehr.example/jwks",
                          "https://ehr.example/jwks?next=1",
                          "https://ehr.example/jwks#x",
                          "https:///jwks",
                          "https://ehr.example:99999/",
                          "gopher://ehr.example/"})
    EXPECT_FALSE(check_keys_url(url, hosts)) << url;
}

TEST(Threat09Urls, MetadataIsNotReachedThoughSomebodyNamedIt) {
  for (const char* url : {"https://169.254.169.254/jwks", "https://100.100.100.200/jwks"}) {
    const auto got = fetching_keys({{"169.254.0.0/16", "100.100.100.200"}, {}})(url);
    ASSERT_FALSE(got) << url;
    EXPECT_EQ(got.error().kind, base::ErrorKind::configuration) << got.error().text();
  }
}

}  // namespace
