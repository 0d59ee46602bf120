#include "gateway/forward/https_target.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"
#include "tests/unit/forward/scripted_server.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using base::ErrorKind;
using testing::HasSubstr;
using testing::StartsWith;
using tests::ScriptedServer;
using Talk = tests::ScriptedServer::Talk;

namespace {

security::TlsFiles files(const std::string& name) {
  const auto& all = tests::certificates();
  return {all.certificate(name), all.key(name), all.ca()};
}

struct Hospital {
  explicit Hospital(ScriptedServer::Script script, const std::string& certificate = "receiver")
      : context(
            *security::server_context(files(certificate), security::ClientCertificate::required)),
        server(context.get(), std::move(script)) {}
  security::TlsContext context;
  ScriptedServer server;
};

forward::HttpsSettings to(const Hospital& hospital) {
  return {"hospital", hospital.server.url(), files("gateway"), true, 5s};
}

base::Result<outbox::TargetAnswer> post(const forward::HttpsSettings& settings) {
  auto target = forward::https_target(settings);
  if (!target) return target.error();
  return (*target)->post({R"({"resourceType":"Bundle"})", "clinic-a"});
}

ScriptedServer::Script say(const std::string& answer) {
  return [answer](Talk& talk, const std::string&) { talk.say(answer); };
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

ErrorKind kind_of(const base::Result<outbox::TargetAnswer>& answer) {
  EXPECT_FALSE(answer);
  return answer ? ErrorKind::malformed : answer.error().kind;
}

TEST(HttpsTarget, PostsTheBundleAndBringsTheAnswer) {
  std::string request;
  Hospital hospital([&](Talk& talk, const std::string& asked) {
    request = asked;
    talk.say(ok("{\"a\":1}"));
  });
  const auto answer = post(to(hospital));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{\"a\":1}");
  EXPECT_FALSE(answer->retry_after);
  EXPECT_THAT(request, StartsWith("POST /fhir HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/fhir+json\r\n"));
  EXPECT_THAT(request, HasSubstr("X-ImmunoGate-Path: clinic-a\r\n"));
  EXPECT_THAT(request, HasSubstr("Host: 127.0.0.1:"));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n{\"resourceType\":\"Bundle\"}"));
}

TEST(HttpsTarget, WhatTheTargetSaysIsNotJudgedHere) {
  Hospital hospital(say("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"));
  const auto busy = post(to(hospital));
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->retry_after, 7s);
  Hospital broken(
      say("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{} \r\n0\r\n\r\n"));
  const auto failed = post(to(broken));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status, 500);
  EXPECT_EQ(failed->body, "{} ");
}

