#include "gateway/fhir/writer.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/json.hpp"

namespace gateway::fhir {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelongAndNowhereElse) {
  JsonWriter out;
  out.begin_object().member("a", "x").key("b").begin_array().integer(-1).boolean(true);
  out.begin_object().end_object().begin_array().end_array().raw(R"({"z":1})").end_array();
  out.key("c").begin_object().member("d", "").end_object().member_if("e", "").end_object();
  EXPECT_EQ(out.take(), R"({"a":"x","b":[-1,true,{},[],{"z":1}],"c":{"d":""}})");
  EXPECT_EQ(out.view(), "");
}

TEST(JsonWriter, TextThatEndsLikeABracketStillGetsItsComma) {
  JsonWriter out;
  out.begin_array().string("{").string("[").string(":").string("").end_array();
  EXPECT_EQ(out.take(), R"(["{","[",":",""])");
}

TEST(JsonWriter, KeepsTheDigitsOfANumber) {
  for (const char* digits : {"5.10", "0.000", "1e-7", "12345678901234567.10", "-0", "1E+2"}) {
    JsonWriter out;
    out.begin_object().key("value").number(*base::DecimalText::parse(digits)).end_object();
    EXPECT_EQ(out.take(), std::string(R"({"value":)") + digits + "}");
  }
}

TEST(JsonWriter, EscapesEveryControlCharacterSoThatItReadsBack) {
  for (int byte = 1; byte < 0x80; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    JsonWriter out;
    out.string(text);
    const auto read = parse_json(out.view());
    ASSERT_TRUE(read) << byte;
    EXPECT_EQ(read->text(), text);
  }
  JsonWriter out;
  out.string("\b\t\n\v\f\r\"\\/\x7F é");
  EXPECT_EQ(out.take(), "\"\\b\\t\\n\\u000b\\f\\r\\\"\\\\/\x7F é\"");
}

TEST(JsonWriter, FindsWhatToEscapeWhereverItStands) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char special : {'"', '\\', '\n', '\x01'}) {
        std::string text(size, at % 2 != 0 ? '\xFF' : '!');
        text[at] = special;
        ASSERT_EQ(find_escape(text, 0), at) << size;
        ASSERT_EQ(find_escape(text, at + 1), size);
      }
    }
  }
}

TEST(JsonWriter, KeepsItsMemoryWhenCleared) {
  JsonWriter out;
  out.string("first");
  out.clear();
  out.string("second");
  EXPECT_EQ(out.view(), "\"second\"");
}

}  // namespace
}  // namespace gateway::fhir
