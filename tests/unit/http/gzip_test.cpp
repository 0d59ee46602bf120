#include "gateway/http/gzip.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

TEST(Gzip, WhatWasPackedComesBack) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919);
  for (const std::string& one : {std::string(), std::string("x"), std::string(100, '\0'), text}) {
    const auto back = gunzipped(gzipped(one), text.size());
    ASSERT_TRUE(back) << one.size();
    EXPECT_EQ(*back, one);
  }
}

/// RFC 1952 §2.3.1: flags in byte 3 (no name, no comment), the time in bytes 4 to 7.
TEST(Gzip, WhatIsPackedSaysNeitherNameNorTimeSoThatItIsTheSameEachTime) {
  const auto packed = gzipped("x", 9);
  EXPECT_EQ(packed.substr(3, 5), std::string(5, '\0'));
}

TEST(Gzip, NoMoreComesOutThanIsAllowed) {
  const auto packed = gzipped(std::string(1'000'000, ' '));
  EXPECT_TRUE(gunzipped(packed, 1'000'000));
  const auto over = gunzipped(packed, 999'999);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, base::ErrorKind::too_large);
}

TEST(Gzip, WhatIsCutDamagedOrFollowedBySomethingIsRefused) {
  const auto packed = gzipped("a message of some length, and some more");
  for (std::size_t cut = 0; cut < packed.size(); ++cut)
    EXPECT_FALSE(gunzipped(std::string_view(packed).substr(0, cut), 1000)) << cut;
  EXPECT_FALSE(gunzipped(packed + "x", 1000));
  auto damaged = packed;
  damaged[packed.size() - 5] = static_cast<char>(damaged[packed.size() - 5] ^ 1);  // its checksum
  EXPECT_FALSE(gunzipped(damaged, 1000));
}

}  // namespace
}  // namespace gateway::http
