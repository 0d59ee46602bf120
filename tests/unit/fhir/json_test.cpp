#include "gateway/fhir/json.hpp"

#include <gtest/gtest.h>

namespace gateway::fhir {
namespace {

using base::ErrorKind;

TEST(Json, WritesWhatItReadByteForByte) {
  for (const char* text :
       {R"({"value":5.10,"b":0.000,"c":1e-7,"d":12345678901234567.10,"e":-0.0,"f":1E+2})",
        R"({"resourceType":"X","nested":[[],{},[{"a":[null,true,false,"x"]}]],"":""})",
        R"(["\"\\\b\f\n\r\t","é","\u0001\u001f","日本","😀"])", R"("x")", "null", "0", "[]"}) {
    const auto json = parse_json(text);
    ASSERT_TRUE(json) << text << json.error().text();
    EXPECT_EQ(json->write(), text);
  }
}

TEST(Json, IndentingChangesNothingButBlanks) {
  const std::string text =
      R"({"a":[1e-7,5.10,{"b":"x \"{[,: \\"}],"c":{},"d":[],"e":null,"f":"é"})";
  EXPECT_EQ(indented(text), parse_json(text)->pretty());
  EXPECT_EQ(indented(indented(text)), indented(text));
  for (const char* broken : {"", "{", "]]", "{\"a", "\"\\", "nul"}) (void)indented(broken);
}

TEST(Json, ReadsPrettyTextAsTheSameValue) {
  const auto json = parse_json(R"({"a":[1,{"b":"x"},[]],"c":{},"d":2.50})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->pretty(),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\"\n    },\n    []\n  ],\n  \"c\": {},\n"
            "  \"d\": 2.50\n}");
  const auto again = parse_json(json->pretty());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *json);
}

TEST(Json, ComparesNumbersByTheirText) {
  EXPECT_FALSE(*parse_json("5.1") == *parse_json("5.10"));
  EXPECT_FALSE(*parse_json("1") == *parse_json("\"1\""));
  EXPECT_TRUE(*parse_json("[ 1 ]") == *parse_json("\n[1]"));
}

TEST(Json, ReadsEscapesIncludingSurrogatePairs) {
  const auto json = parse_json(R"("\u00e9\/\ud83d\ude00\u20AC")");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text(), "é/😀€");
}

TEST(Json, LooksUpMembersAndChainsThroughAbsentOnes) {
  auto json = *parse_json(R"({"meta":{"tag":[{"code":"x"}]},"n":1})");
  EXPECT_EQ(json["meta"]["tag"].items().at(0)["code"].text(), "x");
  EXPECT_EQ(json["nothing"]["here"]["at all"].kind(), Json::Kind::null);
  EXPECT_FALSE(json.has("tag"));
  json.set("n", Json::number("2.0"));
  json.set("new", Json::boolean(true));
  json.erase("meta");
  EXPECT_EQ(json.write(), R"({"n":2.0,"new":true})");
  Json made;
  made.set("a", Json::array({Json::string("x"), Json()}));
  EXPECT_EQ(made.write(), R"({"a":["x",null]})");
}

TEST(Json, KnowsTheLineOfEveryValue) {
  const auto json = *parse_json("{\n \"a\": 1,\r\n\n \"b\": [\n  \"x\",\n  {}\n ]\n}\n");
  EXPECT_EQ(json.line(), 1U);
  EXPECT_EQ(json["a"].line(), 2U);
  EXPECT_EQ(json["b"].line(), 4U);
  EXPECT_EQ(json["b"].items()[0].line(), 5U);
  EXPECT_EQ(json["b"].items()[1].line(), 6U);
  EXPECT_EQ(Json().line(), 0U);
}

