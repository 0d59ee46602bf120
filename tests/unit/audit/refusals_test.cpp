#include "gateway/audit/refusals.hpp"

#include <gtest/gtest.h>

namespace tests {
namespace {

using gateway::audit::Refusals;
using gateway::store::AuditRow;

constexpr std::int64_t second = 1'000'000;

AuditRow refusal(const std::string& address, const std::string& why = "scope") {
  AuditRow row{"refused", {}, "CN=x", "https", "403", {}, why};
  row.address = address;
  row.request_id = "r";
  return row;
}

TEST(Refusals, OfOneSourceAHundredASecondAreKeptAndTheOthersCounted) {
  Refusals refusals;
  std::size_t kept = 0;
  for (int i = 0; i < 250; ++i) kept += refusals.add(refusal("10.0.0.1"), second).size();
  EXPECT_EQ(kept, 100U);
  EXPECT_EQ(refusals.add(refusal("10.0.0.2"), second).size(), 1U) << "another source";
  const auto due = refusals.due(2 * second);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due.front().count, 150);
  EXPECT_EQ(due.front().address, "10.0.0.1");
  EXPECT_EQ(due.front().request_id, "");
  EXPECT_TRUE(refusals.due(2 * second).empty());
}

TEST(Refusals, WhatIsCountedIsKeptApartByWhyAndCostsNoMoreThanSources) {
  Refusals refusals;
  for (int i = 0; i < 100; ++i) (void)refusals.add(refusal("a"), second);
  for (std::size_t i = 0; i < 2 * Refusals::sources; ++i)
    (void)refusals.add(refusal("a", std::to_string(i)), second);
  const auto due = refusals.due(2 * second);
  EXPECT_LE(due.size(), Refusals::sources + 1);
  std::int64_t all = 0;
  for (const auto& row : due) all += row.count;
  EXPECT_EQ(all, static_cast<std::int64_t>(2 * Refusals::sources));
}

}  // namespace
}  // namespace tests
