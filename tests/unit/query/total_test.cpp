#include "tests/unit/query/read_store.hpp"

namespace gateway::query {
namespace {

class Totals : public tests::ReadStore {};

TEST_F(Totals, AnEstimateHasTwoDigitsAndIsTheSameOnEveryPage) {
  std::vector<store::VersionWrite> many;
  for (int i = 0; i < 126; ++i) many.push_back(version({"Patient", "p" + std::to_string(i)}, ""));
  commit(std::move(many));
  const security::Principal who{"ehr", *security::parse_scopes("system/*.rs"), "", true};
  const auto total = [&](const std::string& query, std::string* next = nullptr) {
    const auto parsed = fhir::search::parse("Patient", query);
    EXPECT_TRUE(parsed);
    const auto page = reader_->search(who, *parsed);
    EXPECT_TRUE(page) << page.error().text();
    if (next != nullptr) *next = page->next;
    return page->total;
  };
  std::string next;
  EXPECT_EQ(total("_total=accurate"), 126);
  EXPECT_EQ(total("_total=estimate&_count=5", &next), 130);
  EXPECT_EQ(total("_total=estimate&_count=5&_cursor=" + next), 130);
  EXPECT_EQ(total("_summary=count"), 126);
  EXPECT_EQ(total("_total=none"), std::nullopt);
}

}  // namespace
}  // namespace gateway::query