TEST(Json, TakesCommentsOnlyWhereTheyAreAllowed) {
  const char* text = "// first\n{ /* a\n b */ \"a\": 1 // behind\n}\n// last";
  const auto json = parse_json(text, {.comments = true});
  ASSERT_TRUE(json) << json.error().text();
  EXPECT_EQ(json->write(), R"({"a":1})");
  EXPECT_EQ((*json)["a"].line(), 3U);
  EXPECT_FALSE(parse_json(text));
}

struct Hostile {
  std::string text;
  std::string what;
  std::string where;
};

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string many_members(int count, int twice) {
  std::string out = "{";
  for (int i = 0; i < count; ++i) out += (i ? ",\"m" : "\"m") + std::to_string(i) + "\":0";
  return out + ",\"m" + std::to_string(twice) + "\":1}";
}

class HostileJson : public testing::TestWithParam<Hostile> {};

TEST_P(HostileJson, IsRefusedWithItsPlaceAndWithoutItsContent) {
  const auto& [text, what, where] = GetParam();
  const auto json = parse_json(text);
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().what, what);
  EXPECT_EQ(json.error().where, where);
}

const std::string not_json = "this is no JSON value";
const std::string no_surrogate = "a surrogate pair is incomplete";
const std::string not_utf8 = "a string is not UTF-8";
const std::string too_deep = "nested deeper than 64 levels";

