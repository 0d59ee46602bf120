#include "gateway/security/totp.hpp"

#include <gtest/gtest.h>

namespace totp = gateway::security::totp;

namespace {

constexpr const char* secret = "12345678901234567890";  // of both standards

TEST(OneTimeCodes, GiveTheVectorsOfRfc6238) {
  const std::pair<std::int64_t, const char*> rows[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : rows)
    EXPECT_EQ(totp::code_of(secret, seconds / totp::step_seconds, 8), code) << seconds;
}

TEST(OneTimeCodes, GiveTheVectorsOfRfc4226) {
  const char* rows[] = {"755224", "287082", "359152", "969429", "338314",
                        "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t count = 0; count < 10; ++count)
    EXPECT_EQ(totp::code_of(secret, count), rows[count]);
}

TEST(OneTimeCodes, ANeighbourCountsForClocksThatAreApartAndNoneFurther) {
  const std::int64_t now = 1'700'000'010, step = now / 30;
  for (const std::int64_t near : {step - 1, step, step + 1})
    EXPECT_EQ(totp::step_of(secret, totp::code_of(secret, near), now, 0), near);
  for (const std::int64_t far : {step - 2, step + 2})
    EXPECT_EQ(totp::step_of(secret, totp::code_of(secret, far), now, 0), std::nullopt);
  for (const char* wrong : {"", "12345", "1234567", "abcdef"})
    EXPECT_EQ(totp::step_of(secret, wrong, now, 0), std::nullopt);
}

TEST(OneTimeCodes, CountOnceAndNoneBehindTheLastThatCounted) {
  const std::int64_t now = 1'700'000'010, step = now / 30;
  EXPECT_EQ(totp::step_of(secret, totp::code_of(secret, step), now, step), std::nullopt);
  EXPECT_EQ(totp::step_of(secret, totp::code_of(secret, step - 1), now, step), std::nullopt);
  EXPECT_EQ(totp::step_of(secret, totp::code_of(secret, step + 1), now, step), step + 1);
}

TEST(OneTimeCodes, AnAppTakesTheSecretInCapitalsOfBase32) {
  EXPECT_EQ(totp::to_base32("foobar"), "MZXW6YTBOI");  // RFC 4648 §10, without padding
  EXPECT_EQ(totp::address("foobar", "clinic-a", "anna"),
            "otpauth://totp/clinic-a:anna?secret=MZXW6YTBOI&issuer=clinic-a&algorithm=SHA1&"
            "digits=6&period=30");
}

}  // namespace
