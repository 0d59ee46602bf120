#include "gateway/fhir/json_view.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/writer.hpp"

namespace gateway::fhir {
namespace {

/// The same value, written again.
std::string copied(JsonView::Node node) {
  JsonWriter out;
  const auto copy = [&out](const auto& self, JsonView::Node value) -> void {
    switch (value.kind()) {
      case Json::Kind::object:
        out.begin_object();
        for (const auto member : value.members()) {
          out.key(member.name());
          self(self, member);
        }
        out.end_object();
        break;
      case Json::Kind::array:
        out.begin_array();
        for (const auto item : value.items()) self(self, item);
        out.end_array();
        break;
      case Json::Kind::string:
        out.string(value.text());
        break;
      case Json::Kind::null:
        out.raw("null");
        break;
      default:
        out.raw(value.text());
    }
  };
  copy(copy, node);
  return out.take();
}

TEST(JsonView, ShowsWhatAJsonShows) {
  const auto view = JsonView::read(
      R"({"a":"x","n":-5.60e2,"t":true,"z":null,"list":[1,{"b":"y"},[]],"o":{"c":{"d":"z"}}})");
  ASSERT_TRUE(view);
  const auto root = view->root();
  EXPECT_EQ(root["a"].text(), "x");
  EXPECT_EQ(root["n"].kind(), Json::Kind::number);
  EXPECT_EQ(root["n"].text(), "-5.60e2") << "digits as they were sent";
  EXPECT_EQ(root["t"].text(), "true");
  EXPECT_EQ(root["z"].kind(), Json::Kind::null);
  EXPECT_TRUE(root["z"].exists());
  EXPECT_EQ(root["o"]["c"]["d"].text(), "z");
  std::vector<Json::Kind> kinds;
  for (const auto item : root["list"].items()) kinds.push_back(item.kind());
  EXPECT_EQ(kinds, (std::vector{Json::Kind::number, Json::Kind::object, Json::Kind::array}));
}

TEST(JsonView, NumbersKeepTheirDigitsWhereverTheyStand) {
  const auto view = JsonView::read(R"([1,2.50, 3 ,{"v":4.0},-0.1])");
  ASSERT_TRUE(view);
  std::string digits;
  for (const auto item : view->root().items())
    digits += std::string(item.is_object() ? item["v"].text() : item.text()) + ' ';
  EXPECT_EQ(digits, "1 2.50 3 4.0 -0.1 ");
}

TEST(JsonView, ResolvesEscapes) {
  const auto view = JsonView::read(R"({"a\"b":"\u00d6z\n","after":"whole"})");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->root()["a\"b"].text(), "Öz\n");
  EXPECT_EQ(view->root()["after"].text(), "whole");
}

TEST(JsonView, LookupsOfWhatIsNotThereChain) {
  const auto view = JsonView::read(R"({"a":"x"})");
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->root()["b"]["c"].exists());
  EXPECT_TRUE(view->root()["b"]["c"].items().empty());
  EXPECT_TRUE(view->root()["a"].items().empty()) << "a text has no items";
  EXPECT_EQ(view->root()["a"]["c"].text(), "");
}

TEST(JsonView, StaysGoodWhenItIsMoved) {
  auto view = JsonView::read("[\"a\"]");
  ASSERT_TRUE(view);
  const JsonView moved = std::move(*view);
  EXPECT_EQ((*moved.root().items().begin()).text(), "a");
}

TEST(JsonView, OfWhatIsNoJsonIsNone) {
  for (const char* text :
       {"",    "{",  "[1,]",    "{\"a\":}",   "nul",   "{} x",    "\"open",   "]",   "[",  "[1",
        "[1}", "{]", "{\"a\"}", "{\"a\":1,}", "{1:2}", "[1 2]",   "01",       "1.",  ".5", "-",
        "1e",  "+1", "truer",   "nul l",      "\"\\",  "\"\\x\"", "\"a\nb\"", "[,]", "1,2"})
    EXPECT_FALSE(JsonView::read(text)) << text;
  EXPECT_FALSE(JsonView::read(std::string_view("[1\0]", 4)));
  EXPECT_FALSE(JsonView::read(std::string_view("[1]\0", 4)));
}

TEST(JsonView, ReadsWhatTheOwningReaderReads) {
  for (
      const char* text :
      {"0", "-0.0e+1", "\"\"", "[]", "{}", " [ ] ", " { } ", "\t{ \"a\" : [ { } , [ ] ] }\r\n",
       "[[[1],2],3]", R"({"a":{"b":[]},"c":null})", R"(["\\","\"","\/","x\u0041y","\ud83d\ude00"])",
       R"({"\u0061":"é","long enough to be read in several steps":"and \\ behind sixteen bytes"})"}) {
    const auto view = JsonView::read(text);
    const auto json = parse_json(text);
    ASSERT_TRUE(view && json) << text;
    EXPECT_EQ(copied(view->root()), json->write()) << text;
  }
}

TEST(JsonView, TakesAnyDepth) {
  const std::size_t depth = 200'000;
  EXPECT_TRUE(JsonView::read(std::string(depth, '[') + std::string(depth, ']')));
}

}  // namespace
}  // namespace gateway::fhir