INSTANTIATE_TEST_SUITE_P(
    Documents, HostileJson,
    testing::Values(
        Hostile{"", "the document is empty", "line 1, column 1"},
        Hostile{" \n\t\r ", "the document is empty", "line 2, column 4"},
        Hostile{std::string("\0", 1), not_json, "line 1, column 1"},
        Hostile{std::string("{}\0{}", 5), "a NUL byte stands behind the document",
                "line 1, column 3"},
        Hostile{std::string("{}\0", 3), "a NUL byte stands behind the document",
                "line 1, column 3"},
        Hostile{"{} {}", "something stands behind the document", "line 1, column 4"},
        Hostile{"{}x", "something stands behind the document", "line 1, column 3"},
        Hostile{"1 2", "something stands behind the document", "line 1, column 3"},
        Hostile{"\xEF\xBB\xBF{}", not_json, "line 1, column 1"},
        Hostile{"{", "a member name is missing", "line 1, column 2"},
        Hostile{"[", not_json, "line 1, column 2"}, Hostile{"}", not_json, "line 1, column 1"},
        Hostile{"[1,]", not_json, "line 1, column 4"},
        Hostile{"[1 2]", "a comma or closing bracket is missing behind an item",
                "line 1, column 4"},
        Hostile{"{\"a\":1,}", "a member name is missing", "line 1, column 8"},
        Hostile{"{\"a\" 1}", "a colon is missing behind a member name", "line 1, column 6"},
        Hostile{"{\"a\":1 \"b\":2}", "a comma or closing brace is missing behind a member",
                "line 1, column 8"},
        Hostile{"{a:1}", "a member name is missing", "line 1, column 2"},
        Hostile{"{'a':1}", "a member name is missing", "line 1, column 2"},
        Hostile{"{1:1}", "a member name is missing", "line 1, column 2"},
        Hostile{"[1}", "a comma or closing bracket is missing behind an item", "line 1, column 3"},
        Hostile{"{\"a\":\n  nul}", not_json, "line 2, column 6"},
        Hostile{"True", not_json, "line 1, column 1"}, Hostile{"NaN", not_json, "line 1, column 1"},
        Hostile{"-Infinity", not_json, "line 1, column 2"},
        Hostile{"01", "something stands behind the document", "line 1, column 2"},
        Hostile{"+1", not_json, "line 1, column 1"}, Hostile{".5", not_json, "line 1, column 1"},
        Hostile{"1.", "a number lacks digits behind its point", "line 1, column 3"},
        Hostile{"1e", "a number lacks digits in its exponent", "line 1, column 3"},
        Hostile{"1e999", "a number is out of range", "line 1, column 1"},
        Hostile{repeated("9", 400), "a number is out of range", "line 1, column 1"},
        Hostile{"0x10", "something stands behind the document", "line 1, column 2"},
        Hostile{"\"a", "a string is not closed", "line 1, column 3"},
        Hostile{"\"a\nb\"", "a string holds an unknown escape or a bare control character",
                "line 1, column 3"},
        Hostile{"\"\\x41\"", "a string holds an unknown escape or a bare control character",
                "line 1, column 2"},
        Hostile{"\"\\u12g4\"", "an escape \\u needs four hexadecimal digits", "line 1, column 2"},
        Hostile{"\"\\u0000\"", "a string holds U+0000", "line 1, column 9"},
        Hostile{std::string("\"a\0b\"", 5), "a string is not closed", "line 1, column 3"},
        Hostile{"\"\\ud800\"", no_surrogate, "line 1, column 2"},
        Hostile{"\"\\ud800\\u0041\"", no_surrogate, "line 1, column 2"},
        Hostile{"\"\\udc00\"", no_surrogate, "line 1, column 9"},
        Hostile{"{\"\\udfff\":1}", no_surrogate, "line 1, column 10"},
        Hostile{"\"\xFF\"", not_utf8, "line 1, column 2"},
        Hostile{"\"\xC0\xAF\"", not_utf8, "line 1, column 2"},
        Hostile{"\"\xED\xA0\x80\"", not_utf8, "line 1, column 2"},
        Hostile{"\"\xF4\x90\x80\x80\"", not_utf8, "line 1, column 2"},
        Hostile{"\"\xE2\x82", not_utf8, "line 1, column 2"},
        Hostile{"{\"é\":1,\n \"a\":\"é\xFF\"}", not_utf8, "line 2, column 8"},
        Hostile{"{\"a\":1,\"a\":1}", "a member name is there twice", "line 1, column 11"},
        Hostile{"{\"a\":1,\"\\u0061\":1}", "a member name is there twice", "line 1, column 16"},
        Hostile{many_members(16, 3), "a member name is there twice", "line 1, column 124"},
        Hostile{many_members(40, 39), "a member name is there twice", "line 1, column 317"},
        Hostile{repeated("[", 65), too_deep, "line 1, column 65"},
        Hostile{repeated("[", 2'000'000), too_deep, "line 1, column 65"},
        Hostile{repeated("{\"a\":", 100'000), too_deep, "line 1, column 321"},
        Hostile{"// comment\n{}", not_json, "line 1, column 1"},
        Hostile{"{/**/}", "a member name is missing", "line 1, column 2"}));

TEST(Json, TakesTheDeepestItAllowsAndWritesItAgain) {
  const std::string text = repeated("[", 64) + repeated("]", 64);
  const auto json = parse_json(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->write(), text);
}

TEST(Json, NamesTooMuchAsTooLarge) {
  const auto many = parse_json("[1,2,[3]]", {.values = 4});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().kind, ErrorKind::too_large);
  EXPECT_EQ(many.error().what, "more than 4 values");
  EXPECT_TRUE(parse_json("[1,2,[3]]", {.values = 5}));
  EXPECT_EQ(parse_json(repeated("[", 65)).error().kind, ErrorKind::too_large);
  EXPECT_EQ(parse_json("[").error().kind, ErrorKind::malformed);
  EXPECT_EQ(parse_json("[[]]", {.depth = 1}).error().kind, ErrorKind::too_large);
}

TEST(Json, AnUnclosedCommentIsRefused) {
  for (const char* text : {"{} /*", "/", "{} /x", "/* {}"})
    EXPECT_FALSE(parse_json(text, {.comments = true})) << text;
}

TEST(Json, NoPrefixOfADocumentIsRead) {
  const std::string text =
      R"({"a":[1.50,-2e5,"é\u00e9\ud83d\ude00"],"b":{"c":null,"d":true,"e":false}})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_json(std::string_view(text).substr(0, size))) << size;
  EXPECT_TRUE(parse_json(text));
}

}  // namespace
}  // namespace gateway::fhir
