// What an update costs grows with what it says, not with the square of it: counted at N rows and at
// twice as many, never timed.
#include <cstdlib>
#include <map>
#include <new>

#include <gtest/gtest.h>

#include "gateway/mapping/mismatch.hpp"

#include "tests/unit/mapping/revise_support.hpp"
#include "tests/unit/mapping/rules_support.hpp"

namespace {
std::size_t allocations = 0;  // of this program, one thread
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* made = std::malloc(size == 0 ? 1 : size)) return made;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {  // of std::stable_sort
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* made) noexcept {
  std::free(made);
}
void operator delete(void* made, std::size_t) noexcept {
  std::free(made);
}

namespace gateway::mapping {
namespace {

using Store = std::map<fhir::ResourceKey, Standing>;

/// Counts in groups of their own, each with its component.
std::string counts(int rows, const char* value, const char* layer) {
  std::string all = rules::obr;
  for (int k = 1; k <= rows; ++k) {
    const std::string group = std::to_string(k);
    all += "OBX|1|NM|UNKPCT^u^L|" + group + "|" + value + "|%|||||F\n";
    all += "OBX|1|CWE|UNKLAYER^c^L|" + group + "|" + layer + "||||||F\n";
  }
  return all;
}

struct Cost {
  std::size_t lookups = 0, lists = 0, allocations = 0;
};

Cost said(const std::string& text, Store& store) {
  const auto made = tests::convert(text);
  Cost cost;
  const StandingLookup lookup = [&](const fhir::ResourceKey& key) -> const Standing* {
    ++cost.lookups;
    const auto found = store.find(key);
    return found == store.end() ? nullptr : &found->second;
  };
  const OrderContext orders{[&](std::string_view head) {
                              ++cost.lists;
                              std::vector<fhir::ResourceKey> keys;
                              for (const auto& [key, standing] : store)
                                if (key.type == "Observation" && order_head(key.id) == head)
                                  keys.push_back(key);
                              return keys;
                            },
                            tests::shipped_catalogue()};
  const std::size_t before = allocations;
  const Revision revision = revise(made.conversion, lookup, orders);
  cost.allocations = allocations - before;
  for (const RevisedWrite& write : revision.writes)
    store[write.key] = {1, false, write.body, false, write.source_time, 1};
  return cost;
}

/// An update of so many results, while a component stands alone that none of them takes.
Cost update(int rows) {
  Store store;
  said(rules::message(counts(rows, "6.8", "BAS^bas^L") +
                      "OBX|1|CWE|UNKLAYER^c^L|9999|BAS^bas^L||||||F\n"),
       store);
  return said(rules::message(counts(rows, "7.1", "STRFUN^fun^L")), store);
}

TEST(Cost, AnUpdateOfTwiceAsManyRowsCostsTwiceAsMuch) {
  constexpr int rows = 40;
  const Cost one = update(rows), two = update(2 * rows);
  EXPECT_EQ(two.lists, one.lists) << "what stands of an order is listed once";
  EXPECT_LE(two.lookups, 2 * one.lookups + 8);
  EXPECT_LE(two.allocations, one.allocations * 5 / 2);
}

}  // namespace
}  // namespace gateway::mapping