TEST(HttpsTarget, ConnectionsAreKeptAndReplacedWhenTheyWereClosed) {
  std::atomic<int> asked{0};
  Hospital hospital([&](Talk& talk, const std::string&) {
    const bool is_third = ++asked == 3;
    talk.say(ok("{}"));
    if (is_third) talk.end_with_goodbye();
  });
  auto target = forward::https_target(to(hospital));
  ASSERT_TRUE(target);
  for (int i = 0; i < 6; ++i) {
    const auto answer = (*target)->post({"{}", ""});
    ASSERT_TRUE(answer) << i << answer.error().text();
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_EQ(hospital.server.connections(), 2);
  EXPECT_EQ(asked, 6);
}

TEST(HttpsTarget, AConnectionTheTargetWantsClosedIsNotKept) {
  Hospital hospital(say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"));
  auto target = forward::https_target(to(hospital));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE((*target)->post({"{}", ""}));
  EXPECT_EQ(hospital.server.connections(), 2);
}

TEST(HttpsTarget, ManyMayPostAtOnce) {
  Hospital hospital(say(ok("{}")));
  auto target = forward::https_target(to(hospital));
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      int good = 0;
      for (int j = 0; j < 10; ++j) good += (*target)->post({std::string(50'000, ' '), ""}) ? 1 : 0;
      return good;
    }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 10);
  EXPECT_LE(hospital.server.connections(), 8);
}

TEST(HttpsTarget, ARedirectIsNotFollowed) {
  Hospital elsewhere(say(ok("{}")));
  for (const char* status :
       {"301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"}) {
    Hospital hospital(say(std::string("HTTP/1.1 ") + status + "\r\nLocation: " +
                          elsewhere.server.url() + "\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(kind_of(post(to(hospital))), ErrorKind::configuration) << status;
  }
  EXPECT_EQ(elsewhere.server.connections(), 0);
}

// The resolver reads it as 127.0.0.1 without asking anybody; to a certificate it is a DNS name.
constexpr const char* host_name = "127.1";

/// Posts to a hospital with one of these certificates, under a host name or an address.
void expect_unaccepted(const std::string& host, std::initializer_list<const char*> certificates) {
  for (const char* name : certificates) {
    Hospital hospital(say(ok("{}")), name);
    auto settings = to(hospital);
    settings.url = hospital.server.url(host);
    const auto answer = post(settings);
    EXPECT_EQ(kind_of(answer), ErrorKind::configuration) << name;
    EXPECT_THAT(answer.error().what, HasSubstr("certificate is not accepted")) << name;
    EXPECT_EQ(hospital.server.requests(), 0) << name;
  }
}

TEST(HttpsTarget, ATargetThatIsNotWhoItShouldBeNeverSeesABundle) {
  const auto& all = tests::certificates();
  const std::string here = "IP:127.0.0.1";
  all.make({.name = "elsewhere", .usage = "serverAuth", .alternative_names = "IP:127.0.0.2"});
  all.make({.name = "127.0.0.1", .usage = "serverAuth"});  // the address in the subject only
  all.make({.name = "impostor",
            .usage = "serverAuth",
            .alternative_names = here,
            .by_another_authority = true});
  all.make({.name = "outdated",
            .usage = "serverAuth",
            .alternative_names = here,
            .begins_in_days = -9,
            .ends_in_days = -1});
  all.make({.name = "no-server", .usage = "clientAuth", .alternative_names = here});
  expect_unaccepted("127.0.0.1", {"elsewhere", "127.0.0.1", "impostor", "outdated", "no-server"});
}

TEST(HttpsTarget, AHostNameIsComparedWithTheNamesOfTheCertificate) {
  const auto& all = tests::certificates();
  const std::string name = std::string("DNS:") + host_name;
  all.make({.name = "named", .usage = "serverAuth", .alternative_names = name});
  all.make({.name = "other-name", .usage = "serverAuth", .alternative_names = "DNS:other.example"});
  all.make({.name = host_name, .usage = "serverAuth"});  // the name in the subject only
  Hospital hospital(say(ok("{}")), "named");
  auto settings = to(hospital);
  settings.url = hospital.server.url(host_name);
  const auto answer = post(settings);
  EXPECT_TRUE(answer) << answer.error().text();
  // "receiver" names the address, which is not the name it was asked under.
  expect_unaccepted(host_name, {"other-name", host_name, "receiver"});
}

TEST(HttpsTarget, ACertificateOfOursThatIsRefusedIsAMatterOfConfiguration) {
  tests::certificates().make({.name = "unknown", .by_another_authority = true});
  Hospital hospital(say(ok("{}")));
  for (const char* name : {"unknown", ""}) {
    auto settings = to(hospital);
    settings.tls =
        *name != '\0' ? files(name) : security::TlsFiles{{}, {}, tests::certificates().ca()};
    const auto answer = post(settings);
    EXPECT_EQ(kind_of(answer), ErrorKind::configuration) << name;
    EXPECT_THAT(answer.error().what, HasSubstr("does not accept our certificate")) << name;
  }
}

TEST(HttpsTarget, HalfAnAnswerIsNone) {
  const std::string whole = ok("{\"resourceType\":\"Bundle\"}");
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{5}, std::size_t{30}, whole.size() - 1}) {
    for (const bool politely : {false, true}) {
      Hospital hospital([&](Talk& talk, const std::string&) {
        if (length > 0) talk.say(whole.substr(0, length));
        politely ? talk.end_with_goodbye() : talk.end_rudely();
      });
      EXPECT_EQ(kind_of(post(to(hospital))), ErrorKind::unknown) << length << politely;
    }
  }
  Hospital chunked([](Talk& talk, const std::string&) {
    talk.say(
        "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"resourceType\":");
    talk.end_with_goodbye();
  });
  EXPECT_EQ(kind_of(post(to(chunked))), ErrorKind::unknown);
}

TEST(HttpsTarget, SilenceAndDrippingEndAtTheDeadline) {
  Hospital silent([](Talk& talk, const std::string&) { talk.wait_for_the_end(); });
  auto settings = to(silent);
  settings.timeout = 300ms;
  EXPECT_EQ(kind_of(post(settings)), ErrorKind::unknown);
  Hospital dripping([](Talk& talk, const std::string&) {
    talk.say("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\nX: ");
    while (talk.is_alive()) talk.say("x");
  });
  settings = to(dripping);
  settings.timeout = 300ms;
  const auto answer = post(settings);
  EXPECT_EQ(kind_of(answer), ErrorKind::unknown);
}

TEST(HttpsTarget, AnAnswerIsReadUpToOneMebibyte) {
  for (const std::size_t size :
       {std::size_t{1 << 20}, std::size_t{(1 << 20) + 1}, std::size_t{3 << 20}}) {
    Hospital hospital(say(ok(std::string(size, 'x'))));
    const auto answer = post(to(hospital));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body.size(), std::size_t{1 << 20});
  }
}

TEST(HttpsTarget, LoopbackNeedsTheSettingAndMetadataGetsNone) {
  Hospital hospital(say(ok("{}")));
  auto settings = to(hospital);
  settings.allow_private_address = false;
  const auto answer = post(settings);
  EXPECT_EQ(kind_of(answer), ErrorKind::configuration);
  EXPECT_THAT(answer.error().remedy, HasSubstr("allow_private_address"));
  settings.url = "https://169.254.169.254/fhir";
  settings.allow_private_address = true;
  EXPECT_EQ(kind_of(post(settings)), ErrorKind::configuration);
  EXPECT_EQ(hospital.server.connections(), 0);
}

TEST(CheckAddress, SaysBeforeTheFirstDeliveryWhatTheGuardWouldRefuse) {
  for (const char* url : {"https://127.0.0.1:1/fhir", "https://10.1.2.3/fhir", "https://[::1]/fhir",
                          "https://127.1/fhir", "https://192.168.0.9:8443/fhir"}) {
    forward::HttpsSettings settings{"hospital", url, {}, false, 1s};
    const auto refused = forward::check_address(settings);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().kind, ErrorKind::configuration) << url;
    EXPECT_THAT(refused.error().remedy, HasSubstr("allow_private_address")) << url;
    settings.allow_private_address = true;
    EXPECT_TRUE(forward::check_address(settings)) << url;
  }
  EXPECT_TRUE(forward::check_address({"hospital", "https://192.0.2.1/fhir", {}, false, 1s}));
  const auto metadata =
      forward::check_address({"hospital", "https://169.254.169.254/fhir", {}, true, 1s});
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::configuration);
}

