#include "gateway/intake/acknowledge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::intake {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

hl7v2::Header header(const std::string& accept, const std::string& application,
                     const std::string& version = "2.5.1") {
  hl7v2::Header h;
  h.type = "ORU";
  h.trigger = "R01";
  h.control_id = "N1";
  h.version = h.version_id = version;
  h.accept_ack = accept;
  h.application_ack = application;
  return h;
}

TEST(AckTable, OriginalModeSaysTheApplicationCodeOfEveryRow) {
  const std::pair<Situation, const char*> rows[] = {
      {Situation::stored, "AA"},           {Situation::control_id_reused, "AA"},
      {Situation::structure_broken, "AE"}, {Situation::conversion_broken, "AE"},
      {Situation::not_taken, "AR"},        {Situation::not_hl7, "AR"},
      {Situation::over_limit, "AR"},       {Situation::store_unavailable, "AR"}};
  static_assert(std::size(rows) == ack_rules.size());
  for (const auto& [situation, code] : rows) {
    EXPECT_THAT(acknowledgement_codes(situation, header("", "")), ElementsAre(code));
  }
}

TEST(AckTable, EnhancedModeSaysTheCommitCodeThenTheApplicationCode) {
  const auto both = header("AL", "AL");
  EXPECT_THAT(acknowledgement_codes(Situation::stored, both), ElementsAre("CA", "AA"));
  EXPECT_THAT(acknowledgement_codes(Situation::structure_broken, both), ElementsAre("CA", "AE"));
  EXPECT_THAT(acknowledgement_codes(Situation::not_taken, both), ElementsAre("CR"));
  EXPECT_THAT(acknowledgement_codes(Situation::not_hl7, both), ElementsAre("CR"));
  EXPECT_THAT(acknowledgement_codes(Situation::over_limit, both), ElementsAre("CR"));
  EXPECT_THAT(acknowledgement_codes(Situation::store_unavailable, both), ElementsAre("CR"));
}

TEST(AckTable, EachAnswerObeysItsOwnConditionOfTable0155) {
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("AL", "NE")), ElementsAre("CA"));
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("AL", "")), ElementsAre("CA"));
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("NE", "AL")), ElementsAre("AA"));
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("ER", "ER")), IsEmpty());
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("SU", "SU")),
              ElementsAre("CA", "AA"));
  EXPECT_THAT(acknowledgement_codes(Situation::structure_broken, header("ER", "ER")),
              ElementsAre("AE"));
  EXPECT_THAT(acknowledgement_codes(Situation::not_taken, header("ER", "NE")), ElementsAre("CR"));
  EXPECT_THAT(acknowledgement_codes(Situation::not_taken, header("SU", "NE")), IsEmpty());
  EXPECT_THAT(acknowledgement_codes(Situation::stored, header("NE", "NE")), IsEmpty());
}

TEST(AckTable, WhoAsksForTheApplicationAnswerAloneHearsTheRefusalThere) {
  EXPECT_THAT(acknowledgement_codes(Situation::not_taken, header("NE", "AL")), ElementsAre("AR"));
}

TEST(ErrorAt, ReadsEveryPartOfAnAddress) {
  const auto line = error_at("OBX[3]-5[2].1.4", 102, "text");
  EXPECT_EQ(line.segment, "OBX");
  EXPECT_EQ(line.sequence, 3);
  EXPECT_EQ(line.field, 5);
  EXPECT_EQ(line.repetition, 2);
  EXPECT_EQ(line.component, 1);
  EXPECT_EQ(line.subcomponent, 4);
}

TEST(ErrorAt, ASegmentAloneIsItsFirstAndNoPlaceNamesNone) {
  EXPECT_EQ(error_at("PID", 100, "").sequence, 1);
  EXPECT_EQ(error_at("PID", 100, "").field, 0);
  EXPECT_EQ(error_at("", 207, "").sequence, 0);
}

TEST(Verdict, IsReadBackAsItWasKept) {
  auto verdict = refusal(Situation::structure_broken, "OBX[3]-5[2].1", 102, "a | b ^ c");
  verdict.errors[0].issue = "some-issue";
  verdict.errors[0].severity = 'W';
  verdict.errors.push_back(error_at("PID", 100, "second"));
  const auto back = decode(encode(verdict));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->situation, verdict.situation);
  EXPECT_EQ(back->text, verdict.text);
  ASSERT_EQ(back->errors.size(), 2u);
  EXPECT_EQ(encode(*back), encode(verdict));
  EXPECT_EQ(back->errors[0].severity, 'W');
  EXPECT_EQ(back->errors[1].text, "second");
}

TEST(Verdict, TextsCannotForgeRecords) {
  const auto back = decode(encode(refusal(Situation::not_taken, "", 200,
                                          "a\x1E"
                                          "b\x1F"
                                          "c")));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->errors.size(), 1u);
  EXPECT_EQ(back->errors[0].text, "a b c");
}

TEST(Verdict, WhatIsNoneIsNotReadAsOne) {
  EXPECT_FALSE(decode(""));
  EXPECT_FALSE(decode("2a"));
  EXPECT_FALSE(decode("1z"));
}

TEST(Acknowledgements, EchoTheControlIdAndTellTheErrorInTheFormOfTheVersion) {
  const auto verdict = refusal(Situation::not_taken, "MSH-9", 200, "message type not taken");
  const auto blocks = acknowledgements(verdict, header("", ""), {0}, 7);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_THAT(blocks[0], HasSubstr("\rMSA|AR|N1|message type not taken"));
  EXPECT_THAT(blocks[0], HasSubstr("\rERR||MSH^1^9|200"));
}

TEST(Acknowledgements, AWarningBeforeVersion25StandsInMsa3Only) {
  Verdict verdict{Situation::control_id_reused, "", {error_at("MSH-10", 207, "came before")}};
  verdict.errors[0].severity = 'W';
  const auto old_form = acknowledgements(verdict, header("", "", "2.4"), {0}, 1);
  EXPECT_THAT(old_form[0], HasSubstr("\rMSA|AA|N1|came before"));
  EXPECT_THAT(old_form[0], Not(HasSubstr("\rERR")));
  const auto new_form = acknowledgements(verdict, header("", ""), {0}, 1);
  EXPECT_THAT(new_form[0], HasSubstr("\rERR"));
  EXPECT_THAT(new_form[0], HasSubstr("|W|"));
}

TEST(Acknowledgements, TwoAnswersToOneMessageHaveControlIdsOfTheirOwn) {
  const auto blocks = acknowledgements({}, header("AL", "AL"), {1'000'000}, 3);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_THAT(blocks[0], HasSubstr("\rMSA|CA|N1"));
  EXPECT_THAT(blocks[1], HasSubstr("\rMSA|AA|N1"));
  EXPECT_NE(blocks[0].substr(0, blocks[0].find('\r')), blocks[1].substr(0, blocks[1].find('\r')));
}

}  // namespace
}  // namespace gateway::intake
