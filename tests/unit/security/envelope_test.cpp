#include "gateway/security/envelope.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/files.hpp"

namespace {

using gateway::security::Opener;
using gateway::security::Sealer;

void openssl(const std::string& words) {
  ASSERT_EQ(std::system(("openssl " + words + " >/dev/null 2>&1").c_str()), 0) << words;
}

class Envelope : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    for (const char* name : {"a", "b"})
      openssl("req -x509 -nodes -subj /CN=backup -newkey " + std::string(GetParam()) + " -keyout " +
              file(std::string(name) + "-key.pem") + " -out " + file(std::string(name) + ".pem"));
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  std::string sealed(const std::string& bytes) const {
    const auto sealer = Sealer::read(file("a.pem"));
    EXPECT_TRUE(sealer);
    auto out = sealer->seal(bytes);
    EXPECT_TRUE(out);
    return out ? *out : "";
  }
  tests::TemporaryFolder folder;
};

TEST_P(Envelope, OnlyTheHolderOfTheKeyOpensIt) {
  const std::string text("results\0and more", 16);
  const auto bytes = sealed(text);
  EXPECT_EQ(bytes.find("results"), std::string::npos);
  EXPECT_EQ(*Opener::read(file("a-key.pem"))->open(bytes), text);
  EXPECT_FALSE(Opener::read(file("b-key.pem"))->open(bytes));
}

TEST_P(Envelope, WhatWasChangedDoesNotOpen) {
  const auto bytes = sealed(std::string(1000, 'x'));
  const auto opener = *Opener::read(file("a-key.pem"));
  for (const std::size_t at : {bytes.size() - 1, bytes.size() - 500, std::size_t{0}}) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(opener.open(changed)) << at;
  }
  EXPECT_FALSE(opener.open(bytes.substr(0, bytes.size() / 2)));
  EXPECT_FALSE(opener.open(""));
}

TEST_P(Envelope, OpenSslOpensItAsWell) {
  std::ofstream(folder.path() / "part", std::ios::binary) << sealed("results");
  openssl("cms -decrypt -inform DER -inkey " + file("a-key.pem") + " -in " + file("part") +
          " -out " + file("opened"));
  EXPECT_EQ(tests::read_file(folder.path() / "opened"), "results");
}

TEST_P(Envelope, WhatIsNoCertificateOrKeyIsNamed) {
  const auto sealer = Sealer::read(file("a-key.pem"));
  ASSERT_FALSE(sealer);
  EXPECT_THAT(sealer.error().text(), testing::HasSubstr("a-key.pem: no certificate can be read"));
  EXPECT_FALSE(Opener::read("/nowhere"));
}

INSTANTIATE_TEST_SUITE_P(Keys, Envelope,
                         testing::Values("rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"),
                         [](const auto& one) { return one.index == 0 ? "Rsa" : "Ec"; });

}  // namespace
