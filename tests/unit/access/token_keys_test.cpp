#include "gateway/access/token_keys.hpp"

#include <gtest/gtest.h>

using namespace gateway;
using access::TokenKey;
namespace key_life = access::key_life;

namespace {

constexpr std::int64_t hour = 3'600'000'000, day = 24 * hour;

TokenKey made_at(std::int64_t microseconds) {
  return {security::Es384Key::generate(), {microseconds}};
}

TEST(TokenKeys, TheFirstSignsAtOnceAndEachLaterOneAnHourAfterItIsPublished) {
  const std::vector<TokenKey> first = {made_at(day)};
  EXPECT_EQ(key_life::signing(first, {day}).made.microseconds, day);
  const std::vector<TokenKey> both = {first[0], made_at(91 * day)};
  EXPECT_EQ(key_life::signing(both, {91 * day + hour - 1}).made.microseconds, day);
  EXPECT_EQ(key_life::signing(both, {91 * day + hour}).made.microseconds, 91 * day);
}

TEST(TokenKeys, ANewOneIsDueEveryNinetyDaysAndWhereThereIsNone) {
  EXPECT_TRUE(key_life::is_due({}, {day}));
  const std::vector<TokenKey> keys = {made_at(day), made_at(2 * day)};
  EXPECT_FALSE(key_life::is_due(keys, {92 * day - 1}));
  EXPECT_TRUE(key_life::is_due(keys, {92 * day}));
}

TEST(TokenKeys, OneIsBelievedForAnHourAfterTheNextBeganToSign) {
  const std::vector<TokenKey> keys = {made_at(day), made_at(91 * day)};
  EXPECT_FALSE(key_life::is_over(keys[0], keys, {91 * day + 2 * hour - 1}));
  EXPECT_TRUE(key_life::is_over(keys[0], keys, {91 * day + 2 * hour}));
  EXPECT_FALSE(key_life::is_over(keys[1], keys, {900 * day})) << "the newest never is";
}

}  // namespace
