#include "gateway/audit/event.hpp"

#include <gmock/gmock.h>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/json.hpp"

namespace tests {
namespace {

using gateway::audit::events_of;
using gateway::audit::read_event_id;
using gateway::fhir::Json;
using gateway::store::AuditRecord;
using testing::ElementsAre;
using testing::IsEmpty;

const gateway::audit::Self self{"clinic-a", "https://gw.example/fhir"};

AuditRecord record(const std::string& event, std::vector<std::string> entities) {
  AuditRecord out;
  out.number = 17;
  out.row = {event, {1'700'000'000'000'000}, "CN=ehr", "https", "200", std::move(entities), ""};
  out.row.address = "10.1.2.3";
  out.row.request_id = "req-1";
  return out;
}

Json first_of(const AuditRecord& record) {
  auto json = gateway::fhir::parse_json(events_of(record, self).front().body);
  EXPECT_TRUE(json) << json.error().text();
  return *std::move(json);
}

std::string profile_of(const Json& event) {
  const auto& all = event["meta"]["profile"].items();
  if (all.empty()) return "";
  const auto& url = all.front().text();
  return url.substr(url.rfind("IHE.BasicAudit.") + 15);
}

/// The entities with this code of type, as their references (or queries).
std::vector<std::string> entities(const Json& event, const std::string& type) {
  std::vector<std::string> out;
  for (const Json& entity : event["entity"].items())
    if (entity["type"]["code"].text() == type)
      out.push_back(entity["what"]["reference"].text() + entity["query"].text());
  return out;
}

TEST(AuditEvents, AReadNamesWhatWasReadAndWhomItIsAbout) {
  const auto event = first_of(record("read", {"Observation/o1/_history/2", "Patient/p1"}));
  EXPECT_EQ(profile_of(event), "PatientRead");
  EXPECT_EQ(event["action"].text(), "R");
  EXPECT_EQ(event["outcome"].text(), "0");
  EXPECT_EQ(event["recorded"].text(), "2023-11-14T22:13:20.000Z");
  EXPECT_THAT(entities(event, "2"), ElementsAre("Observation/o1/_history/2"));
  EXPECT_THAT(entities(event, "1"), ElementsAre("Patient/p1"));
  const auto& agents = event["agent"].items();
  ASSERT_EQ(agents.size(), 2U);
  EXPECT_EQ(agents[0]["who"]["identifier"]["value"].text(), "CN=ehr");
  EXPECT_EQ(agents[0]["type"]["coding"].items()[0]["code"].text(), "110152");
  EXPECT_EQ(agents[0]["network"]["address"].text(), "10.1.2.3");
  EXPECT_EQ(agents[1]["who"]["identifier"]["value"].text(), "clinic-a");
}

TEST(AuditEvents, ThatAPersonOpenedAMessageSaysWhatFor) {
  auto opened = record("content-opened", {"Patient/p1"});
  opened.row.detail = "PATRQT arrival 7 as analyst, patient-request";
  const auto event = first_of(opened);
  EXPECT_EQ(profile_of(event), "PatientRead");
  EXPECT_EQ(event["purposeOfEvent"].items().at(0)["coding"].items().at(0)["code"].text(), "PATRQT");
  EXPECT_FALSE(first_of(record("read", {"Patient/p1"})).has("purposeOfEvent"));
}

TEST(AuditEvents, ASearchIsOneEventForEachPatientItShowedWithTheRequestInEach) {
  auto row = record("search", {"Patient/p1", "Patient/p2"});
  row.row.detail = "GET /fhir/Observation?code=8112-5";
  row.row.count = 5;
  const auto events = events_of(row, self);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].key.id, "17-1");
  EXPECT_EQ(events[1].key.id, "17-2");
  const auto second = gateway::fhir::parse_json(events[1].body);
  EXPECT_EQ(profile_of(*second), "PatientQuery");
  EXPECT_THAT(entities(*second, "1"), ElementsAre("Patient/p2"));
  EXPECT_THAT(entities(*second, "2"), ElementsAre(gateway::base::base64(row.row.detail)));
  EXPECT_EQ((*second)["extension"].items()[0]["valueInteger"].text(), "5");
}

TEST(AuditEvents, ASearchThatShowedNobodyIsOneQuery) {
  auto row = record("search", {});
  row.row.detail = "GET /fhir/Observation?code=none";
  const auto event = first_of(row);
  EXPECT_EQ(event["id"].text(), "17");
  EXPECT_EQ(profile_of(event), "Query");
  EXPECT_EQ(event["action"].text(), "E");
}

TEST(AuditEvents, WhatFailedClaimsNoProfileOfWhatSucceeded) {
  auto row = record("read", {"Observation/nope"});
  row.row.outcome = "404";
  EXPECT_EQ(profile_of(first_of(row)), "");
  EXPECT_EQ(first_of(row)["outcome"].text(), "4");
  row.row.outcome = "503";
  EXPECT_EQ(first_of(row)["outcome"].text(), "8");
}

TEST(AuditEvents, AMessageIsACreateOfItsPatientWithItsArrivalAsTheData) {
  auto row = record("ingest", {"Observation/o1", "Specimen/s1"});
  row.arrival = 5;
  row.patient = "p1";
  row.row.outcome = "AA";
  row.row.address = row.row.request_id = "";
  const auto event = first_of(row);
  EXPECT_EQ(profile_of(event), "PatientCreate");
  EXPECT_EQ(event["action"].text(), "C");
  EXPECT_THAT(entities(event, "1"), ElementsAre("Patient/p1"));
  EXPECT_EQ(entities(event, "2").size(), 1U);
  EXPECT_THAT(entities(event, "Observation"), ElementsAre("Observation/o1"));
}

TEST(AuditEvents, WhatLeftIsADisclosureWithThisGatewayAsSource) {
  auto row = record("forward", {"Observation/o1/_history/1", "Patient/p1"});
  row.row.agent = "hospital";
  row.row.outcome = "delivered";
  const auto event = first_of(row);
  EXPECT_EQ(profile_of(event), "PrivacyDisclosure.Source");
  const auto& agents = event["agent"].items();
  EXPECT_EQ(agents[0]["who"]["display"].text(), "hospital");
  EXPECT_EQ(agents[0]["type"]["coding"].items()[0]["code"].text(), "110152");
  EXPECT_EQ(agents[1]["who"].write(), event["source"]["observer"].write());
}

TEST(AuditEvents, ARefusalIsASecurityAlertThatSaysHowManyItStandsFor) {
  auto row = record("refused", {"Patient"});
  row.row.agent = "";
  row.row.outcome = "403";
  row.row.detail = "GET fhir/read";
  row.row.count = 250;
  const auto event = first_of(row);
  EXPECT_EQ(event["type"]["code"].text(), "110113");
  EXPECT_EQ(event["outcomeDesc"].text(), "403 GET fhir/read");
  EXPECT_EQ(event["extension"].items()[0]["valueInteger"].text(), "250");
  EXPECT_EQ(event["agent"].items()[0]["who"]["display"].text(), "anonymous");
}

TEST(AuditEvents, BytesThatSomebodyAskedForAreShownAsAQuestionMark) {
  EXPECT_THAT(entities(first_of(record("read", {"Observation/\xff\n"})), "2"),
              ElementsAre("Observation/??"));
}

TEST(AuditEvents, AnIdNamesItsRowAndWhichPatient) {
  EXPECT_EQ(read_event_id("17")->row, 17);
  EXPECT_EQ(read_event_id("17")->part, 0U);
  EXPECT_EQ(read_event_id("17-2")->part, 2U);
  for (const char* wrong : {"", "0", "-1", "x", "17-", "17-0", "17-2-3", "17x"})
    EXPECT_FALSE(read_event_id(wrong)) << wrong;
}

}  // namespace
}  // namespace tests
