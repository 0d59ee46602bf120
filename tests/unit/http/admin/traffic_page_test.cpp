#include <gmock/gmock.h>

#include "gateway/http/admin/embedded.hpp"

#include "tests/unit/http/admin/journal_house.hpp"

// What people see without opening anything; and the trail, for auditors.
namespace gateway::http::admin::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class TrafficOfPeople : public JournalDesk {};

TEST_F(TrafficOfPeople, TheOverviewAnswersWhetherAllIsWell) {
  say(result("A1"));
  clock_.pass(std::chrono::minutes(10));
  say(result("A2"));
  const auto now = clock_.now().microseconds;
  figures_ = {.version = "1.2.3",
              .instance = "clinic-a",
              .store_kind = "sqlite",
              .started = {now - 5'000'000},
              .not_ready = {"draining", "no room"},
              .answers = {{"AA", 2}, {"AR", 1}, {"duplicate", 7}},
              .ack_p50 = 0.0021,
              .ack_p99 = 0.25,
              .reviews_open = 3,
              .certificates = {{"https:8443", "CN=gateway", {now + 3 * 86'400'000'000 + 1}}}};
  const auto seen = shown("overview", "auditor");
  EXPECT_EQ(seen["messages"]["last_minute"].text(), "1");
  EXPECT_EQ(seen["messages"]["last_hour"].text(), "2");
  EXPECT_EQ(seen["messages"]["total"].text(), "2");
  EXPECT_EQ(
      seen["answers"]["AA"].text() + seen["answers"]["AE"].text() + seen["answers"]["AR"].text(),
      "201");
  EXPECT_EQ(seen["ack_seconds"]["p50"].text(), "0.0021");
  EXPECT_EQ(seen["outbox"]["pending"].text(), "2");
  EXPECT_EQ(seen["outbox"]["oldest_seconds"].text(), "600.0000");
  EXPECT_EQ(seen["reviews"]["open"].text(), "3");
  EXPECT_FALSE(seen["store"]["ready"].is_true());
  EXPECT_EQ(seen["store"]["why"].text(), "draining; no room");
  EXPECT_EQ(seen["certificates"].items().at(0)["days_left"].text(), "3");
}

TEST_F(TrafficOfPeople, WhatIsNotKnownIsLeftOut) {
  const auto seen = shown("overview");
  EXPECT_FALSE(seen.has("ack_seconds"));
  EXPECT_TRUE(seen["store"]["ready"].is_true());
  EXPECT_EQ(seen["messages"]["total"].text(), "0");
}

TEST_F(TrafficOfPeople, WhatWaitsForADecisionIsListedWithoutAValue) {
  say(result("A1", "P0001", "OBX|2|NM|NOBODYKNOWS^What^L||3.7171|%|||||F\r"));
  say(result("A2", "P0001", "OBX|2|NM|NOBODYKNOWS^What^L||3.7171|%|||||F\r"));
  const auto list = shown("reviews?state=open&count=1", "administrator");
  const auto& item = list["items"].items().at(0);
  EXPECT_EQ(item["arrival"].text(), "2");
  EXPECT_EQ(item["sender"].text(), "LAB|CITY");
  EXPECT_FALSE(item["detail"].text().empty());
  EXPECT_THAT(list.pretty(), Not(HasSubstr("3.7171")));
  std::size_t items = 1;
  for (auto next = list["next"].text(); !next.empty(); ++items)
    next = shown("reviews?count=1&after=" + next)["next"].text();
  EXPECT_EQ(items, shown("reviews")["items"].items().size());
  EXPECT_EQ(look("reviews?state=settled").status, 400);
}

TEST_F(TrafficOfPeople, SendersAreThoseThatSentAndThoseThatHaveAFile) {
  say(result("A1"));
  senders_ = {{"NORTHLIS", {"CN=north"}}};
  const auto list = shown("senders");
  ASSERT_EQ(list["items"].items().size(), 2U);
  const auto& seen = list["items"].items().at(0);
  EXPECT_EQ(seen["name"].text() + ' ' + seen["profile"].text(), "LAB|CITY default");
  EXPECT_EQ(seen["messages"].text(), "1");
  EXPECT_EQ(seen["last_message"].text(), base::to_text(clock_.now()));
  const auto& north = list["items"].items().at(1);
  EXPECT_EQ(north["certificates"].items().at(0).text(), "CN=north");
  EXPECT_FALSE(north.has("last_message"));
}

TEST_F(TrafficOfPeople, ATargetIsToldWithWhatWaitsAndWhatItSaidLast) {
  say(result("A1"));
  targets_ = {{"hospital", "fhir", "https://hospital.example/fhir", "open"},
              {"files", "folder", "/srv/out", ""}};
  const auto claimed = *store_->claim("hospital", 1, clock_.now(), std::chrono::seconds(30));
  store::Settlement dead;
  dead.state = store::Settlement::State::dead;
  dead.sequence = claimed.at(0).sequence;
  dead.answer = "422 " + std::string(400, 'x') + "TAIL";
  ASSERT_TRUE(store_->settle({&dead, 1}));
  const auto list = shown("targets");
  const auto& hospital = list["items"].items().at(0);
  EXPECT_EQ(hospital["dead"].text() + ' ' + hospital["circuit"].text(), "1 open");
  EXPECT_THAT(hospital["last_error"].text(), testing::StartsWith("422 x"));
  EXPECT_THAT(hospital["last_error"].text(), Not(HasSubstr("TAIL")));
  const auto& files = list["items"].items().at(1);
  EXPECT_EQ(files["pending"].text() + ' ' + files["kind"].text(), "0 folder");
  EXPECT_FALSE(files.has("circuit"));
}

TEST_F(TrafficOfPeople, TheTrailIsReadByAuditorsAndThatItWasIsARowOfIt) {
  say(result("A1"));
  shown("messages/1?reason=treatment");
  const auto list = shown("audit?count=1", "auditor");
  EXPECT_EQ(list["items"].items().at(0)["kind"].text(), "content-opened");
  const auto next = shown("audit?count=1&after=" + list["next"].text(), "auditor");
  EXPECT_EQ(next["items"].items().at(0)["kind"].text(), "ingest");
  EXPECT_EQ(next["items"].items().at(0)["arrival"].text(), "1");
  EXPECT_EQ(shown("audit?count=1", "auditor")["items"].items().at(0)["kind"].text(), "trail-read");
  const auto opened = shown("audit?kind=content-opened", "auditor");
  ASSERT_EQ(opened["items"].items().size(), 1U);
  EXPECT_THAT(opened["items"].items().at(0)["detail"].text(), HasSubstr("TREAT"));
  EXPECT_FALSE(opened.has("next"));
  EXPECT_EQ(code_of(look("audit", "administrator")), "role");
}

/// Every member of an answer is of its schema, and all that are required are there.
void expect_described(const fhir::Json& schemas, const fhir::Json& value, const fhir::Json& schema,
                      const std::string& at) {
  if (schema.has("$ref")) {
    const auto& name = schema["$ref"].text();
    return expect_described(schemas, value, schemas[name.substr(name.rfind('/') + 1)], at);
  }
  for (const auto& item : value.items())
    expect_described(schemas, item, schema["items"], at + "[]");
  for (const auto& one : schema["required"].items())
    EXPECT_TRUE(value.has(one.text())) << at << '.' << one.text();
  if (!schema.has("properties")) return;  // a FHIR body, or no object
  for (const auto& [name, member] : value.members()) {
    EXPECT_TRUE(schema["properties"].has(name)) << at << '.' << name;
    expect_described(schemas, member, schema["properties"][name], at + '.' + name);
  }
}

TEST_F(TrafficOfPeople, WhatAnswersHaveIsDescribed) {
  say(result("A1", "P0001", "OBX|2|NM|NOBODYKNOWS^What^L||3|%|||||F\r"));
  figures_.ack_p50 = figures_.ack_p99 = 1;
  figures_.certificates = {{"https", "CN=gateway", clock_.now()}};
  targets_ = {{"hospital", "fhir", "https://hospital.example/fhir", "open"}};
  const auto document = *fhir::parse_json(embedded::openapi());
  const std::string whole = "messages/{arrival}";
  for (const auto& [path, asked, role] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"overview", "overview", "operator"},
           {"messages", "messages?count=1", "operator"},
           {whole, "messages/1", "operator"},
           {whole, "messages/1?reason=quality", "operator"},
           {"reviews", "reviews?count=1", "operator"},
           {"senders", "senders", "operator"},
           {"targets", "targets", "operator"},
           {"audit", "audit", "auditor"}}) {
    const auto& done = document["paths"]["/admin/v1/" + path]["get"]["responses"]["200"];
    const auto& schema = done["content"]["application/json"]["schema"];
    ASSERT_TRUE(schema.is_object()) << path;
    expect_described(document["components"]["schemas"], shown(asked, role), schema, asked);
  }
}

}  // namespace
}  // namespace gateway::http::admin::tests
