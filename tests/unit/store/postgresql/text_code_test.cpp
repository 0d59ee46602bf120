#include "gateway/store/postgresql/text_code.hpp"

#include <gtest/gtest.h>

#include "gateway/store/postgresql/dialect.hpp"

namespace {

using namespace gateway::store::postgresql;

TEST(TextCode, OrdinaryTextIsKeptAsItIs) {
  for (const char* text : {"", "abc", "Öz", "\xF4\x8F\xBF\xBF", "a\tb\nc"})
    EXPECT_EQ(encoded(text), "") << text;
}

TEST(TextCode, WhatIsNoTextForPostgresqlGoesThereAndBackAndStaysApart) {
  using namespace std::string_literals;
  for (const auto& text : {"\0"s, "a\0b"s, "\xFF"s, "\xC3"s, "\xED\xA0\x80"s, "\xC0\x80"s, "\x01"s,
                           "\x01"s + "00", "\xF4\x90\x80\x80"s}) {
    const auto kept = encoded(text);
    EXPECT_TRUE(is_encoded(kept));
    EXPECT_EQ(kept.find('\0'), std::string::npos);
    EXPECT_EQ(encoded(decoded(kept)), kept);
    EXPECT_EQ(decoded(kept), text);
  }
}

TEST(Dialect, QuestionMarksAreNumberedButThoseOfTexts) {
  EXPECT_EQ(translated("a = ? AND b = '?' AND c = ?"), "a = $1 AND b = '?' AND c = $2");
  EXPECT_EQ(translated("a = ?2 AND b = ?1"), "a = $2 AND b = $1");
  EXPECT_EQ(translated("FROM result AS r INDEXED BY result_by_code WHERE 1"),
            "FROM result AS r WHERE 1");
}

TEST(Dialect, APlanIsToldWithoutValues) {
  EXPECT_EQ(steps_of({"Nested Loop", "  ->  Seq Scan on result r", "        Filter: (x = 'secret')",
                      "  ->  Index Scan using a on name n", "        Index Cond: (x = 'secret')"}),
            "Nested Loop\nSCAN r\nIndex Scan using a on name n\n");
}

}  // namespace
