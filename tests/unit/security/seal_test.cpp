#include "gateway/security/seal.hpp"

#include <gtest/gtest.h>

using gateway::security::seal;
using gateway::security::unseal;

namespace {

const std::string key(32, 'k');

TEST(Seal, OpensToWhatWasSealed) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(5000, '\0')}) {
    const auto sealed = seal(key, text, "search");
    EXPECT_EQ(unseal(key, sealed, "search"), text);
    EXPECT_EQ(sealed.find_first_of("+/="), std::string::npos);
  }
}

TEST(Seal, NeverGivesTheSameTwice) {
  EXPECT_NE(seal(key, "a", ""), seal(key, "a", ""));
}

TEST(Seal, AnyChangedOrMissingCharacterIsRefused) {
  const auto sealed = seal(key, "page 2 of patient 7", "search");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const char c : {'A', 'B', '-', '_', '=', '+', ' ', '\n', '\0'}) {
      if (sealed[i] == c) continue;
      auto forged = sealed;
      forged[i] = c;
      EXPECT_EQ(unseal(key, forged, "search"), std::nullopt) << i;
    }
    EXPECT_EQ(unseal(key, sealed.substr(0, i), "search"), std::nullopt) << i;
  }
  EXPECT_EQ(unseal(key, sealed + "A", "search"), std::nullopt);
  EXPECT_EQ(unseal(key, sealed + "=", "search"), std::nullopt);
}

TEST(Seal, AnotherKeyOrAnotherPurposeDoesNotOpenIt) {
  const auto sealed = seal(key, "text", "search");
  EXPECT_EQ(unseal(std::string(32, 'x'), sealed, "search"), std::nullopt);
  EXPECT_EQ(unseal(key, sealed, "history"), std::nullopt);
}

}  // namespace
