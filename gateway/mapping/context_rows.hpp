#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/mapping/cycle_context.hpp"
#include "gateway/mapping/site_segments.hpp"
#include "gateway/mapping/work.hpp"

/// What a message says about the cycle, gathered for `cycle_context` (C1–C7, C21).
namespace gateway::mapping {

/// A reading and the Z leaves it rests on, which land on the extension of every result in scope.
struct ScopedContext {
  CycleReading reading;
  std::vector<Text> site_leaves;
  std::shared_ptr<const ContextInput> said;  // what was read
  std::string written;                       // the extension: every result in scope has it
};

/// What an order says of the cycle, gathered once for all its results.
struct OrderSaid {
  ContextInput shared;                 // what is said of all, before what Z segments say
  std::vector<SiteStatement> by_site;  // Z segments
  std::vector<Issue> unread;           // Z segments that no profile reads
  std::unordered_map<std::size_t, std::vector<const Row*>> of_specimen;
  std::unordered_map<std::string, Draft*> drafts;  // of statements, by their address
  std::size_t weighed = 0;                         // bytes of text, over all readings
};
OrderSaid said_by(Desk& desk, const OrderWork& order);

/// The context of the order's results that were taken from `specimen` (null: no specimen known) at
/// a time. Tags the statements that its issues are about.
ScopedContext context_of(Desk& desk, const OrderWork& order, OrderSaid& said,
                         std::optional<std::size_t> specimen, const Collected& taken);

}  // namespace gateway::mapping
