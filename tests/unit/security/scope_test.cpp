#include "gateway/security/scope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace gateway::security;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

namespace {

std::string letters(const Scope& scope) {
  std::string out;
  if (scope.create) out += 'c';
  if (scope.read) out += 'r';
  if (scope.update) out += 'u';
  if (scope.remove) out += 'd';
  if (scope.search) out += 's';
  return out;
}

Principal with(std::string_view scopes) {
  auto parsed = parse_scopes(scopes);
  EXPECT_TRUE(parsed) << scopes;
  return {"test", *parsed, "", true};
}

TEST(Scopes, TheGrammarAsATable) {
  const struct {
    const char* text;
    const char* type;
    const char* letters;
    const char* restriction;
  } rows[] = {
      {"system/Observation.rs", "Observation", "rs", ""},
      {"system/*.cruds", "*", "cruds", ""},
      {"system/*.cud", "*", "cud", ""},
      {"system/Patient.r", "Patient", "r", ""},
      {"system/Observation.read", "Observation", "rs", ""},
      {"system/Observation.write", "Observation", "cud", ""},
      {"system/*.*", "*", "cruds", ""},
      {"system/Observation.rs?category=http://x/y|laboratory", "Observation", "rs",
       "category=http://x/y|laboratory"},
      {"system/Binary.r?_tag=raw-message", "Binary", "r", "_tag=raw-message"},
  };
  for (const auto& row : rows) {
    const auto scopes = parse_scopes(row.text);
    ASSERT_TRUE(scopes) << row.text;
    ASSERT_EQ(scopes->size(), 1U) << row.text;
    EXPECT_EQ(scopes->front().type, row.type) << row.text;
    EXPECT_EQ(letters(scopes->front()), row.letters) << row.text;
    EXPECT_EQ(scopes->front().restriction, row.restriction) << row.text;
  }
}

TEST(Scopes, WhatIsNotAScopeIsNamedInTheError) {
  for (const char* text :
       {"patient/Observation.rs", "user/Observation.rs", "Observation.rs", "system/Observation",
        "system/Observation.", "system/Observation.sr", "system/Observation.rr", "system/.rs",
        "system/observation.rs", "system/Obs*.rs", "system/Observation.rs?",
        "system/Observation.rs?x", "system/Observation.rs?=x", "system/Observation.rsx", "openid",
        "system/Observation.READ"}) {
    const auto scopes = parse_scopes(text);
    ASSERT_FALSE(scopes) << text;
    EXPECT_THAT(scopes.error().what, HasSubstr(text));
  }
}

TEST(Scopes, SeveralAreSeparatedByBlanks) {
  const auto scopes = parse_scopes("  system/Observation.rs   system/Patient.r ");
  ASSERT_TRUE(scopes);
  EXPECT_EQ(scopes->size(), 2U);
  EXPECT_THAT(*parse_scopes(""), IsEmpty());
}

TEST(Allowed, OnlyWhatAScopeNames) {
  const auto who = with("system/Observation.rs");
  EXPECT_THAT(allowed(who, Interaction::read, "Observation"), Optional(IsEmpty()));
  EXPECT_THAT(allowed(who, Interaction::search, "Observation"), Optional(IsEmpty()));
  EXPECT_EQ(allowed(who, Interaction::update, "Observation"), std::nullopt);
  EXPECT_EQ(allowed(who, Interaction::read, "Patient"), std::nullopt);
}

TEST(Allowed, NobodyIsAllowedAnythingWithoutAuthentication) {
  auto who = with("system/*.cruds");
  who.authenticated = false;
  EXPECT_EQ(allowed(who, Interaction::read, "Observation"), std::nullopt);
}

TEST(Allowed, SeveralScopesAreAUnion) {
  const auto who = with("system/Observation.rs?category=a system/Observation.r?code=b");
  EXPECT_THAT(allowed(who, Interaction::read, "Observation"),
              Optional(ElementsAre("category=a", "code=b")));
  EXPECT_THAT(allowed(who, Interaction::search, "Observation"),
              Optional(ElementsAre("category=a")));
  const auto wholly = with("system/Observation.rs?category=a system/*.r");
  EXPECT_THAT(allowed(wholly, Interaction::read, "Observation"), Optional(IsEmpty()));
}

TEST(Allowed, AWildcardCoversNeitherAuditNorRawMessages) {
  const auto all = with("system/*.cruds");
  EXPECT_EQ(allowed(all, Interaction::read, "AuditEvent"), std::nullopt);
  EXPECT_THAT(allowed(all, Interaction::read, "Task"), Optional(IsEmpty()));
  EXPECT_THAT(allowed(all, Interaction::read, "Binary"),
              Optional(ElementsAre("_tag:not=raw-message")));
  EXPECT_THAT(allowed(all, Interaction::update, "Binary"), Optional(IsEmpty()));
  const auto named = with("system/AuditEvent.rs system/Binary.r?_tag=raw-message");
  EXPECT_THAT(allowed(named, Interaction::search, "AuditEvent"), Optional(IsEmpty()));
  EXPECT_THAT(allowed(named, Interaction::read, "Binary"),
              Optional(ElementsAre("_tag=raw-message")));
}

TEST(Allowed, AnAuditorReadsTheTrailAndNothingElseAndNobodyWritesIt) {
  auto auditor = with("");
  auditor.role = "auditor";
  EXPECT_THAT(allowed(auditor, Interaction::read, "AuditEvent"), Optional(IsEmpty()));
  EXPECT_THAT(allowed(auditor, Interaction::search, "AuditEvent"), Optional(IsEmpty()));
  EXPECT_EQ(allowed(auditor, Interaction::read, "Observation"), std::nullopt);
  EXPECT_EQ(allowed(auditor, Interaction::update, "AuditEvent"), std::nullopt);
  EXPECT_EQ(allowed(with("system/AuditEvent.cruds"), Interaction::remove, "AuditEvent"),
            std::nullopt);
  auditor.authenticated = false;
  EXPECT_EQ(allowed(auditor, Interaction::read, "AuditEvent"), std::nullopt);
}

TEST(Scopes, AreWrittenAsTheyAreRead) {
  for (const auto* text :
       {"system/*.rs", "system/Observation.cruds system/Binary.r?_tag=raw-message",
        "system/Observation.rs?category=laboratory", ""})
    EXPECT_EQ(to_text(*parse_scopes(text)), text);
  EXPECT_EQ(to_text(*parse_scopes("system/Patient.read")), "system/Patient.rs");
}

TEST(Allowed, RawMessagesAreReadOnlyByName) {
  EXPECT_TRUE(may_read_raw_messages(with("system/Binary.r?_tag=raw-message")));
  for (const auto* scopes : {"system/*.rs", "system/Binary.r", "system/Binary.s?_tag=raw-message"})
    EXPECT_FALSE(may_read_raw_messages(with(scopes))) << scopes;
}

TEST(Allowed, ABinaryScopeThatDoesNotNameRawMessagesDoesNotGiveThem) {
  EXPECT_THAT(allowed(with("system/Binary.r"), Interaction::read, "Binary"),
              Optional(ElementsAre("_tag:not=raw-message")));
  EXPECT_THAT(allowed(with("system/Binary.r?_tag=raw-message-like"), Interaction::read, "Binary"),
              Optional(ElementsAre("_tag=raw-message-like&_tag:not=raw-message")));
  EXPECT_THAT(allowed(with("system/*.r?_tag=raw-message"), Interaction::read, "Binary"),
              Optional(ElementsAre("_tag=raw-message&_tag:not=raw-message")));
}

std::string both(std::string_view asked, std::string_view held) {
  return to_text(common(*parse_scopes(asked), *parse_scopes(held)));
}

TEST(Scopes, WhatIsGrantedIsWhatIsAskedAsFarAsItIsHeld) {
  EXPECT_EQ(both("system/*.rs", "system/Observation.cruds system/Patient.r"),
            "system/Observation.rs system/Patient.r");
  EXPECT_EQ(both("system/Observation.read", "system/*.rs"), "system/Observation.rs");
  EXPECT_EQ(both("system/*.cruds", "system/*.rs"), "system/*.rs");
  EXPECT_EQ(both("system/Observation.rs", "system/Patient.rs"), "");
  EXPECT_EQ(both("system/Observation.cud", "system/Observation.rs"), "");
}

TEST(Scopes, RestrictionsOfBothHold) {
  EXPECT_EQ(both("system/Observation.rs", "system/Observation.rs?category=laboratory"),
            "system/Observation.rs?category=laboratory");
  EXPECT_EQ(both("system/Observation.rs?status=final", "system/Observation.rs?category=laboratory"),
            "system/Observation.rs?status=final&category=laboratory");
  EXPECT_EQ(both("system/*.rs", "system/Observation.rs?category=survey"),
            "system/Observation.rs?category=survey");
  EXPECT_EQ(both("system/Observation.rs?a=b", "system/Observation.rs?a=b"),
            "system/Observation.rs?a=b");
}

TEST(Scopes, NoWildcardMeetsWhatIsGrantedByNameAlone) {
  EXPECT_EQ(both("system/*.rs", "system/AuditEvent.rs"), "");
  EXPECT_EQ(both("system/AuditEvent.rs", "system/*.rs"), "");
  EXPECT_EQ(both("system/*.rs", "system/Binary.r?_tag=raw-message"), "");
  EXPECT_EQ(both("system/Binary.r?_tag=raw-message", "system/*.rs"), "");
  EXPECT_EQ(both("system/Binary.r", "system/*.rs"), "system/Binary.r");
  EXPECT_EQ(both("system/AuditEvent.rs", "system/AuditEvent.rs"), "system/AuditEvent.rs");
}

}  // namespace
