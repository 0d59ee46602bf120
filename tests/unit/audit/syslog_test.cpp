#include "gateway/audit/syslog.hpp"

#include <gmock/gmock.h>

namespace tests {
namespace {

using gateway::audit::Self;
using gateway::audit::syslog_of;
using gateway::store::ProvenAudit;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const Self self{"clinic a\n", "https://gw.example/fhir"};

ProvenAudit row(std::vector<std::string> patients, const std::string& outcome = "200") {
  ProvenAudit out;
  out.audited.number = 17;
  out.audited.row = {"search", {1'700'000'000'123'456}, "CN=ehr",           "https",
                     outcome,  std::move(patients),     "GET /fhir/Patient"};
  out.record = "record";
  return out;
}

/// The messages of octet-counted frames.
std::vector<std::string> messages(std::string_view octets) {
  std::vector<std::string> out;
  while (!octets.empty()) {
    const auto blank = octets.find(' ');
    const auto length = std::stoul(std::string(octets.substr(0, blank)));
    out.emplace_back(octets.substr(blank + 1, length));
    octets.remove_prefix(blank + 1 + length);
  }
  return out;
}

TEST(Syslog, ARowIsAMessageOfRfc5424WithWhatProvesIt) {
  const auto all = messages(syslog_of(row({"Patient/p1"}), self));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0], StartsWith("<85>1 2023-11-14T22:13:20.123Z clinic-a- immunogate - AuditEvent "
                                 "[immunogate@32473 row=\"17\" chain=\"" +
                                 std::string(64, '0') + "\" record=\"cmVjb3Jk\"] \xEF\xBB\xBF{"));
  EXPECT_THAT(all[0], HasSubstr(R"("resourceType":"AuditEvent")"));
  EXPECT_THAT(all[0], EndsWith("}"));
}

TEST(Syslog, ARowAboutSeveralPatientsIsAMessageForEachAndProvenOnce) {
  const auto all = messages(syslog_of(row({"Patient/p1", "Patient/p2"}), self));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(all[0], HasSubstr("record="));
  EXPECT_THAT(all[1], testing::Not(HasSubstr("record=")));
  EXPECT_THAT(all[1], HasSubstr("row=\"17\""));
}

TEST(Syslog, WhatWasRefusedIsAWarning) {
  EXPECT_THAT(messages(syslog_of(row({}, "403"), self))[0], StartsWith("<84>1 "));
}

TEST(Syslog, ADamagedRowIsSaidToBeOne) {
  ProvenAudit damaged;
  damaged.audited.number = 3;
  EXPECT_THAT(messages(syslog_of(damaged, self))[0],
              HasSubstr(" unreadable [immunogate@32473 row=\"3\""));
}

TEST(Syslog, ASignedHeadHasAllThatItsSignatureIsOver) {
  gateway::store::SignedHead head;
  head.head.number = 9;
  head.at = {5};
  head.public_key = "\x01\x02";
  head.signature = "\xff";
  const auto text = messages(syslog_of(head, self))[0];
  EXPECT_THAT(text, HasSubstr(" SignedHead [immunogate@32473 row=\"9\" chain=\"" +
                              std::string(64, '0') + "\" at=\"5\" key=\"0102\" signature=\"ff\"]"));
}

}  // namespace
}  // namespace tests
