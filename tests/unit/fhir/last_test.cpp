#include "gateway/fhir/last.hpp"

#include <gtest/gtest.h>

namespace gateway::fhir {
namespace {

Version result(const std::string& id, const std::string& codings, const std::string& members = "") {
  std::string list;
  for (std::size_t at = 0; at < codings.size(); at += 2)
    list +=
        (list.empty() ? "" : ",") + std::string(R"({"system":"s","code":")") + codings[at] + "\"}";
  return {{"Observation", id},
          1,
          {},
          false,
          R"({"resourceType":"Observation","id":")" + id + R"(","meta":{},"code":{"coding":[)" +
              list + "]}" + members + "}"};
}
std::string at(const std::string& time) {
  return R"(,"effectiveDateTime":")" + time + '"';
}

std::string ids(std::vector<Version> observations, std::size_t most) {
  std::string out;
  for (const auto& one : last_of(std::move(observations), most))
    out += (out.empty() ? "" : " ") + one.key.id;
  return out;
}

TEST(Last, TakesTheNewestOfEachCode) {
  const std::vector<Version> all = {
      result("a1", "a", at("2025-03-01")), result("a2", "a", at("2025-03-03")),
      result("a3", "a", at("2025-03-02")), result("b1", "b", at("2025-01-01T10:00:00Z"))};
  EXPECT_EQ(ids(all, 1), "a2 b1");
  EXPECT_EQ(ids(all, 2), "a2 a3 b1");
  EXPECT_EQ(ids(all, 100), "a2 a3 a1 b1");
  EXPECT_EQ(ids({}, 1), "");
}

TEST(Last, JoinsCodesThatOneResultHasBothOf) {
  EXPECT_EQ(ids({result("old", "a", at("2025-03-01")), result("new", "b", at("2025-03-02"))}, 1),
            "new old");
  EXPECT_EQ(ids({result("old", "a", at("2025-03-01")), result("new", "b", at("2025-03-02")),
                 result("bridge", "a b", at("2024-01-01"))},
                1),
            "new")
      << "even by one that is not shown itself";
}

TEST(Last, OfOneTimeTheLaterIssuedThenByIdAndWithoutATimeLast) {
  const std::string day = at("2025-03-01");
  EXPECT_EQ(ids({result("x", "a", day + R"(,"issued":"2025-03-02T08:00:00Z")"),
                 result("y", "a", day + R"(,"issued":"2025-03-02T09:00:00Z")"), result("z", "a")},
                3),
            "y x z");
  EXPECT_EQ(ids({result("n", "a", day), result("m", "a", day)}, 2), "m n");
  EXPECT_EQ(
      ids({result("p", "a", R"(,"effectivePeriod":{"start":"2025-04-01"})"), result("q", "a", day)},
          1),
      "p");
}

TEST(Last, WithoutACodingTheTextIsTheCode) {
  EXPECT_EQ(ids({result("a", ""), result("b", "")}, 1), "a");
}

}  // namespace
}  // namespace gateway::fhir
