#include "gateway/query/cursor.hpp"

#include <gtest/gtest.h>

namespace {

using namespace gateway::query;
using gateway::base::Instant;

const std::string key(32, 'k');
gateway::security::Principal client(const char* name, const char* scopes = "system/*.rs") {
  return {name, *gateway::security::parse_scopes(scopes), "", true};
}
const std::string bound = binding(client("CN=client"), "Observation", "code=a");

TEST(Cursor, ComesBackAsItWentToTheSameClientAndQuery) {
  const Cursor cursor{42, std::string("after\0 x", 8), 60};
  const auto sealed = write_cursor(cursor, {1'000}, key, bound);
  EXPECT_LE(sealed.size(), 200U);
  const auto back = read_cursor(sealed, {2'000}, key, bound);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->as_of, 42);
  EXPECT_EQ(back->after, cursor.after);
  EXPECT_EQ(back->total, 60);
  EXPECT_FALSE(read_cursor(write_cursor({1, "", {}}, {0}, key, bound), {0}, key, bound)->total);
}

TEST(Cursor, SaysBehindHowMuchOfWhatIsIncluded) {
  const auto back =
      read_cursor(write_cursor({42, "7 x", {}, true, 3000}, {0}, key, bound), {0}, key, bound);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->included, 3000U);
  EXPECT_EQ(back->after, "7 x");
  EXPECT_TRUE(back->backwards);
}

TEST(Cursor, AnyChangeIsForged) {
  const auto sealed = write_cursor({42, "after", {}}, {0}, key, bound);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto read = read_cursor(changed, {0}, key, bound);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().what.rfind("cursor-forged ", 0), 0U);
  }
  EXPECT_FALSE(read_cursor("", {0}, key, bound));
  EXPECT_FALSE(read_cursor(sealed, {0}, key, binding(client("CN=other"), "Observation", "code=a")));
  EXPECT_FALSE(
      read_cursor(sealed, {0}, key, binding(client("CN=client"), "Observation", "code=b")));
  EXPECT_FALSE(read_cursor(sealed, {0}, key,
                           binding(client("CN=client", "system/*.r"), "Observation", "code=a")));
}

TEST(Cursor, LivesAnHour) {
  const auto sealed = write_cursor({42, "", {}}, {0}, key, bound);
  EXPECT_TRUE(read_cursor(sealed, {3'600'000'000}, key, bound));
  const auto late = read_cursor(sealed, {3'600'000'001}, key, bound);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().what.rfind("cursor-expired ", 0), 0U);
}

}  // namespace