TEST(HttpsTarget, TlsFilesThatAreExchangedCountForTheNextRequestOnAConnectionThatIsKeptToo) {
  namespace fs = std::filesystem;
  const auto& all = tests::certificates();
  tests::TemporaryFolder folder;
  const auto put = [&](const char* name, const fs::path& from) {
    fs::copy_file(from, folder.path() / name, fs::copy_options::overwrite_existing);
  };
  put("own.pem", all.certificate("gateway"));
  put("key.pem", all.key("gateway"));
  put("ca.pem", all.ca());
  Hospital hospital(say(ok("{}")));
  auto settings = to(hospital);
  settings.tls = {folder.path() / "own.pem", folder.path() / "key.pem", folder.path() / "ca.pem"};
  const auto editions = *security::ClientTls::open(settings.tls);
  settings.editions = editions;
  auto target = forward::https_target(settings);
  ASSERT_TRUE(target);
  const auto asked = [&] { return (*target)->post({"{}", "clinic-a"}); };
  EXPECT_TRUE(asked());
  EXPECT_TRUE(asked());
  EXPECT_EQ(hospital.server.connections(), 1);
  put("ca.pem", all.other_ca());
  EXPECT_TRUE(asked()) << "until somebody says that the files changed";
  ASSERT_TRUE(editions->renew());
  EXPECT_EQ(kind_of(asked()), ErrorKind::configuration) << "the target is not believed any more";
  put("ca.pem", all.ca());
  put("own.pem", all.certificate("sender"));
  put("key.pem", all.key("sender"));
  ASSERT_TRUE(editions->renew());
  EXPECT_TRUE(asked());
  EXPECT_EQ(hospital.server.connections(), 3);
}

TEST(HttpsTarget, NobodyThereIsUnavailable) {
  std::string url;
  {
    Hospital gone(say(ok("{}")));
    url = gone.server.url();
  }
  EXPECT_EQ(kind_of(post({"hospital", url, files("gateway"), true, 2s})), ErrorKind::unavailable);
}

TEST(HttpsTarget, WrongSettingsAreSaidWhenItIsMade) {
  const auto refusal = [](const std::string& url, const std::string& certificate = "gateway") {
    const auto target = forward::https_target({"hospital", url, files(certificate), true, 1s});
    EXPECT_FALSE(target) << url;
    return target ? "" : target.error().text();
  };
  for (const char* url : {"http://localhost/fhir", "localhost/fhir", "", "https://", "ftp://x/",
                          "https://user:secret@localhost/fhir", "https://localhost/fhir?a=b",
                          "https://localhost/fhir#x", "https://localhost:port/fhir"}) {
    EXPECT_THAT(refusal(url), HasSubstr("write https://host:port/path")) << url;
  }
  EXPECT_THAT(refusal("https://localhost/fhir", "nobody"),
              HasSubstr("nobody.pem: certificate cannot be read"));
}

}  // namespace
