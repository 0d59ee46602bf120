#include "gateway/fhir/json_members.hpp"

#include <string>

#include <gtest/gtest.h>

namespace gateway::fhir {
namespace {

using Texts = std::vector<std::string>;

Texts cut(const std::string& object) {
  std::vector<JsonMember> members;
  if (!cut_members(object, members)) return {"not cut"};
  Texts texts;
  for (const auto& member : members) {
    EXPECT_EQ(member.text.substr(1, member.name.size()), member.name);
    texts.emplace_back(member.text);
  }
  return texts;
}

TEST(JsonMembers, AreCutAtTheCommasOfTheOutermostObjectAlone) {
  EXPECT_EQ(cut(R"({"a":1,"b":[1,{"c":2}],"d":{"e":[],"f":"g"}})"),
            (Texts{R"("a":1)", R"("b":[1,{"c":2}])", R"("d":{"e":[],"f":"g"})"}));
  EXPECT_EQ(cut("{}"), Texts{});
}

TEST(JsonMembers, BracketsAndCommasWithinTextsAreText) {
  EXPECT_EQ(cut(R"({"a":"},]","b":"{["})"), (Texts{R"("a":"},]")", R"("b":"{[")"}));
}

TEST(JsonMembers, WhereverTheirEndsLieInABlockTheyAreFound) {
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string text(length, ','), first = R"("a":")" + text + '"';
    EXPECT_EQ(cut('{' + first + R"(,"b":[{"c":"}"}]})"), (Texts{first, R"("b":[{"c":"}"}])"}));
  }
}

TEST(JsonMembers, WhatHoldsAnEscapeOrIsNoObjectWrittenHereIsNotCut) {
  for (const auto* text : {R"({"a":"\""})", R"({"a":1} )", R"({"a":1)", R"({"a":[1})", "[1]", "",
                           R"({ "a":1})", R"({"a":1,})", R"({"a"})", R"({"a":"b)"})
    EXPECT_EQ(cut(text), Texts{"not cut"}) << text;
}

TEST(JsonMembers, OneMemberIsReadWithoutTheOthers) {
  const auto found = read_only(R"({"a":{"x":"1"},"b":{"x":"2"}})", "b");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->root()["b"]["x"].text(), "2");
  EXPECT_FALSE(found->root()["a"].exists());
  EXPECT_FALSE(read_only(R"({"a":1})", "b")->root()["b"].exists());
  EXPECT_EQ(read_only(R"({"a":"\n","b":"2"})", "b")->root()["b"].text(), "2");
}

}  // namespace
}  // namespace gateway::fhir
