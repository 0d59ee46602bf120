#include "gateway/security/password.hpp"

#include <gtest/gtest.h>

#include "gateway/base/hash.hpp"

using namespace gateway::security;
using gateway::base::hex;

namespace {

constexpr ScryptCost cheap{4, 1, 1};

// RFC 7914 §12.
TEST(Passwords, ScryptGivesTheVectorsOfItsStandard) {
  EXPECT_EQ(hex(scrypt("", "", {4, 1, 1}, 64)),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  EXPECT_EQ(hex(scrypt("password", "NaCl", {10, 8, 16}, 64)),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  EXPECT_EQ(hex(scrypt("pleaseletmein", "SodiumChloride", {14, 8, 1}, 64)),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST(Passwords, EachHasASaltOfItsOwnAndIsFoundAgain) {
  const auto kept = hash_password("correct horse battery", cheap);
  EXPECT_NE(kept, hash_password("correct horse battery", cheap));
  EXPECT_TRUE(is_password("correct horse battery", kept));
  EXPECT_FALSE(is_password("correct horse batterz", kept));
  EXPECT_FALSE(is_password("", kept));
  EXPECT_EQ(kept.find("horse"), kept.npos);
}

TEST(Passwords, ByDefaultAHashCostsThirtyTwoMebibytesAndThreePasses) {
  EXPECT_EQ(hash_password("x").substr(0, 14), "scrypt$15$8$3$");
}

TEST(Passwords, WhatIsNoHashIsNobodysPassword) {
  const auto kept = hash_password("x", cheap);
  for (const std::string& text :
       {std::string(), std::string("scrypt"), std::string("scrypt$4$1$1$$"), "plain" + kept,
        kept.substr(0, kept.size() - 1), kept + "A", std::string("scrypt$40$8$3$AAAA$AAAA"),
        std::string("scrypt$4$-1$1$AAAA$AAAA")})
    EXPECT_FALSE(is_password("x", text)) << text;
}

}  // namespace
