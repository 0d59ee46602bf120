#include <gtest/gtest.h>

#include "gateway/fhir/search/query.hpp"

namespace gateway::fhir::search {
namespace {

TEST(Folded, TakesCaseAndAccentsAway) {
  const std::pair<const char*, const char*> rows[] = {{"Öz", "oz"},
                                                      {"KAYA", "kaya"},
                                                      {"Işık", "isik"},
                                                      {"İnci", "inci"},
                                                      {"Groß", "gross"},
                                                      {"GROẞ", "gross"},
                                                      {"Ægir Þór", "aegir thor"},
                                                      {"Łukasz Żółć", "lukasz zolc"},
                                                      {"Ștefan Țepeș", "stefan tepes"},
                                                      {"Nguyễn Thị", "nguyen thi"},
                                                      {"Œuvre", "oeuvre"},
                                                      {"Dvořák", "dvorak"},
                                                      {"IJssel", "ijssel"},
                                                      {"ĳssel", "ijssel"},
                                                      {"O\u0308z", "oz"},  // decomposed
                                                      {"Ångström", "angstrom"},
                                                      {"2×3÷4", "2×3÷4"},
                                                      {"Иванов", "иванов"},
                                                      {"ΩΜΕΓΑ", "ωμεγα"},
                                                      {"李小龙", "李小龙"},
                                                      {"  van \t der\nBerg ", "van der berg"},
                                                      {"O'Brien-Smith", "o'brien-smith"},
                                                      {"", ""},
                                                      {" ", ""},
                                                      {"😀", "😀"},
                                                      {"\xC3", "\xC3"},
                                                      {"a\xFF", "a\xFF"}};
  for (const auto& [text, expected] : rows) EXPECT_EQ(folded(text), expected) << text;
}

TEST(Folded, IsTheSameWhenFoldedAgain) {
  for (char32_t code = 1; code < 0x10000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text = "x";
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (code & 0x3F));
    }
    const std::string once = folded(text);
    ASSERT_EQ(folded(once), once) << static_cast<unsigned>(code);
    for (const char c : once) ASSERT_FALSE(c >= 'A' && c <= 'Z') << static_cast<unsigned>(code);
  }
}

}  // namespace
}  // namespace gateway::fhir::search
