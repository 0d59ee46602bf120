#include <gmock/gmock.h>

#include "gateway/store/tables/audit.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"
#include "gateway/store/tables/pack.hpp"

namespace {

using gateway::fhir::ResourceKey;
using namespace gateway::store::tables;

TEST(LocatorKey, GoesThereAndBackForIdsOfEveryLength) {
  std::string id;
  for (int size = 1; size <= 64; ++size) {
    id += static_cast<char>('a' + size % 26);
    for (const std::string type : {"Patient", "Observation", "AuditEvent", "Flag"}) {
      const ResourceKey key{type, id};
      EXPECT_EQ(resource_key(locator_key(key)), key) << key.reference();
    }
  }
}

TEST(LocatorKey, IdsOfOneOrderLieSideBySide) {
  const auto first = locator_key({"Observation", "oabcdefghij0000000000000000"});
  const auto second = locator_key({"Specimen", "mabcdefghijzzzzzzzzzzzzzzzz"});
  const auto other = locator_key({"Observation", "oabcdefghik0000000000000000"});
  EXPECT_LT(first, second);
  EXPECT_LT(second, other);
}

TEST(LocatorKey, OtherBytesAreNoKey) {
  for (const std::string bytes : {"", "abc", "\x02",
                                  "abc\x1f"
                                  "d",
                                  "abc\x1e"
                                  "d"})
    EXPECT_FALSE(resource_key(bytes)) << bytes.size();
}

TEST(Pack, GoesThereAndBack) {
  Pack pack;
  pack.slots = {{{"Observation", "o1"}, 1, "{}"}, {{"Patient", "p"}, 300, ""}};
  pack.unchanged = {{"Specimen", "s"}};
  const auto bytes = write_pack(pack);
  const auto back = read_pack(std::string_view(bytes));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->slots.size(), 2u);
  EXPECT_EQ(back->slots[0].body, "{}");
  EXPECT_EQ(back->slots[1].version, 300);
  EXPECT_EQ(back->slots[1].body, "");
  EXPECT_EQ(back->unchanged, pack.unchanged);
}

TEST(Pack, KeepsWhereEachVersionCameFrom) {
  Pack pack;
  pack.slots = {{{"Observation", "o1"}, 1, "{}", "LAB", "F1", 70},
                {{"Observation", "o2"}, 1, "{}", "LAB", "F1", 70},
                {{"Observation", "o3"}, 1, "{}", "LAB", "F2", {}},
                {{"Observation", "o4"}, 1, "{}", "", "", 70},
                {{"Observation", "o5"}, 1, "{}", "", "", -1}};
  const auto bytes = write_pack(pack);
  const auto back = read_pack(std::string_view(bytes));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->slots.size(), pack.slots.size());
  for (std::size_t i = 0; i < pack.slots.size(); ++i) {
    EXPECT_EQ(back->slots[i].owner, pack.slots[i].owner) << i;
    EXPECT_EQ(back->slots[i].order, pack.slots[i].order) << i;
    EXPECT_EQ(back->slots[i].source_time, pack.slots[i].source_time) << i;
  }
}

TEST(Pack, AnyPrefixAndAnyExtraByteIsNoPack) {
  Pack pack;
  pack.slots = {{{"Observation", "o1"}, 1, "{\"a\":1}"}};
  const auto bytes = write_pack(pack);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_pack(std::string_view(bytes).substr(0, size))) << size;
  const auto longer = bytes + "x";
  EXPECT_FALSE(read_pack(std::string_view(longer)));
}

TEST(AuditRecord, GivesItsFrameBack) {
  const gateway::store::AuditRow row{"ingest", {5}, "a", "s", "AA", {"Patient/p"}, "d"};
  const auto frame = frame_of(audit_record({300, 7, 2, {1, 2, 3}}, row));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->number, 300);
  EXPECT_EQ(frame->partition, 7);
  EXPECT_EQ(frame->arrival, 2);
  EXPECT_EQ(frame->seal, (gateway::base::Digest{1, 2, 3}));
  EXPECT_EQ(frame_of(audit_record({1, 0, 0, {}}, row))->arrival, 0);
  EXPECT_FALSE(frame_of(""));
  EXPECT_FALSE(frame_of(std::string("\1\0\2xx", 5)));
}

TEST(AuditChain, DependsOnEveryFieldAndOnWhatWasBefore) {
  const gateway::store::AuditRow row{"ingest", {5}, "a", "s", "AA", {"Patient/p"}, "d"};
  const auto record = audit_record({1, 0, 0, {}}, row);
  EXPECT_NE(audit_record({2, 0, 0, {}}, row), record);
  EXPECT_NE(audit_record({1, 2, 0, {}}, row), record);
  EXPECT_NE(audit_record({1, 0, 2, {}}, row), record);
  EXPECT_NE(audit_record({1, 0, 2, {1}}, row), audit_record({1, 0, 2, {}}, row));
  auto other = row;
  other.agent = "as";
  other.source = "";
  EXPECT_NE(audit_record({1, 0, 0, {}}, other), record);
  EXPECT_NE(audit_chain(audit_chain({}, record), record), audit_chain({}, record));
}

TEST(AuditRecord, TellsOfStatesBehindWhatOlderRowsEndWith) {
  const gateway::store::AuditRow row{"forward", {5}, "a", "s", "AA", {"Patient/p"}, "d"};
  const auto plain = audit_record({1, 0, 0, {}}, row);
  EXPECT_TRUE(changes_of(plain).empty());
  const StateChange changes[] = {{StateChange::Of::delivery, 300, 3},
                                 {StateChange::Of::review, 7, 1}};
  const auto record = audit_record({1, 0, 0, {}}, row, changes);
  EXPECT_EQ(row_of(record), row);
  const auto back = changes_of(record);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].number, 300);
  EXPECT_EQ(back[0].state, 3);
  EXPECT_EQ(back[1].of, StateChange::Of::review);
  EXPECT_EQ(changes_of(record.substr(0, record.size() - 1)).size(), 1U) << "ends too early";
  EXPECT_TRUE(changes_of("").empty());
}

TEST(RunMembers, GoThereAndBackInTheOrderOfTheirIds) {
  const auto bytes = write_members({{"b", 1, 300}, {"a", 0, 299}});
  const auto members = read_members(bytes);
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ(members->at(0).rest, "a");
  EXPECT_EQ(members->at(0).slot, 0);
  EXPECT_EQ(members->at(1).row, 300);
}

TEST(RunMembers, CutShortAreNone) {
  const auto bytes = write_members({{"rest", 1, 300}});
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_FALSE(read_members(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_TRUE(read_members(bytes));
}

}  // namespace
