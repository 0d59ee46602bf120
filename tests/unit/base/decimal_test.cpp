#include "gateway/base/decimal.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using gateway::base::DecimalText;

DecimalText decimal(const std::string& text) {
  auto parsed = DecimalText::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : *DecimalText::parse("0");
}

TEST(DecimalText, KeepsItsDigitsAsTheyWere) {
  for (const char* text :
       {"12.40", "0.5", "5.100", "-0", "1e2", "1E+2", "0.000", "12345678901234567.10"})
    EXPECT_EQ(decimal(text).text(), text);
}

TEST(DecimalText, RefusesWhatJsonForbids) {
  for (const char* text : {"", "+1", "05", ".5", "5.", "1e", "--1", "1,5", "NaN", "inf", "0x1",
                           " 1", "1 ", "1e1001", "1.2.3"})
    EXPECT_FALSE(DecimalText::parse(text)) << text;
  EXPECT_FALSE(DecimalText::parse(std::string(257, '1')));
  EXPECT_TRUE(DecimalText::parse(std::string(256, '1')));
}

TEST(DecimalText, ComparesAsADecimalWhateverTheZeros) {
  EXPECT_EQ(decimal("5.10"), decimal("5.1"));
  EXPECT_EQ(decimal("1e2"), decimal("100.00"));
  EXPECT_EQ(decimal("-0"), decimal("0.0"));
  EXPECT_EQ(decimal("0.1e-3"), decimal("0.0001"));
  const std::vector<std::string> ascending = {
      "-1e3",  "-100.1", "-100",  "-99.99", "-1.5", "-1.49", "-0.001", "0",  "0.0009",
      "0.001", "0.31",   "0.312", "1",      "9.99", "10",    "10.01",  "99", "1e3"};
  for (std::size_t i = 0; i + 1 < ascending.size(); ++i)
    EXPECT_LT(decimal(ascending[i]), decimal(ascending[i + 1])) << ascending[i];
}

TEST(DecimalText, SortKeysOrderAsTheNumbersDo) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    const int a = static_cast<int>(random() % 200001) - 100000;
    const int b = static_cast<int>(random() % 200001) - 100000;
    const auto key = [](int value) {
      return decimal(std::to_string(value / 1000) == "0" && value < 0
                         ? "-0." + std::to_string(1000 + std::abs(value) % 1000).substr(1)
                         : std::to_string(value / 1000) + "." +
                               std::to_string(1000 + std::abs(value) % 1000).substr(1))
          .sort_key();
    };
    EXPECT_EQ(key(a) < key(b), a < b) << a << " " << b;
  }
}

TEST(DecimalText, APrecisionIsARange) {  // FHIR R4, search, number: the text's own examples
  const auto range = [](const char* text) { return decimal(text).precision_range(); };
  EXPECT_EQ(range("14").first, decimal("13.5"));
  EXPECT_EQ(range("14").second, decimal("14.5"));
  EXPECT_EQ(range("14.0").first, decimal("13.95"));
  EXPECT_EQ(range("14.0").second, decimal("14.05"));
  EXPECT_EQ(range("1e2").first, decimal("95"));
  EXPECT_EQ(range("1e2").second, decimal("105"));
  EXPECT_EQ(range("100").first, decimal("99.5"));
  EXPECT_EQ(range("0").first, decimal("-0.5"));
  EXPECT_EQ(range("0").second, decimal("0.5"));
  EXPECT_EQ(range("-2").first, decimal("-2.5"));
  EXPECT_EQ(range("-2").second, decimal("-1.5"));
}

TEST(DecimalText, ApproximatelyIsTenPercentEitherWay) {
  EXPECT_EQ(decimal("14").approximate_range().first, decimal("12.6"));
  EXPECT_EQ(decimal("14").approximate_range().second, decimal("15.4"));
  EXPECT_EQ(decimal("-10").approximate_range().first, decimal("-11"));
  EXPECT_EQ(decimal("-10").approximate_range().second, decimal("-9"));
  EXPECT_EQ(decimal("0.5").approximate_range().first, decimal("0.45"));
}

}  // namespace
