#include "gateway/intake/gate.hpp"

#include <gtest/gtest.h>

namespace gateway::intake {
namespace {

struct Case {
  hl7v2::Header header;
  mapping::SenderProfile profile;
  mapping::Sender sender{"northlis", &profile};
  ListenerPolicy listener{"mllp:2575", {"northlis"}, true, {"P"}};
  security::PeerIdentity peer;

  Case() {
    header.type = "ORU";
    header.trigger = "R01";
    header.control_id = "N1";
    header.processing_id = "P";
    header.version = header.version_id = "2.5.1";
  }
  /// Code of table 0357, with the situation; "" if it may come in.
  std::string verdict() const {
    const auto no = gate(header, sender, listener, peer);
    if (!no) return "";
    return std::string(rule_of(no->situation).application) + " " +
           std::to_string(no->errors.at(0).code);
  }
};

TEST(Gate, LetsAResultOfAnAllowedSenderIn) {
  EXPECT_EQ(Case().verdict(), "");
}

TEST(Gate, TakesABareOruAsR01ButNoOtherTypeWithoutTrigger) {
  Case c;
  c.header.trigger = "";
  EXPECT_EQ(c.verdict(), "");
  c.header.type = "OUL";
  EXPECT_EQ(c.verdict(), "AR 201");
}

TEST(Gate, RefusesTypeAndTriggerThatAreNotTaken) {
  Case c;
  c.header.type = "ADT";
  c.header.trigger = "A01";
  EXPECT_EQ(c.verdict(), "AR 200");
  c.header.type = "ORU";
  EXPECT_EQ(c.verdict(), "AR 201");
  c.header.trigger = "R01 R03";
  EXPECT_EQ(c.verdict(), "AR 201");
}

TEST(Gate, AMissingTypeOrControlIdIsABrokenStructure) {
  Case c;
  c.header.type = "";
  EXPECT_EQ(c.verdict(), "AE 101");
  c = Case();
  c.sender.profile = &c.profile;
  for (const char* blank : {"", " ", "   "}) {
    c.header.control_id = blank;
    EXPECT_EQ(c.verdict(), "AE 101") << "'" << blank << "'";
  }
}

TEST(Gate, AControlIdThatCannotBeEchoedIsABrokenStructure) {
  Case c;
  c.header.control_id = std::string(199, 'x');
  EXPECT_EQ(c.verdict(), "");
  c.header.control_id += 'x';
  EXPECT_EQ(c.verdict(), "AE 104");
  c.header.control_id = "a\tb";
  EXPECT_EQ(c.verdict(), "AE 102");
}

TEST(Gate, TakesTheProcessingIdsOfListenerAndProfileAndReadsNoneAsP) {
  Case c;
  c.header.processing_id = "T^A";
  EXPECT_EQ(c.verdict(), "AR 202");
  c.profile.processing_ids = {"T"};
  EXPECT_EQ(c.verdict(), "");
  c.profile.processing_ids.clear();
  c.listener.processing_ids = {"T"};
  EXPECT_EQ(c.verdict(), "");
  c.header.processing_id = "";
  EXPECT_EQ(c.verdict(), "AR 202");
  c.listener.processing_ids = {"P"};
  EXPECT_EQ(c.verdict(), "");
}

TEST(Gate, TakesVersions21To29) {
  for (const auto* version : {"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5.1", "2.8.2", "2.9"}) {
    Case c;
    c.header.version_id = version;
    EXPECT_EQ(c.verdict(), "") << version;
  }
  for (const auto* version : {"", "2.0", "1.9", "2.999", "3.0", "x"}) {
    Case c;
    c.header.version_id = version;
    EXPECT_EQ(c.verdict(), "AR 203") << version;
  }
}

TEST(Gate, AnMshThatRunsIntoTheNextSegmentLostItsEnd) {
  Case c;
  c.header.version_id = "2.5.1PID";
  EXPECT_EQ(c.verdict(), "AE 100");
}

TEST(Gate, OnlyTheSendersOfTheListenerComeIn) {
  Case c;
  c.sender.name = "other";
  EXPECT_EQ(c.verdict(), "AR 200");
  c.listener.senders = {"*"};
  EXPECT_EQ(c.verdict(), "");
  c.listener.senders = {};
  EXPECT_EQ(c.verdict(), "AR 200");
}

TEST(Gate, AProfileThatNamesCertificatesIsSpokenForByNoOther) {
  Case c;
  c.profile.certificates = {"CN=sender"};
  EXPECT_EQ(c.verdict(), "AR 200");
  c.peer.subject = {{"O", "Lab"}, {"CN", "sender2"}};
  EXPECT_EQ(c.verdict(), "AR 200");
  c.peer.subject = {{"O", "Lab"}, {"CN", "sender"}};
  EXPECT_EQ(c.verdict(), "");
}

TEST(Gate, TheLogIsToldWhichOfTheTwoRefusesASender) {
  Case c;
  EXPECT_EQ(sender_refusal(c.sender, c.listener, c.peer), nullptr);
  c.profile.certificates = {"CN=sender"};
  EXPECT_STREQ(sender_refusal(c.sender, c.listener, c.peer), "certificate");
  c.sender.name = "other";
  EXPECT_STREQ(sender_refusal(c.sender, c.listener, c.peer), "listener");
}

TEST(Gate, AProfileWhoseCertificateCannotBeReadIsSpokenForByNobody) {
  Case c;
  c.profile.certificates = {""};
  c.peer.subject = {{"CN", "sender"}};
  EXPECT_EQ(c.verdict(), "AR 200");
}

TEST(VerdictOf, ALineWithSeveralSegmentsIsASequenceAndAMissingSegmentARequiredOne) {
  using gateway::base::ErrorKind;
  const auto code = [](const char* where) {
    return verdict_of({ErrorKind::malformed, "broken", where, ""}).errors.at(0).code;
  };
  EXPECT_EQ(code("PID[1]"), 100);
  EXPECT_EQ(code("PID"), 101);
  EXPECT_EQ(code("MSH-2"), 102);
}

TEST(VerdictOf, ARefusalSaysItsIssueAndWhatToDo) {
  using gateway::base::ErrorKind;
  const auto line = verdict_of({ErrorKind::malformed, "no PID", "PID", "send a PID"}).errors.at(0);
  EXPECT_EQ(line.issue, "message-malformed");
  EXPECT_EQ(line.diagnostic, "send a PID");
  EXPECT_FALSE(refusal(Situation::over_limit, "", 104, "too long").errors.at(0).diagnostic.empty());
}

TEST(Gate, TakesNoWideCharacterSetOverMllp) {
  Case c;
  c.header.wide = "UTF-16LE";
  EXPECT_EQ(c.verdict(), "");  // HTTP and files have no frame bytes
  c.listener.is_framed = true;
  EXPECT_EQ(c.verdict(), "AR 102");
}

TEST(VerdictOf, TellsBrokenFromUndecodable) {
  using base::ErrorKind;
  EXPECT_EQ(verdict_of({ErrorKind::malformed, "no PID", "PID", ""}).situation,
            Situation::structure_broken);
  EXPECT_EQ(verdict_of({ErrorKind::unsupported, "undecodable", "OBX", ""}).situation,
            Situation::not_hl7);
  EXPECT_EQ(verdict_of({ErrorKind::too_large, "segments", "", ""}).situation,
            Situation::over_limit);
}

}  // namespace
}  // namespace gateway::intake
