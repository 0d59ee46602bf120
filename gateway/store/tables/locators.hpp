#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/tables/database.hpp"

namespace gateway::store::tables {

/// Where the current version of a resource lies.
struct Located {
  std::int64_t partition = 0, version = 0, arrival = 0, slot = 0, updated = 0;
  std::int64_t row = 0;  // of result or entry; 0: none
  bool deleted = false;
  std::optional<std::int64_t> source_time;
  std::optional<std::string> owner;  // nullopt: the name is gone
  std::string order;
  std::string content;  // "": not known, since nobody asked for it before it was written
};

/// What is new of an order lies in one row, a run: key is the head that the ids share, `members`
/// says the rest of each. Nothing else lies under that head: what is written there later takes the
/// run apart first. SQL finds the rows of its members between `row` and `last_row`, by their keys.
struct RunMember {
  std::string_view rest;  // of the locator, behind the head
  std::int64_t slot = 0, row = 0;
};
/// A row saved is worth more than its bytes; but a very large order is not read whole for one of
/// it.
inline constexpr std::size_t fewest_in_run = 3, most_in_run = 64;

/// rest (size, text), slot, row (LEB128) of each, in the order of `rest`.
std::string write_members(std::vector<RunMember> members);
/// Views into `bytes`; nullopt: these are none.
std::optional<std::vector<RunMember>> read_members(std::string_view bytes);

/// The current version of a resource by its locator, in a row of its own or in a run.
std::optional<Located> locate(Connection& connection, std::string_view locator);

/// Does anything stand whose locator begins so?
bool anything_under(Connection& connection, std::string_view head);

/// The locators that begin with `head` and go on with `next`, at most so many, in their order.
std::vector<std::string> locators_under(Connection& connection, std::string_view head,
                                        std::string_view next, std::size_t most);

/// The run of a head, if there is one, becomes a row for each of its members.
void take_apart(Connection& connection, std::string_view head);

struct Run {
  std::string head;
  std::int64_t arrival = 0, first_row = 0, last_row = 0;
  std::vector<RunMember> members;  // none where they cannot be read
};
/// Each run, for verification; members are views that the next one ends.
void for_each_run(Connection& connection, const std::function<void(const Run&)>& see);

}  // namespace gateway::store::tables
